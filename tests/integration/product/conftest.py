"""The whole product once for these tests, with a second tenant beside it that nothing here may touch."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from talking import ENGLISH, MARKET, Caller, Door, eventually, newest, own_home

from commerce import schema
from connectors.emulators.paystack.app import EMULATOR as PAYSTACK
from connectors.emulators.paystack.app import PaystackEmulator
from connectors.emulators.yoco.app import EMULATOR as YOCO
from connectors.emulators.yoco.app import YocoEmulator
from ops import demo, emulators
from tests.journeys.product import Product, running

_phones = itertools.count(1)
_DEAD = text("select kind, error, payload from inbox where seq > :after and state = 'dead'")
_PENDING = text("select count(*) from inbox where seq > :after and state = 'pending'")


@dataclass(frozen=True, slots=True)
class Providers:
    """The emulated providers' own behaviour, for drills."""

    paystack: PaystackEmulator
    yoco: YocoEmulator


@pytest.fixture(scope="package")
async def product_and_providers(model: Path) -> AsyncIterator[tuple[Product, Providers]]:
    """The product in a folder of its own, so that no other product's heartbeat is taken for its own."""
    kept: dict[Any, Any] = {}
    with own_home() as home, pytest.MonkeyPatch.context() as patch:
        for module, key in ((emulators.paystack, PAYSTACK), (emulators.yoco, YOCO)):
            patch.setattr(module, "create_app", _keeping(kept, key, module.create_app))
        async with running(home, name="product") as started:
            yield started, Providers(kept[PAYSTACK], kept[YOCO])


def _keeping(kept: dict[Any, Any], key: Any, create: Callable[..., Any]) -> Callable[..., Any]:
    """Makes the application and keeps its emulator."""

    def create_and_keep(config: Any) -> Any:
        app = create(config)
        kept[key] = app[key]
        return app

    return create_and_keep


@pytest.fixture(scope="package")
def product(product_and_providers: tuple[Product, Providers]) -> Product:
    """The product, running."""
    return product_and_providers[0]


@pytest.fixture(scope="package")
def providers(product_and_providers: tuple[Product, Providers]) -> Providers:
    """What a test turns off and on."""
    return product_and_providers[1]


@pytest.fixture(scope="package")
async def neighbour(product: Product) -> UUID:
    """Another tenant with the same three shops, owners and prices, on a number of its own."""
    township = demo.read()
    township["tenant"] = {**township["tenant"], "slug": "neighbour", "name": "The market next door"}
    township["numbers"] = [{"phone_number_id": "200000000000001", "display": "+27 87 999 0001", "shop": None}]
    await demo.seed(product.database, township)
    return demo.tenant_id("neighbour")


@pytest.fixture
def door(product: Product) -> Door:
    """The gateway, from outside."""
    return Door(product)


@pytest.fixture
def caller(product: Product) -> Callable[..., Awaitable[Caller]]:
    """Makes a person with a new phone, who is answered in English, or one with a known phone."""

    async def make(name: str = "Zanele", *, number: str = MARKET, phone: str = "") -> Caller:
        made = Caller(product, phone or f"27845{next(_phones):06d}", number)
        await made.join(name)
        if not phone:
            await made.tap_id(ENGLISH)
        return made

    return make


@pytest.fixture
async def nothing_left_behind(product: Product, neighbour: UUID) -> AsyncIterator[None]:
    """After each test: nothing waits for ever, nothing is dead, and the neighbour is as it was."""
    after, before = await newest(product), await _everything_of(product, neighbour)
    yield

    async def quiet() -> bool:
        async with product.database.gate() as gate:
            return not (await gate.execute(_PENDING, {"after": after})).scalar()

    await eventually(quiet)
    async with product.database.gate() as gate:
        dead = (await gate.execute(_DEAD, {"after": after})).all()
    assert not dead, f"Rows that nobody will work on: {dead}"
    assert await _everything_of(product, neighbour) == before


async def _everything_of(product: Product, tenant_id: UUID) -> dict[str, str]:
    """A mark of all that a tenant has, by table."""
    async with product.database.transaction(tenant_id) as session:
        marks = {}
        for table in schema.tenant_tables:
            rows = text(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table.name} t")  # noqa: S608
            marks[table.name] = str((await session.execute(rows)).scalar_one())
    return marks
