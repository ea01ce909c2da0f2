"""The names under which processes say that they live."""

from ops import heartbeat


def test_the_first_of_a_kind_has_the_kinds_name_and_the_next_a_number() -> None:
    names = heartbeat.names({"gateway": 2, "worker": 3})
    assert names == ["gateway", "gateway-2", "worker", "worker-2", "worker-3", "sender", "emulators"]
    assert heartbeat.names({}) == list(heartbeat.PROCESSES)
