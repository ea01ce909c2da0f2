"""Orders: whether the basket is exact, and where not, why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.understanding.testsets import BasketLine, Order


@dataclass(frozen=True, slots=True)
class Read:
    """An order and the basket that was read from it. Lines count, their order does not."""

    order: Order
    basket: tuple[BasketLine, ...]
    intent: str

    @property
    def is_exact(self) -> bool:
        """Whether every line has its item, quantity, size and options, and there are no others."""
        return Counter(self.basket) == Counter(self.order.basket)

    def is_exact_but_for_defaults(self, defaults: Mapping[tuple[str, str], str]) -> bool:
        """The same where saying an item's default size and saying none count as one: the customer gets the same."""
        return self._plain(self.basket, defaults) == self._plain(self.order.basket, defaults)

    def _plain(self, basket: Sequence[BasketLine], defaults: Mapping[tuple[str, str], str]) -> Counter[BasketLine]:
        return Counter(
            replace(line, size=None) if line.size == defaults.get((self.order.shop, line.item)) else line
            for line in basket
        )

    @property
    def cause(self) -> str:
        """What went wrong first: items, then quantities, then sizes, then options, then how they are put together."""
        wanted = Counter(line.item for line in self.order.basket)
        found = Counter(line.item for line in self.basket)
        missing, extra = wanted - found, found - wanted
        if set(missing) - set(found) and set(extra) - set(wanted):
            return "another item"
        if set(missing) - set(found):
            return "item missed"
        if set(extra) - set(wanted):
            return "item too many"
        if missing or extra:
            return "lines split or joined"
        for name, part in (
            ("quantity", lambda line: (line.item, line.quantity)),
            ("size", lambda line: (line.item, line.size)),
            ("left off", lambda line: (line.item, line.without_names)),
            ("added", lambda line: (line.item, line.with_names)),
        ):
            if Counter(map(part, self.basket)) != Counter(map(part, self.order.basket)):
                return name
        return "on another line"


def read(orders: Sequence[Order], understood: Sequence[Mapping[str, Any]]) -> list[Read]:
    """Puts orders and what was understood of them together."""
    return [
        Read(order, tuple(BasketLine.of(item) for item in answer["items"]), answer["intent"])
        for order, answer in zip(orders, understood, strict=True)
    ]


def figures(found: Sequence[Read], defaults: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Exact baskets: all, easy and hard, by language; causes of the others."""
    languages = sorted({one.order.language for one in found})
    return {
        "exact": _share(found),
        "exact_but_for_defaults": sum(one.is_exact_but_for_defaults(defaults) for one in found) / len(found),
        "normal": _row([one for one in found if not one.order.hard]),
        "hard": _row([one for one in found if one.order.hard]),
        "by_language": {code: _row([one for one in found if one.order.language == code]) for code in languages},
        "causes": dict(Counter(one.cause for one in found if not one.is_exact).most_common()),
        "intent_add_item": sum(one.intent == "add_item" for one in found) / len(found),
        "failures": [
            {
                "language": one.order.language, "hard": one.order.hard, "cause": one.cause, "text": one.order.text,
                "expected": "; ".join(map(str, one.order.basket)), "got": "; ".join(map(str, one.basket)),
            }
            for one in sorted(found, key=lambda one: (one.cause if not one.is_exact else "", one.order.language))
            if not one.is_exact
        ],
    }  # fmt: skip


def _share(found: Sequence[Read]) -> float:
    return sum(one.is_exact for one in found) / len(found) if found else 0.0


def _row(found: Sequence[Read]) -> dict[str, float]:
    return {"orders": len(found), "exact": _share(found)}
