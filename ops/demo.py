"""The demo township, read from `data/demo/township.yml`: the source of the seed and of the simulator's phones."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.catalogue import service as catalogue
from commerce.catalogue.entries import Name
from commerce.catalogue.service import NewOption, NewSize
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database
from commerce.tenants import service as tenants
from ops.settings import ROOT

TOWNSHIP = ROOT / "data" / "demo" / "township.yml"
TEMPLATES = ROOT / "data" / "templates.yml"
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read(path: Path = TOWNSHIP) -> dict[str, Any]:
    """The file as it stands."""
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def tenant_id(slug: str) -> UUID:
    """The demo tenant's id: the same on every machine."""
    return uuid5(NAMESPACE_URL, f"https://wakala.example/tenants/{slug}")


async def seed(database: Database, township: Mapping[str, Any]) -> bool:
    """Creates what is missing. False when the township was there already. The same file gives the same rows."""
    tenant = township["tenant"]
    async with database.transaction(tenant_id(tenant["slug"])) as session:
        if await tenants.list_shops(session):
            return False
        await tenants.create_tenant(session, slug=tenant["slug"], name=tenant["name"], area=tenant["area"])
        shops = {}
        for shop in township["shops"]:
            shops[shop["slug"]] = await _shop(session, shop)
        for number in township["numbers"]:
            shop_id = shops[number["shop"]] if number["shop"] else None
            await tenants.add_number(session, number["phone_number_id"], number["display"], shop_id)
        for shop in township["shops"]:
            await _owner(session, shops[shop["slug"]], shop["owner"])
    return True


async def _shop(session: AsyncSession, shop: Mapping[str, Any]) -> UUID:
    made = await tenants.create_shop(
        session, slug=shop["slug"], name=shop["name"], kind=shop["kind"], about=shop["about"], area=shop["area"],
        latitude=shop["latitude"], longitude=shop["longitude"], offers_delivery=shop["delivery"],
        offers_collection=shop["collection"], payment_methods=shop["payment_methods"],
    )  # fmt: skip
    await tenants.set_hours(
        session,
        made.id,
        [(_WEEK.index(day), *_stretch(stretch)) for day, stretches in shop["hours"].items() for stretch in stretches],
    )
    for zone in shop["zones"]:
        await tenants.add_zone(session, made.id, **zone)
    for place, category in enumerate(shop["categories"]):
        await catalogue.add_category(
            session, made.id, category["name"], position=place, cooling_off=category["cooling_off"]
        )
        for position, item in enumerate(category["items"]):
            await _item(session, made.id, category["name"], item, position)
    return made.id


async def _item(session: AsyncSession, shop_id: UUID, category: str, item: Mapping[str, Any], position: int) -> None:
    await catalogue.add_item(
        session,
        shop_id,
        name=item["name"],
        price_cents=item["price_cents"],
        description=item["description"],
        photo=item["photo"],
        category=category,
        stock=item["stock"],
        names=_names(item),
        sizes=[
            NewSize(size["name"], size["price_cents"], size.get("default", False), _names(size))
            for size in item.get("sizes", [])
        ],
        options=[
            NewOption(option["name"], option["kind"], option["price_cents"], _names(option))
            for option in item.get("options", [])
        ],
        tax_code=item["tax_code"],
        position=position,
    )


async def _owner(session: AsyncSession, shop_id: UUID, owner: Mapping[str, Any]) -> None:
    person = await customers.meet(session, Sender(wa_id=str(owner["phone"]).removeprefix("+"), name=owner["name"]))
    await customers.set_language(session, person, owner["language"])
    await tenants.add_member(session, shop_id, person.id, "owner")


def _names(thing: Mapping[str, Any]) -> list[Name]:
    return [Name(str(text), language) for language, texts in thing.get("names", {}).items() for text in texts]


def _stretch(text: str) -> tuple[time, time]:
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)
