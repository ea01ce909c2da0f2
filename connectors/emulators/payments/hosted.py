"""The hosted page where a customer pays: a card form, a way out, and a clear sign that all of it is an emulation.

The pages need no script, load nothing from elsewhere, and fit a screen of 360 pixels.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from commerce.money import rand
from connectors.emulators.payments.cards import Card

_FOLDER = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_TEMPLATES.filters["rand"] = rand
_STYLE = (_FOLDER / "pay.css").read_text(encoding="utf-8")
_NOT_DIGITS = re.compile(r"[\s-]")


@dataclass(slots=True)
class Bill:
    """What one hosted page asks for, and how it stands. `waiting`: the bank has not come back, and never will."""

    id: str
    label: str
    amount_cents: int
    currency: str
    success_url: str
    cancel_url: str
    state: Literal["open", "waiting", "paid"] = "open"
    failure: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose page it plays. `base` is the path that the application is mounted under."""

    name: str
    slug: str
    base: str
    cards: tuple[Card, ...]


class HostedPages:
    """The pages of one emulated provider.

    `find` gives the bill behind a page. `paid` and `declined` are told after the bill has changed. A page that was
    cancelled stays open, as the providers' own do: the customer may come back to it.
    """

    def __init__(
        self,
        brand: Brand,
        *,
        find: Callable[[str], Bill | None],
        paid: Callable[[Bill], None],
        declined: Callable[[Bill], None],
    ) -> None:
        self._brand = brand
        self._find = find
        self._paid = paid
        self._declined = declined

    def routes(self) -> list[web.RouteDef]:
        """`/checkout/{id}` and the style sheet."""
        return [
            web.get("/checkout/{id}", self._show),
            web.post("/checkout/{id}", self._submit),
            web.get("/pay.css", _style),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        bill = self._bill(request)
        chosen = next((card for card in self._brand.cards if card.key == request.query.get("card")), None)
        return self._page(bill, chosen=chosen or self._brand.cards[0])

    async def _submit(self, request: web.Request) -> web.Response:
        bill = self._bill(request)
        form = await request.post()
        if bill.state == "paid":
            raise web.HTTPSeeOther(bill.success_url)
        if form.get("action") == "cancel":
            raise web.HTTPSeeOther(bill.cancel_url)
        number = _NOT_DIGITS.sub("", str(form.get("number", "")))
        card = next((card for card in self._brand.cards if card.number == number), None)
        if card is None:
            problem = "This page is an emulation and knows only its test cards. Choose one of them below."
            return self._page(bill, chosen=self._brand.cards[0], problem=problem, status=422)
        return self._judge(bill, card)

    def _judge(self, bill: Bill, card: Card) -> web.Response:
        bill.last4 = card.last4
        match card.verdict:
            case "succeed":
                bill.state, bill.failure = "paid", ""
                self._paid(bill)
                raise web.HTTPSeeOther(bill.success_url)
            case "never":
                bill.state = "waiting"
                return self._page(bill, chosen=card)
            case _:
                bill.state, bill.failure = "open", card.failure
                self._declined(bill)
                problem = f"{card.failure}. No money was taken. Try another card."
                return self._page(bill, chosen=self._brand.cards[0], problem=problem, status=402)

    def _bill(self, request: web.Request) -> Bill:
        bill = self._find(request.match_info["id"])
        if bill is None:
            raise web.HTTPNotFound(text="There is no such payment page. It was made before the emulator was restarted.")
        return bill

    def _page(self, bill: Bill, *, chosen: Card, problem: str = "", status: int = 200) -> web.Response:
        text = _TEMPLATES.get_template("pay.html").render(
            brand=self._brand, bill=bill, chosen=chosen, problem=problem, cards=self._brand.cards
        )
        response = web.Response(text=text, status=status, content_type="text/html")
        response.headers.update(_headers(bill))
        return response


def _headers(bill: Bill) -> dict[str, str]:
    """A strict policy. Browsers hold redirects after a form to `form-action`, so the pages we return to are named."""
    returns = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in (bill.success_url, bill.cancel_url)}
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'self'; "
        f"form-action 'self' {' '.join(sorted(returns))}"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


async def _style(_request: web.Request) -> web.Response:
    return web.Response(text=_STYLE, content_type="text/css", headers={"Cache-Control": "max-age=3600"})
