"""What Meta limits at the moment of sending: messages a second, messages to one person, and the 24-hour window."""

import time
from collections.abc import Callable
from datetime import timedelta

from connectors.emulators.whatsapp.config import EmulatorConfig
from connectors.emulators.whatsapp.errors import NUMBER_RATE, PAIR_RATE, WINDOW, Refusal
from connectors.emulators.whatsapp.world import Thread, now


class Limits:
    """Counts what each number and each pair sends, as a leaky bucket: a burst is borrowed from the future."""

    def __init__(self, config: EmulatorConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def check_rates(self, thread: Thread) -> None:
        """Counts one message. Raises `Refusal` 130429 or 131056."""
        number = thread.number.phone_number_id
        every = 1 / self._config.number_per_second
        if not self._count(number, every, self._config.number_per_second):
            raise Refusal(NUMBER_RATE, "Too many messages have been sent from this phone number in a short time.")
        pair = f"{number}:{thread.phone.wa_id}"
        if not self._count(pair, self._config.pair_seconds, self._config.pair_burst):
            raise Refusal(PAIR_RATE, "Too many messages sent to this phone number in a short time. Wait and try again.")

    def check_window(self, thread: Thread, kind: str) -> None:
        """Raises `Refusal` 131047 for anything but a template after the window has closed."""
        latest = thread.last_inbound_at
        is_open = latest is not None and now() < latest + timedelta(hours=self._config.window_hours)
        if kind != "template" and not is_open:
            raise Refusal(WINDOW, "More than 24 hours have passed since the customer last replied to this number.")

    def _count(self, key: str, every: float, burst: int) -> bool:
        instant = self._clock()
        free_at = max(self._free_at.get(key, instant), instant) + every
        if free_at - instant > every * burst + 1e-9:
            return False
        self._free_at[key] = free_at
        return True
