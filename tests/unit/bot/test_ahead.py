"""What a worker has read ahead: order within a conversation, and nothing begun from a stale look."""

from datetime import UTC, datetime
from uuid import UUID

from bot.ahead import Ahead
from commerce.inbox.service import Claim


def row(seq: int, key: str, partition: int = 0) -> Claim:
    return Claim(UUID(int=1), seq, "whatsapp", "message", f"e{seq}", key, partition, 0, {}, datetime.now(UTC))


def test_a_conversation_rests_until_its_row_is_over_and_others_go_on() -> None:
    ahead = Ahead()
    ahead.add([row(1, "a"), row(2, "a"), row(3, "b")])
    first, second = ahead.begin(), ahead.begin()
    assert first is not None
    assert second is not None
    assert (first.seq, second.seq, ahead.begin()) == (1, 3, None)
    ahead.end(first, go_on=True)
    third = ahead.begin()
    assert third is not None
    assert third.seq == 2


def test_later_rows_of_a_conversation_that_failed_are_left_to_be_claimed_again() -> None:
    ahead = Ahead()
    ahead.add([row(1, "a"), row(2, "a")])
    begun = ahead.begin()
    assert begun is not None
    ahead.looking()
    ahead.end(begun, go_on=False)
    assert ahead.add([row(3, "a")]) == 0  # found by a look that began before it failed
    assert (ahead.held, ahead.begin()) == ([], None)
    ahead.looking()
    assert ahead.add([row(1, "a")]) == 1


def test_rows_of_a_lost_partition_are_not_begun_even_where_a_look_was_under_way() -> None:
    ahead = Ahead()
    ahead.add([row(1, "a", 5), row(2, "b", 6)])
    ahead.looking()
    ahead.lose({5})
    assert ahead.add([row(3, "c", 5)]) == 0
    begun = ahead.begin()
    assert begun is not None
    assert begun.seq == 2
    assert ahead.begin() is None
