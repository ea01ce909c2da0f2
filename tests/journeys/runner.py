"""Plays a journey: a conversation in YAML, step by step, through the signed webhook, with what must come of each step.

A step is what somebody does (`customer: "text"`, `merchant_taps: Accept` …), then what is expected. Expectations are
looked at until they hold, for replies come when they come; a step that never comes true fails with what was said.

`teach:` is a lesson (docs/teaching.md) that is live for the length of the journey, for the whole township.
"""

import asyncio
import time
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from bot.nlu.base import open_base
from bot.teach import building, lesson
from commerce.carts import service as carts
from commerce.customers.models import Customer
from commerce.money import rand
from commerce.orders import service as orders
from commerce.teaching import service as teaching
from ops import demo, train
from tests.journeys.people import Person, offers
from tests.journeys.product import Product

PATIENCE_SECONDS = 20
_ACTS = ("_taps", "_shares", "_sends", "_pays", "")


class Journey:
    """One file, being played."""

    def __init__(self, product: Product, path: Path, fresh: int) -> None:
        self._product = product
        self._script = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._fresh = fresh
        self._people: dict[str, Person] = {}

    async def play(self) -> int:
        """Plays all steps, in order, and returns how many expectations held. The first that does not is an error."""
        if "teach" not in self._script:
            return await self._play()
        await self._teach(self._script["teach"])
        try:
            return await self._play()
        finally:
            async with self._product.database.transaction(self._product.tenant_id) as session:
                await teaching.roll_back(session, "system:journey")

    async def _teach(self, taught: dict[str, Any]) -> None:
        base = open_base(train.verified(self._product.settings.model))
        async with self._product.database.transaction(self._product.tenant_id) as session:
            read = lesson.read(yaml.safe_dump(taught, allow_unicode=True), intents=base.model.intents)
            await building.take(session, read, "system:journey")
            built = await building.build(session, base, "system:journey")
            await teaching.go_live(session, built.version, "system:journey")

    async def _play(self) -> int:
        held = 0
        for role, about in self._script["people"].items():
            await self._meet(role, about or {})
        actor = next(iter(self._people))
        for place, step in enumerate(self._script["steps"], start=1):
            where = f"step {place}: {step}"
            if "expect" not in step or len(step) > 1:
                actor = await self._do(step, actor)
            if "expect" in step:
                await self._expect(actor, step["expect"] or {}, where)
                held += bool(step["expect"])
        return held

    async def _meet(self, role: str, about: dict[str, Any]) -> None:
        phone = str(about.get("phone") or f"2782{self._fresh:03d}{len(self._people):04d}")
        person = Person(self._product, phone, _number(self._script.get("number", "market")))
        await person.join(about.get("name", role.title()))
        self._people[role] = person

    async def _do(self, step: dict[str, Any], actor: str) -> str:
        key, value = next((key, value) for key, value in step.items() if key != "expect")
        for person in self._people.values():
            person.read = len(await person.heard())
        if key == "pays":
            await self._people[actor].pay(value["with"] if isinstance(value, dict) else str(value))
            return actor
        role, act = self._split(key)
        person = self._people[role]
        match act:
            case "_taps":
                await person.tap(str(value))
            case "_shares":
                await person.send(location=value)
            case "_sends":
                await person.send(**({"voice": True} if value == "voice" else {"sample": _sample(value)}))
            case "_pays":
                await person.pay(str(value))
            case _:
                await person.send(text=await self._fill(str(value)))
        return role

    async def _fill(self, text: str) -> str:
        """`{code}` is the handover code of the customer's latest order, which a driver hears from the customer."""
        if "{code}" not in text and "{number}" not in text:
            return text
        async with self._product.database.transaction(self._product.tenant_id) as session:
            customer = await _customer(session, self._people["customer"].phone)
            order = await orders.find_order(session, customer.id)
            seen = await orders.view(session, order)
        return text.replace("{code}", str(seen.handover_code)).replace("{number}", str(seen.number))

    async def _expect(self, actor: str, expected: dict[str, Any], where: str) -> None:
        role = expected.get("of", actor)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            problem = await self._problem(role, expected)
            if problem is None:
                return
            if time.monotonic() > deadline:
                said = [_as_text(message) for message in await self._people[role].new()]
                raise AssertionError(f"{where}\n{problem}\n{role} heard: " + "\n---\n".join(said))
            await asyncio.sleep(0.05)

    async def _problem(self, role: str, expected: dict[str, Any]) -> str | None:
        messages = await self._people[role].new()
        said = "\n".join(_as_text(message) for message in messages).casefold()
        titles = [offer["title"].casefold() for message in messages for offer in offers(message)]
        if not messages and any(key in expected for key in ("reply_has", "reply_lacks", "buttons")):
            return "Nothing was said."
        for wanted in _list(expected.get("reply_has")):
            if str(wanted).casefold() not in said:
                return f"The reply lacks {wanted!r}."
        for unwanted in _list(expected.get("reply_lacks")):
            if str(unwanted).casefold() in said:
                return f"The reply has {unwanted!r}."
        for button in _list(expected.get("buttons")):
            if not any(str(button).casefold() in title for title in titles):
                return f"There is no button {button!r} among {titles}."
        return await self._books(role, expected)

    async def _books(self, role: str, expected: dict[str, Any]) -> str | None:
        """What the database must say: the customer's basket, total, and order; the actor's where nobody is customer."""
        if not {"basket", "total", "order_state"} & expected.keys():
            return None
        async with self._product.database.transaction(self._product.tenant_id) as session:
            customer = await _customer(session, self._people.get("customer", self._people[role]).phone)
            if customer is None:
                return "The customer is not known yet."
            if "order_state" in expected:
                return await _order_problem(session, customer, expected)
            return await _basket_problem(session, customer, expected)

    def _split(self, key: str) -> tuple[str, str]:
        """`customer_taps` is the person `customer` and the act `_taps`."""
        for act in _ACTS:
            if key.endswith(act) and key.removesuffix(act) in self._people:
                return key.removesuffix(act), act
        raise AssertionError(f"Nobody here can do {key!r}: the people are {list(self._people)}.")


