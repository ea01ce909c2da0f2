"""Cuts text into tokens at the places where township writing changes meaning, with exact offsets into the text as sent.

What is cut (`|` marks a cut): a concord from the number, money or loanword it is glued to (`kwa-|R2000`, `ama-|2`,
`nge-|R50`, `i-|bleach`, `ne|Coke`, `u|R500`), a count from what it counts (`2|x|kota`), a price from its unit
(`R50|/|kota`). What stays whole: `1,5L`, `R1 234,50`, `neng'funa`, `heeeita`, `10h30`, `#1024`, an emoji with its skin
tone and joiners, an address on the web.

The rules are one regular expression, so the cost is linear in the text. `blank_pipeline` gives them to a blank spaCy
`xx` pipeline for whoever wants spaCy's matchers; the hot path does not build spaCy documents, because spaCy's string
store keeps every new string for the life of the process.
"""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.nlu.normalize import INVISIBLE, fold

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

# Noun prefixes, connectives and possessives that stand before a borrowed word or a figure, of all twelve languages.
CONCORDS = frozenset(
    """
    a aba abayi ama ayi angu engu ongu lingu yingu eyi akwa ba babe be beku bo bu di dzi e eli em ema emi en esi eyi
    ezi eziyi ezingu ha i ii im imi
    in isi iz izi ka kaku ke ki ko ku kuma kumi kwa kwama kwe kwesi kwi la lama le lesi li lo ma me mi mo na naba nama
    nami nasi ne nee nesi nezi nga ngama nge ngee ngesi ngezi ngo ngu ni njenga njenge no noo o oo sa se si so te ti tse
    tsa u ubu uku ulu um umu ve vha wa wama we wo xi ya yama ye yesi yi yo za zama ze zesi zi zo zwi
    """.split()
)
_CONCORD = "|".join(sorted(CONCORDS, key=len, reverse=True))

_UNITS = r"ml|mls|cl|l|lt|ltr|liter|liters|litre|litres|kg|kgs|g|gr|gram|grams|mg|cm|mm|m|km|gb|mb|kwh"
_MARKS = rf"\u0300-\u036f{INVISIBLE}"
_EMOJI = r"[\u203c\u2049\u2139\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2934\u2935\u2b00-\u2bff\U0001f000-\U0001faff]"
_EMOJI_TAIL = r"[\ufe0f\u20e3\U0001f3fb-\U0001f3ff]"

_TOKEN = re.compile(
    rf"""
      (?P<emoji>[\U0001f1e6-\U0001f1ff]{{2}}|[0-9\#*]\ufe0f?\u20e3
        |{_EMOJI}{_EMOJI_TAIL}*(?:\u200d{_EMOJI}{_EMOJI_TAIL}*)*|[:;=][-']?[)(DPp/|](?!\w)|<3)
    | (?P<web>https?://\S{{1,500}}|www\.\S{{1,500}}|[\w.+-]{{1,64}}@[\w-]{{1,64}}(?:\.[\w-]{{1,64}})+)
    | (?P<order>\#[ ]?\d+)
    | (?P<money>[Rr][ \u00a0]?(?:\d{{1,3}}(?:[ \u00a0]\d{{3}})+(?:[.,]\d{{2}})?|\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{2}})?
        |\d{{1,3}}(?:\.\d{{3}})+,\d{{2}}|\d+(?:[.,]\d{{1,2}})?)(?![\dA-Za-z]))
    | (?P<time>\d{{1,2}}[:h]\d{{2}}(?!\d)(?:[ ]?[ap]\.?m\b\.?)?|\d{{1,2}}[ ]?[ap]\.?m\b\.?)
    | (?P<unit>\d+(?:[.,]\d+)?(?i:{_UNITS})\b)
    | (?P<cents>\d+(?i:c|cents?)\b)
    | (?P<ordinal>\d+(?:st|nd|rd|th|de|ste)\b)
    | (?P<sms>2(?:mrw|morrow|moro|day|nite|night)\b)
    | (?P<number>\d+(?:[.,]\d+)*|[½¼¾])
    | (?P<concord>(?i:{_CONCORD})(?:[-‐‑](?=\w)|(?=[Rr]?\d)|(?=[A-Z][a-z])))
    | (?P<times>(?<=\d)[xX×](?!l\b)|[xX×](?=[ ]?\d))
    | (?P<word>'n(?!\w)|[^\W\d_]{{3,5}}-en-[^\W\d_]{{6,9}}(?!\w)|[^\W\d_]+(?:['’ʼ`{_MARKS}]+[^\W\d_]+)*[{_MARKS}]*)
    | (?P<punct>(?P<same>[^\w\s])(?P=same)*|_+|\w)
    """,
    re.VERBOSE,
)


class Span(NamedTuple):
    """One token: its text, where it starts and ends in the message, its folded form, and the name of its rule."""

    text: str
    start: int
    end: int
    norm: str
    kind: str


def spans(text: str) -> list[Span]:
    """Returns the tokens of a message in order. Characters that cannot be seen make no token of their own."""
    found = []
    lowered = text.lower()
    # Most messages are folded by writing them small, all words at once.
    is_folded = text.isascii() and fold(text) == lowered
    for match in _TOKEN.finditer(text):
        piece = match[0]
        start, end = match.span()
        kind = match.lastgroup or "punct"
        if kind == "sms":
            kind = "word"
        norm = lowered[start:end] if is_folded else fold(piece)
        if kind == "emoji":
            norm = piece
        if norm:
            found.append(Span(piece, start, end, norm, kind))
    return found


class SpacyRules:
    """The same rules in the shape spaCy asks of a tokenizer: text in, Doc out, no character lost."""

    def __init__(self, vocab: "Vocab") -> None:
        """Keeps the vocabulary that the documents will share."""
        self.vocab = vocab

    def __call__(self, text: str) -> "Doc":
        """Returns the document; what lies between two tokens becomes white-space tokens where it is not one blank."""
        from spacy.tokens import Doc

        words: list[str] = []
        blank_after: list[bool] = []
        at = 0
        for span in spans(text):
            gap = text[at : span.start]
            if gap == " " and words:
                blank_after[-1] = True
            elif gap:
                words.append(gap)
                blank_after.append(False)
            words.append(span.text)
            blank_after.append(False)
            at = span.end
        if text[at:]:
            words.append(text[at:])
            blank_after.append(False)
        return Doc(self.vocab, words=words, spaces=blank_after)


def blank_pipeline() -> "Language":
    """Returns a new blank spaCy `xx` pipeline that cuts by our rules."""
    import spacy

    pipeline = spacy.blank("xx")
    pipeline.tokenizer = SpacyRules(pipeline.vocab)
    return pipeline
