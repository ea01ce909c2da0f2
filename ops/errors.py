"""What can go wrong in starting and running.

OpsError
├── SettingInvalid
├── ServerFailed
├── PortTaken
├── ModelMissing
└── TeachingFailed
"""


class OpsError(Exception):
    """Starting or running failed; the message is what the person at the terminal reads."""


class SettingInvalid(OpsError):
    """A setting cannot be used."""

    def __init__(self, variable: str, advice: str) -> None:
        super().__init__(f"{variable}: {advice}.")


class ServerFailed(OpsError):
    """An embedded server did not start."""


class PortTaken(OpsError):
    """Another program listens where we mean to."""

    def __init__(self, port: int, variable: str) -> None:
        super().__init__(f"Port {port} is in use. Stop the other program, or choose another port with {variable}=….")


class ModelMissing(OpsError):
    """No trained model was found: run `./wakala train`."""


class TeachingFailed(OpsError):
    """What was to be taught cannot be; the message has a line for each thing to put right."""
