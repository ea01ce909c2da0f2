"""Number words of isiZulu, isiXhosa, siSwati and isiNdebele.

One to five take the concord of what is counted (`ababili`, `ezimbili`, `amabili`, `emibili`), in siSwati with `la-` or
`le-`; six to nine are nouns with a copula (`abayisithupha`). `mine` and `ine` are left out: they are other words first.
Forms of siSwati and isiNdebele were not checked by a reader of the language.
"""

from bot.nlu.numerals.lexicon import NumberWord, enter, spread

_MA = "- ma ama lama ema lema ba aba laba bama mi emi lemi ku olu lolu obu lobu"
_ZI = "zi ezi leti ti lati eti"


def words() -> dict[str, NumberWord]:
    """Returns the table of this family."""
    table: dict[str, NumberWord] = {}

    def unit(value: int) -> NumberWord:
        return NumberWord(value, "unit", "after")

    enter(table, unit(1), "munye linye sinye inye lunye yinye eyodwa elilodwa esisodwa olulodwa owodwa obodwa oyedwa")
    enter(table, unit(1), "lodwa yodwa sodwa leyodvwa linyenje eyi-one yedvwa")
    enter(table, NumberWord(1, "unit", "after", weak=True), "enye elinye esinye olunye obunye omunye omnye kunye nye")
    enter(table, NumberWord(1, "unit", "after", weak=True), "nelinye nenye nomunye nomnye nesinye nolunye")
    enter(table, unit(1), "nelilodwa neyodwa nesisodwa nowodwa elodwa sisodwa lilodwa iyodwa lulodwa")
    spread(table, unit(2), _MA, "bili bini")
    spread(table, unit(2), "m zim ezim letim tim im e-zim ezi zi leti ti", "bili bini")
    spread(table, unit(3), _MA, "thathu tsatfu")
    spread(table, unit(3), _ZI + " -", "ntathu ntsatfu tsatfu thathu")
    spread(table, unit(4), "ma ama lama ba aba laba zi ezi leti ti emi lemi", "ne")
    spread(table, unit(5), _MA, "hlanu")
    spread(table, unit(5), _ZI + " -", "nhlanu ntlanu hlanu sihlanu")
    enter(table, unit(5), "lasihlanu letisihlanu labasihlanu")
    for value, stems in (
        (6, "thupha tfupha thandathu"),
        (7, "khombisa xhenxe"),
        (8, "shiyagalombili phohlongo bhozo"),
        (9, "shiyagalolunye"),
    ):
        spread(
            table,
            unit(value),
            "isi si ayisi abayisi eziyisi emiyisi asi esi ezisi abasi lasi letisi labasi oyisi ezi",
            stems,
        )
    enter(table, unit(6), "amathandathu mathandathu ezintandathu zintandathu abathandathu thandathu isithupa")
    enter(table, unit(7), "likhomba ikhomba alikhomba ezilikhomba")
    enter(table, unit(8), "bunane ubunane abunane ezibunane")
    spread(table, unit(9), "i li ali ezili eli abali", "thoba")
    enter(table, unit(9), "imfica yimfica lemfica")
    copulas = "i yi zi li lali eli ali ezili abali ayi abayi eziyi emiyi kuli leli angama ku kwe nge"
    spread(table, NumberWord(10, "magnitude", "after"), copulas, "shumi tjhumi")
    spread(
        table,
        NumberWord(10, "plural", "after"),
        "ama ngama angama ezingama abangama kwama emi ema lama la ma",
        "shumi tjhumi",
    )
    enter(
        table,
        NumberWord(100, "magnitude", "after"),
        "ikhulu likhulu elikhulu kwekhulu alikhulu ayikhulu eziyikhulu ngekhulu",
    )
    spread(table, NumberWord(100, "plural", "after"), "ama ngama angama ezingama kwama ema lama", "khulu")
    enter(table, NumberWord(1000, "magnitude", "after"), "inkulungwane iwaka yinkulungwane liwaka")
    enter(table, NumberWord(1000, "plural", "after"), "izinkulungwane amawaka eziyizinkulungwane tinkhulungwane")
    for value, forms in (
        (1, "nanye"),
        (2, "nambili nambini nesibini nakubili"),
        (3, "nantathu nantsatfu nakuthathu"),
        (4, "nane"),
        (5, "nanhlanu nantlanu nesihlanu"),
        (6, "nesithupha nantandathu nesithandathu nesitfupha"),
        (7, "nesikhombisa nesixhenxe nelikhomba"),
        (8, "nesishiyagalombili nesibhozo nobunane nesiphohlongo"),
        (9, "nesishiyagalolunye nethoba nemfica"),
    ):
        enter(table, NumberWord(value, "plus", "after"), forms)
    # isiXhosa agrees the sum with ten itself: alishumi elinesibini, twelve.
    for value, stem in enumerate(["bini", "thathu", "ne", "hlanu", "thandathu", "xhenxe", "bhozo"], start=2):
        spread(table, NumberWord(value, "plus", "after"), "elinesi alinesi linesi anesi ezinesi", stem)
    enter(table, NumberWord(1, "plus", "after"), "elinanye")
    enter(table, NumberWord(9, "plus", "after"), "elinethoba")
    # "And two" of what was counted before: amahlanu anemince namahlanu angenanto.
    for value, stems in enumerate(["bili,bini", "thathu", "ne", "hlanu"], start=2):
        spread(table, unit(value), "nama naba nemi", stems.replace(",", " "))
    for value, stems in enumerate(["mbili,mbini", "ntathu", "ne", "nhlanu,ntlanu"], start=2):
        spread(table, unit(value), "nezi", stems.replace(",", " "))
    for value, forms in ((2, "kabili kabini"), (3, "kathathu"), (4, "kane"), (5, "kahlanu")):
        enter(table, unit(value), forms)
    enter(table, NumberWord(0.5, "fixed", "before"), "uhhafu ihhafu hhafu isigamu ihafu isiqingatha isiquntu incenye")
    return table
