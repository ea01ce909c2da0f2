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

FOR_TEMPLATES = frozenset({"en", "af", "zu"})
"""Those that WhatsApp has approved templates for."""


def for_template(code: str) -> str:
    """The language to use for a template: the customer's where WhatsApp knows it, else English."""
    return code if code in FOR_TEMPLATES else DEFAULT
