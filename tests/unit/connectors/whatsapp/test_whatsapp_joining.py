"""Which rows of a channel go out together, whatever they are."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commerce.database import new_id, now
from commerce.outbox.messages import Text
from connectors.whatsapp.joining import Claimed, plan
from connectors.whatsapp.outbound import TEXT, build
from connectors.whatsapp.wording import length
from tests.unit.connectors.whatsapp.whatsapp_fixtures import UNHURRIED

NOW = now()
TENANT = new_id()


def row(seq: int, body: str | None = "hello", **changes: Any) -> Claimed:
    """A text, or buttons where `body` is None."""
    message = {"kind": "buttons", "body": "?", "buttons": []} if body is None else {"kind": "text", "body": body}
    given = {
        "tenant_id": TENANT, "seq": seq, "kind": "message", "channel_key": "1:2", "message_id": new_id(),
        "body": {"message": message}, "attempts": 1, "created_at": NOW, "error": "", "lead_seq": None,
        "claimed_until": NOW, "is_recovered": False,
    }  # fmt: skip
    return Claimed(**{**given, **changes})


def shape(rows: list[Claimed]) -> list[list[int]]:
    return [[one.seq for one in sending.rows] for sending in plan(rows)]


_BODIES = st.one_of(st.none(), st.text("a😀 \n", min_size=1, max_size=20), st.just("x" * 2500), st.just("😀" * 1300))


@UNHURRIED
@given(st.lists(st.tuples(_BODIES, st.integers(0, 1), st.integers(1, 2)), max_size=8))
def test_every_row_goes_once_and_in_order_and_every_bubble_fits(rows: list[tuple[str | None, int, int]]) -> None:
    claimed = [
        row(seq, body, created_at=NOW + timedelta(seconds=turn), attempts=attempts)
        for seq, (body, turn, attempts) in enumerate(rows)
    ]
    run = plan(claimed)
    assert [one for sending in run for one in sending.rows] == claimed
    for sending in run:
        if len(sending.rows) > 1:
            assert all(one.body["message"]["kind"] == "text" and one.attempts == 1 for one in sending.rows)
            assert len({one.created_at for one in sending.rows}) == 1
            message = sending.message()
            assert isinstance(message, Text)
            assert length(message.body) <= TEXT
            assert not message.body.strip() or len(build(message)) == 1


def test_what_was_joined_once_stays_joined_and_takes_nothing_in() -> None:
    joined = [row(1, attempts=2), row(2, attempts=2, lead_seq=1), row(3)]
    assert shape(joined) == [[1, 2], [3]]


def test_receipts_and_workflows_are_never_joined() -> None:
    assert shape([row(1, kind="read"), row(2, kind="read")]) == [[1], [2]]


def test_the_rest_of_a_message_in_parts_stays_alone() -> None:
    begun = row(1, body="rest")
    begun.body["parts_sent"] = 1
    assert shape([begun, row(2)]) == [[1], [2]]
