"""The shape in which the dialogue reads an order line, and the choice of the items it may mean."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.order_line import Line
from bot.nlu.phrases import Match
from bot.nlu.spans import Span

# How far behind the best item of its shop another may be and still be a candidate: less where the best is a full name.
_TIE, _TIE_PARTIAL, _FULL_NAME = 0.03, 0.12, 0.95
_OTHER_SHOP = 0.4
# More than anybody can be asked to choose from: WhatsApp lists hold ten rows.
_MOST_CANDIDATES = 20


class _Choice(NamedTuple):
    """An option choice with the option of each item that it names."""

    kind: str
    option_of: dict[int, int]


def shape(text: str, tokens: Sequence[Span], index: CatalogueIndex, line: Line) -> dict[str, Any]:
    """Returns a line as the dialogue reads it. Sizes and options of the line are those of its first candidate."""
    start, end = tokens[line.first].start, tokens[line.last].end
    sizes = _sizes(index, line.size)
    choices = [_Choice(choice.kind, _options(index, choice.owners)) for choice in line.options]
    items = _candidates(index, line, sizes, choices)
    candidates = [_candidate(index, item, line.items[item], sizes.get(item), choices) for item in items]
    best = candidates[0]
    shaped: dict[str, Any] = {
        "text": text[start:end],
        "start": start,
        "end": end,
        "qty": line.count.value if line.count is not None else None,
        "size": best["size"],
        "size_id": best["size_id"],
        "with": _names(index, choices, "with", items[0]),
        "without": _names(index, choices, "without", items[0]),
        "with_ids": best["with_ids"],
        "without_ids": best["without_ids"],
        "candidates": candidates,
    }
    if line.is_exception:
        shaped["except"] = True
    return shaped


def _sizes(index: CatalogueIndex, size: Match | None) -> dict[int, int]:
    """Returns the best size of each item that a size word names."""
    found: dict[int, int] = {}
    if size is not None:
        for owner in sorted(size.owners, key=lambda owner: -size.owners[owner]):
            found.setdefault(index.sizes[owner][0], owner)
    return found


def _options(index: CatalogueIndex, owners: dict[int, float]) -> dict[int, int]:
    """Returns the best option of each item that an option word names."""
    found: dict[int, int] = {}
    for owner, score in owners.items():
        item = index.options[owner][0]
        if item not in found or score > owners[found[item]]:
            found[item] = owner
    return found


def _candidates(index: CatalogueIndex, line: Line, sizes: dict[int, int], choices: list[_Choice]) -> list[int]:
    """Returns the items a line may mean, best first: in each shop its best and those too close to tell apart.

    Items without the size or the options that were named give way to items that have them.
    """
    scores = {item: score for item, score in line.items.items() if item in sizes} or line.items
    for choice in choices:
        scores = {item: score for item, score in scores.items() if item in choice.option_of} or scores
    entries = index.entries
    best_of_shop: dict[str, float] = {}
    for item, score in scores.items():
        shop = entries[item].shop_id
        if score > best_of_shop.get(shop, 0.0):
            best_of_shop[shop] = score
    least = max(scores.values()) - _OTHER_SHOP
    kept = []
    for item, score in scores.items():
        best = best_of_shop[entries[item].shop_id]
        if best >= least and score >= best - (_TIE if best >= _FULL_NAME else _TIE_PARTIAL):
            kept.append((-score, not entries[item].available, item))
    return [item for _, _, item in sorted(kept)[:_MOST_CANDIDATES]]


def _candidate(
    index: CatalogueIndex, item: int, score: float, size: int | None, choices: list[_Choice]
) -> dict[str, Any]:
    entry = index.entries[item]
    named = index.sizes[size][1] if size is not None else None
    ids: dict[str, list[str]] = {"with": [], "without": []}
    for choice in choices:
        option = choice.option_of.get(item)
        if option is not None and index.options[option][1].id not in ids[choice.kind]:
            ids[choice.kind].append(index.options[option][1].id)
    return {
        "item_id": entry.item_id,
        "shop_id": entry.shop_id,
        "name": entry.name,
        "score": round(score, 3),
        "size": named.name if named else None,
        "size_id": named.id if named else None,
        "with_ids": ids["with"],
        "without_ids": ids["without"],
    }


def _names(index: CatalogueIndex, choices: list[_Choice], kind: str, item: int) -> list[str]:
    """Returns the names of an item's options that were chosen."""
    chosen = (choice.option_of[item] for choice in choices if choice.kind == kind and item in choice.option_of)
    return list(dict.fromkeys(index.options[option][1].name for option in chosen))
