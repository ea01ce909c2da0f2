"""From what was understood of goods to what to put into the basket. Pure: no session.

The language layer gives lines with candidates in every shop; here it is decided from which shop, which item is meant,
and what has to be asked first. Quantities come as they were said: 0, -2, 0.5 or a million are judged here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from commerce.carts.models import MOST_OF_ONE_LINE

Line = dict[str, Any]

CLEAR = 0.06
"""How far the best candidate's score must lie above the next one's to be taken without asking."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One line that is clear: so many of this item, with the size and the options in the words of the line."""

    item_id: str
    quantity: int
    line: Line


@dataclass(slots=True)
class Reading:
    """What lines come to. At most one thing is asked at a time: `shops`, else `which`, else `amount`."""

    shop_id: str = ""
    picks: list[Pick] = field(default_factory=list)
    shops: list[str] = field(default_factory=list)
    which: int | None = None
    amount: int | None = None
    elsewhere: list[str] = field(default_factory=list)

    @property
    def is_clear(self) -> bool:
        """Whether nothing has to be asked."""
        return not self.shops and self.which is None and self.amount is None


def unclear(lines: Sequence[Line], reading: Reading) -> list[Line]:
    """The lines that are not among the clear ones."""
    picked = [pick.line for pick in reading.picks]
    return [line for line in lines if not any(line is one for one in picked)]


def read(lines: Sequence[Line], preferred: Iterable[str | None]) -> Reading:
    """Decides. Of `preferred` (the basket's shop, the shop of the talk), the first that sells some of it is taken."""
    sold_by = Counter(shop for line in lines for shop in {one["shop_id"] for one in line["candidates"]})
    if not sold_by:
        return Reading(elsewhere=[line["text"] for line in lines])
    shop = next((one for one in preferred if one and one in sold_by), None)
    if shop is None:
        most = max(sold_by.values())
        best = sorted(one for one, count in sold_by.items() if count == most)
        if len(best) > 1:
            return Reading(shops=best)
        shop = best[0]
    reading = Reading(shop_id=shop)
    for index, line in enumerate(lines):
        _read_line(reading, index, line)
    return reading


def _read_line(reading: Reading, index: int, line: Line) -> None:
    here = of_shop(line, reading.shop_id)
    if not here:
        reading.elsewhere.append(line["text"])
        return
    if len(here) > 1:
        reading.which = index if reading.which is None else reading.which
        return
    quantity = 1 if line.get("qty") is None else line["qty"]
    if not is_amount(quantity):
        reading.amount = index if reading.amount is None else reading.amount
        return
    reading.picks.append(Pick(here[0]["item_id"], int(quantity), line))


def of_shop(line: Line, shop_id: str) -> list[dict[str, Any]]:
    """The candidates of one shop that are as likely as its best: one when it is clear which item is meant."""
    here = [one for one in line["candidates"] if one["shop_id"] == shop_id]
    best = max((one["score"] for one in here), default=0.0)
    return [one for one in here if best - one["score"] < CLEAR]


def is_amount(quantity: float) -> bool:
    """Whether so many can be sold: a whole number from 1 to the most of one line."""
    return 1 <= quantity <= MOST_OF_ONE_LINE and quantity == int(quantity)


def settle_which(lines: Sequence[Line], index: int, item_id: str) -> list[Line]:
    """The lines after the customer has said which item the one at `index` is."""
    return [
        {**line, "candidates": [one for one in line["candidates"] if one["item_id"] == item_id]}
        if at == index
        else line
        for at, line in enumerate(lines)
    ]


def settle_amount(lines: Sequence[Line], index: int, quantity: float) -> list[Line]:
    """The lines after the customer has said how many of the one at `index`."""
    return [{**line, "qty": quantity} if at == index else line for at, line in enumerate(lines)]
