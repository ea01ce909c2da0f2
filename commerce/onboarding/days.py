"""The days of the week in the languages of South Africa, as people type them, and how they say "every day"."""

from collections.abc import Mapping

# fmt: off
_NAMES: tuple[tuple[str, ...], ...] = (
    ("mon", "monday", "mondays", "maandag", "maandae", "maa", "umsombuluko", "msombuluko", "umvulo", "mvulo", "mantaha",
     "mosupologo", "mošupologo", "musumbhunuku", "musumbuluwo"),
    ("tue", "tues", "tuesday", "tuesdays", "dinsdag", "dinsdae", "din", "ulwesibili", "lwesibili", "lesibili",
     "ulwesibini", "lwesibini", "labobedi", "ravumbirhi", "lavhuvhili", "ḽavhuvhili"),
    ("wed", "weds", "wednesday", "wednesdays", "woensdag", "woensdae", "woe", "ulwesithathu", "lwesithathu",
     "lesithathu", "lesitsatfu", "laboraro", "ravunharhu", "lavhuraru", "ḽavhuraru"),
    ("thu", "thur", "thurs", "thursday", "thursdays", "donderdag", "donderdae", "don", "ulwesine", "lwesine", "lesine",
     "labone", "ravumune", "lavhuna", "lavhuṋa", "ḽavhuṋa"),
    ("fri", "friday", "fridays", "vrydag", "vrydae", "vry", "ulwesihlanu", "lwesihlanu", "lesihlanu", "labohlano",
     "labotlhano", "ravuntlhanu", "lavhutanu", "lavhuṱanu", "ḽavhuṱanu"),
    ("sat", "saturday", "saturdays", "saterdag", "saterdae", "umgqibelo", "mgqibelo", "umgcibelo", "mgcibelo",
     "moqebelo", "mokibelo", "lamatlhatso", "matlhatso", "mugqivela", "mugivhela"),
    ("sun", "sunday", "sundays", "sondag", "sondae", "son", "isonto", "sonto", "icawa", "cawa", "sontaha", "sontaga",
     "tshipi", "latshipi", "lamorena", "lisontfo", "isondo", "sondo", "swondaha"),
)
EVERY_DAY = (
    "every day", "everyday", "daily", "all week", "all days", "seven days", "7 days a week", "7 days", "24/7",
    "elke dag", "alle dae", "daagliks", "nsuku zonke", "zinsuku zonke", "zonke izinsuku", "yonke imihla",
    "imihla yonke", "letsatsi le letsatsi", "letsatsi le leng le le leng", "matsatsi ohle", "kamehla", "ka mehla",
    "malatsi otlhe", "tsatsi le letsatsi", "matšatši ka moka", "matsatsi ka moka", "masiku hinkwawo", "siku na siku",
    "maduvha othe", "maḓuvha oṱhe", "duvha na duvha", "ḓuvha na ḓuvha", "onkhe emalanga", "emalanga onkhe",
    "woke amalanga", "amalanga woke",
)
WEEKDAYS = ("weekdays", "week days", "weeksdae", "weekdae", "phakathi nesonto", "phakathi evekini", "mahareng a beke")
WEEKENDS = ("weekends", "weekend", "week end", "naweke", "naweek", "ngempelasonto", "impelasonto", "ngempelaveki",
            "mafelo a beke", "mafelobeke", "bofelo ba beke")
# fmt: on

ALL_DAYS = tuple(range(7))
BY_NAME: Mapping[str, int] = {name: weekday for weekday, names in enumerate(_NAMES) for name in names}
_SHORTEST_STEM = 5
"""A stem this long is known behind a prefix too: "ngomsombuluko", "ngolwesibili"."""


def weekday_of(word: str) -> int | None:
    """The weekday that a word names, with or without a Nguni prefix; 0 is Monday."""
    exact = BY_NAME.get(word)
    if exact is not None:
        return exact
    return next((day for name, day in BY_NAME.items() if len(name) >= _SHORTEST_STEM and word.endswith(name)), None)
