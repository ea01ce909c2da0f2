"""Number words of Xitsonga and Tshivenda. They were not checked by a reader of the languages.

Tshivenda `ina` and `nna` (four) are left out: `ina` is yes and `nna` is "me" in languages that are spoken more.
"""

from bot.nlu.numerals.lexicon import NumberWord, enter, spread


def words() -> dict[str, NumberWord]:
    """Returns the table of both languages. The keys are folded, so `ṱhanu` stands as `thanu`."""
    table: dict[str, NumberWord] = {}

    def unit(value: int, *, weak: bool = False) -> NumberWord:
        return NumberWord(value, "unit", "after", weak=weak)

    spread(table, unit(1), "- yi ri xi wi swi li ti", "n'we")
    spread(table, unit(1), "- n mu li tshi lu", "thihi")
    spread(table, unit(2), "- ti ma va mi swi yi wa", "mbirhi")
    enter(table, unit(2), "mbili mavhili vhavhili mivhili zwivhili dzimbili tshivhili")
    spread(table, unit(3), "- ti ma va mi swi yi", "nharhu")
    enter(table, unit(3), "raru mararu vhararu miraru zwiraru tharu dzitharu")
    enter(table, unit(4), "mune timune mamune swimune mimune zwina mana")
    spread(table, unit(5), "- ti ma va mi swi", "ntlhanu")
    spread(table, unit(5), "- ma zwi mi vha", "tanu thanu")
    enter(table, unit(6), "tsevu ntsevu tintsevu rathi")
    enter(table, unit(7), "nkombo tinkombo sumbe")
    enter(table, unit(8), "nhungu tinhungu")
    enter(table, unit(8, weak=True), "malo")
    enter(table, unit(9), "nkaye tinkaye tahe")
    enter(table, unit(9, weak=True), "kaye")
    enter(table, NumberWord(10, "magnitude", "after"), "khume fumi")
    enter(table, NumberWord(10, "plural", "after"), "makume mahumi")
    enter(table, NumberWord(20, "fixed", "after"), "fumbili")
    enter(table, NumberWord(100, "magnitude", "after"), "dzana dana")
    enter(table, NumberWord(100, "plural", "after"), "madzana madana")
    enter(table, NumberWord(0.5, "fixed", "before"), "hafu")
    return table
