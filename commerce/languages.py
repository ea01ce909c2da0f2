"""The languages Wakala speaks, by the codes used everywhere: ISO 639 where there is one, and `tsotsi`."""

NAMES = {
    "en": "English", "zu": "isiZulu", "xh": "isiXhosa", "st": "Sesotho", "tn": "Setswana", "nso": "Sepedi",
    "ts": "Xitsonga", "ve": "Tshivenḓa", "ss": "siSwati", "nr": "isiNdebele", "af": "Afrikaans", "tsotsi": "Tsotsitaal",
}  # fmt: skip

CODES = tuple(NAMES)

FAMILIES = {
    "en": "germanic", "af": "germanic", "zu": "nguni", "xh": "nguni", "ss": "nguni", "nr": "nguni",
    "st": "sotho", "tn": "sotho", "nso": "sotho", "ts": "ts", "ve": "ve", "tsotsi": "tsotsi",
}  # fmt: skip

DEFAULT = "en"
