"""Number words of English and Afrikaans, which Tsotsitaal shares."""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

from bot.nlu.numerals.lexicon import NumberWord, enter

_ENGLISH = "one two three four five six seven eight nine".split()
_AFRIKAANS = "een twee drie vier vyf ses sewe agt nege".split()
_TEENS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
    "tien elf twaalf dertien veertien vyftien sestien sewentien agtien negentien".split(),
)
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety".split(),
    "twintig dertig veertig vyftig sestig sewentig tagtig negentig".split(),
)


def words() -> dict[str, NumberWord]:
    """Returns the table of both languages."""
    table: dict[str, NumberWord] = {}
    for value, pair in enumerate(zip(_ENGLISH, _AFRIKAANS, strict=True), start=1):
        for form in pair:
            table[form] = NumberWord(value, "unit", "before", weak=value == 1)
    for forms in _TEENS:
        for value, form in enumerate(forms, start=10):
            table[form] = NumberWord(value, "fixed", "before")
    for forms in _TENS:
        for tens, form in enumerate(forms, start=2):
            table[form] = NumberWord(tens * 10, "tens", "before")
            for value, unit in enumerate(_AFRIKAANS, start=1):
                enter(table, NumberWord(tens * 10 + value, "fixed", "before"), f"{unit}en{form} {unit}-en-{form}")
    for value, unit in enumerate(_AFRIKAANS, start=1):
        table[f"{unit}honderd"] = NumberWord(value * 100, "tens", "before")
    enter(table, NumberWord(90, "tens", "before"), "neentig")
    enter(table, NumberWord(7, "unit", "before"), "sewwe")
    enter(table, NumberWord(100, "magnitude", "before"), "hundred honderd")
    enter(table, NumberWord(1000, "magnitude", "before"), "thousand duisend")
    enter(table, NumberWord(12, "fixed", "before"), "dozen dosyn doz dz")
    enter(table, NumberWord(6, "fixed", "before"), "halfdosyn halfdozen")
    enter(table, NumberWord(2, "fixed", "before"), "couple paar")
    enter(table, NumberWord(0.5, "fixed", "before"), "half halwe halfe")
    return table
