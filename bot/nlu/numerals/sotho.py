"""Number words of Sesotho, Setswana and Sepedi, in both spellings of Sesotho.

The class of what is counted shows in the numeral (`tse pedi`, `a mabedi`, `ba babedi`, `e mebedi`); the particle before
it is skipped by whoever joins a number to a thing.
"""

from bot.nlu.numerals.lexicon import NumberWord, enter


def words() -> dict[str, NumberWord]:
    """Returns the table of this family. The keys are folded, so `šupa` stands as `supa`."""
    table: dict[str, NumberWord] = {}

    def unit(value: int, *, weak: bool = False) -> NumberWord:
        return NumberWord(value, "unit", "after", weak=weak)

    enter(table, unit(1), "nngwe 'ngoe ngoe nngoe lengwe lengoe enngwe ngwe bongwe sengwe")
    enter(table, unit(1, weak=True), "tee mong leng seng teng esi")
    enter(table, unit(2), "pedi mabedi babedi mebedi dipedi bobedi lipeli peli mabeli babeli mebeli mmedi mmeli")
    enter(table, unit(3), "tharo mararo bararo meraro boraro ditharo")
    enter(table, unit(4), "nne mmane bone dinne")
    enter(table, unit(4, weak=True), "mane bane mene")
    enter(table, unit(5), "hlano mahlano bahlano mehlano tlhano matlhano batlhano metlhano bohlano botlhano")
    enter(table, unit(6), "tshelela tsheletseng tshelelang ts'elela thataro marataro barataro tshelelago selelago")
    enter(table, unit(6, weak=True), "tshela selela")
    enter(table, unit(7), "supileng supang masupa supago")
    enter(table, unit(7, weak=True), "supa")
    enter(table, unit(8), "robedi robeli robabobedi seswai boroba")
    enter(table, unit(9), "robong robonngwe robongwe senyane robileng")
    enter(table, unit(2), "habedi gabedi habeli")
    enter(table, unit(3), "hararo gararo")
    enter(table, NumberWord(10, "magnitude", "after"), "leshome lesome shome")
    enter(table, NumberWord(10, "plural", "after"), "mashome masome")
    enter(table, NumberWord(100, "magnitude", "after"), "lekgolo lekholo")
    enter(table, NumberWord(100, "plural", "after"), "makgolo makholo")
    enter(table, NumberWord(1000, "magnitude", "after"), "sekete")
    enter(table, NumberWord(1000, "plural", "after"), "dikete likete")
    enter(table, NumberWord(0.5, "fixed", "before"), "halofo hafo seripa sephatlo halefo")
    return table
