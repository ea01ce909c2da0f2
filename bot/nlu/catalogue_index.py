"""A shop's (or a market's) catalogue, prepared for finding its items in messages. Built once a catalogue version."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.nlu.lookup import Lookup
from bot.nlu.phrases import PhraseTable, words_of_name
from bot.nlu.sizes import WORDS as SIZE_WORDS
from bot.nlu.sizes import WORDS_OF_SIZE
from commerce.catalogue.entries import CatalogueEntry, Name, OptionEntry, SizeEntry

_NO_NOUN_PREFIX = frozenset({"", "en", "af"})


@dataclass(frozen=True)
class CatalogueIndex:
    """What the item finder reads. Owners in the tables are positions in `entries`, `sizes` and `options`."""

    entries: tuple[CatalogueEntry, ...]
    sizes: tuple[tuple[int, SizeEntry], ...]
    options: tuple[tuple[int, OptionEntry], ...]
    item_phrases: PhraseTable
    size_phrases: PhraseTable
    option_phrases: PhraseTable
    lookup: Lookup

    @classmethod
    def build(cls, entries: Sequence[CatalogueEntry]) -> "CatalogueIndex":
        """Prepares a catalogue: about a second for 2,000 items with options, in twelve languages."""
        cut: dict[str, tuple[str, ...]] = {}
        words: set[str] = set()
        prefixed: set[str] = set()

        def named(names: Iterable[Name], owner: int) -> Iterator[tuple[tuple[str, ...], str, int]]:
            for name in names:
                if name.text not in cut:
                    cut[name.text] = words_of_name(name.text)
                    words.update(cut[name.text])
                if name.language not in _NO_NOUN_PREFIX:
                    prefixed.update(cut[name.text])
                yield cut[name.text], name.language, owner

        sizes = [(at, size) for at, entry in enumerate(entries) for size in entry.sizes]
        options = [(at, option) for at, entry in enumerate(entries) for option in entry.options]
        items = PhraseTable.of(
            row for at, entry in enumerate(entries) for row in named((Name(entry.name), *entry.names), at)
        )
        size_table = PhraseTable.of(
            (
                row
                for at, (_, size) in enumerate(sizes)
                for row in named((Name(size.name), *size.names, *_plain(size)), at)
            ),
            [item for item, _ in sizes],
        )
        option_table = PhraseTable.of(
            (row for at, (_, option) in enumerate(options) for row in named((Name(option.name), *option.names), at)),
            [item for item, _ in options],
        )
        return cls(
            tuple(entries), tuple(sizes), tuple(options), items, size_table, option_table, Lookup(words, prefixed)
        )


def _plain(size: SizeEntry) -> Iterator[Name]:
    """Adds the size words that a merchant need not list: whoever has "Large" or "big" also has `groot` and `enkulu`."""
    names = (size.name, *(name.text for name in size.names))
    spoken = {SIZE_WORDS[name.casefold()] for name in names if name.casefold() in SIZE_WORDS}
    for meaning in sorted(spoken):
        yield from (Name(word) for word in WORDS_OF_SIZE[meaning])