async def _order_problem(session: Any, customer: Customer, expected: dict[str, Any]) -> str | None:
    order = await orders.find_order(session, customer.id)
    if order is None or order.state != expected["order_state"]:
        return f"The order is {order.state if order else 'not there'}, not {expected['order_state']}."
    if "total" in expected and rand(order.total_cents) != expected["total"]:
        return f"The order's total is {rand(order.total_cents)}, not {expected['total']}."
    return None


async def _basket_problem(session: Any, customer: Customer, expected: dict[str, Any]) -> str | None:
    basket = await carts.find_basket(session, customer.id)
    seen = await carts.view(session, basket) if basket else None
    lines = [_line(line) for line in seen.lines] if seen else []
    for wanted in expected.get("basket", []):
        if not any(_fits(wanted, line) for line in lines):
            return f"The basket lacks {wanted}: {lines}"
    if "basket" in expected and len(lines) != len(expected["basket"]):
        return f"The basket has other lines too: {lines}"
    if "total" in expected and (seen is None or rand(seen.total_cents) != expected["total"]):
        return f"The total is {rand(seen.total_cents) if seen else 'none'}, not {expected['total']}."
    return None


async def _customer(session: Any, phone: str) -> Customer | None:
    found: Customer | None = (await session.execute(select(Customer).where(Customer.wa_id == phone))).scalar()
    return found


def _number(name: str) -> str:
    return next(str(one["phone_number_id"]) for one in demo.read()["numbers"] if (one["shop"] or "market") == name)


def _sample(value: Any) -> str:
    return "tomatoes" if value in {True, "photo"} else str(value)


def _line(line: Any) -> dict[str, Any]:
    return {
        "item": line.name,
        "qty": line.quantity,
        "size": line.size,
        "with": list(line.with_names),
        "without": list(line.without_names),
    }


def _fits(wanted: dict[str, Any], line: dict[str, Any]) -> bool:
    return all(line[key] == value for key, value in wanted.items())


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _as_text(message: dict[str, Any]) -> str:
    titles = " ".join(f"[{offer['title']}]" for offer in offers(message))
    link = message.get("link", {}).get("label", "")
    return " ".join(part for part in (message.get("text", ""), titles, link and f"<{link}>") if part)
