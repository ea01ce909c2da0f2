"""The page a customer comes back to."""

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from commerce.languages import CODES
from connectors import returning
from connectors.returning.page import _WORDS


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "You can go back to WhatsApp"),
        ("?lang=zu", "Ungabuyela ku-WhatsApp"),
        ("?lang=af&reference=wk1&trxref=wk1", "Jy kan teruggaan na WhatsApp"),
        ("?lang=ve", "Vha nga humela kha WhatsApp"),
        ("?lang=<script>", "You can go back to WhatsApp"),
    ],
)
async def test_the_page_speaks_the_customers_language_and_claims_no_payment(query: str, words: str) -> None:
    app = web.Application()
    app.add_routes(returning.routes())
    async with TestServer(app) as server, ClientSession() as http:
        async with http.get(server.make_url(f"{returning.PATH}{query}")) as response:
            text = await response.text()
        async with http.get(server.make_url(f"{returning.PATH}/style.css")) as style:
            assert style.status == 200
    assert response.status == 200
    assert words in text
    assert "<script" not in text
    assert "wk1" not in text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_the_page_has_words_in_every_language() -> None:
    assert set(_WORDS) == set(CODES)
