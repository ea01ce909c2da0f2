"""`GET /return`: "You can go back to WhatsApp". Whatever the browser says in the address is no proof of a payment.

`?lang=` chooses the words; the customer's language is put there when the link is made.
"""

from html import escape
from pathlib import Path

from aiohttp import web

PATH = "/return"
_FOLDER = Path(__file__).parent
_PAGE = (_FOLDER / "return.html").read_text(encoding="utf-8")
_STYLE = (_FOLDER / "return.css").read_text(encoding="utf-8")

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

# (headline, what happens next). Languages that are missing read English.
_WORDS = {
    "en": ("You can go back to WhatsApp", "We will tell you there as soon as the money has arrived."),
    "zu": ("Ungabuyela ku-WhatsApp", "Sizokwazisa khona lapho nje imali isingenile."),
    "xh": ("Ungabuyela kuWhatsApp", "Siza kukwazisa apho nje imali ingenile."),
    "st": ("O ka kgutlela ho WhatsApp", "Re tla o tsebisa teng hang ha tjhelete e kene."),
    "tn": ("O ka boela kwa WhatsApp", "Re tla go itsise teng fa madi a sena go tsena."),
    "nso": ("O ka boela go WhatsApp", "Re tla go tsebiša gona ge tšhelete e tsene."),
    "ts": ("U nga tlhelela eka WhatsApp", "Hi ta ku tivisa kona loko mali yi nghenile."),
    "ve": ("Vha nga humela kha WhatsApp", "Ri ḓo vha ḓivhadza henefho musi tshelede yo dzhena."),
    "ss": ("Ungabuyela ku-WhatsApp", "Sitakwatisa khona nangabe imali seyingenile."),
    "nr": ("Ungabuyela ku-WhatsApp", "Sizokwazisa khona nangabe imali seyingenile."),
    "af": ("Jy kan teruggaan na WhatsApp", "Ons laat jou daar weet sodra die geld in is."),
    "tsotsi": ("Buyela ku-WhatsApp mfethu", "Sizokushayela khona nje uma i-cash ingenile."),
}
_TAG = {"tsotsi": "en-ZA"}


def routes() -> list[web.RouteDef]:
    """What the process that customers' browsers reach mounts at its root."""
    return [web.get(PATH, _show), web.get(f"{PATH}/style.css", _style)]


async def _show(request: web.Request) -> web.Response:
    language = request.query.get("lang", "en")
    language = language if language in _WORDS else "en"
    headline, follows = _WORDS[language]
    text = (
        _PAGE.replace("{lang}", escape(_TAG.get(language, language)))
        .replace("{headline}", escape(headline))
        .replace("{follows}", escape(follows))
    )
    return web.Response(text=text, content_type="text/html", headers=_HEADERS)


async def _style(_request: web.Request) -> web.Response:
    return web.Response(text=_STYLE, content_type="text/css", headers={"Cache-Control": "max-age=3600"})
