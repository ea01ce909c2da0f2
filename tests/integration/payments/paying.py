"""A tenant with a shop, its owner, a customer and an order, and what became of them: the fixtures of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from commerce.audit.models import AuditEntry
from commerce.carts.models import BasketRow
from commerce.customers.models import Customer
from commerce.database import Database, new_id, now
from commerce.inbox.models import InboxRow
from commerce.orders.models import Order
from commerce.outbox.models import OutboxRow
from commerce.payments import service
from commerce.payments.models import Payment, PaymentEvent, Refund
from commerce.payments.ports import Checkout, ProviderEvent
from commerce.tenants.models import Shop, ShopMember

TOTAL_CENTS = 12550


@dataclass
class Town:
    """One tenant's shop and customer; `order()` makes orders, the rest reads what came of them."""

    database: Database
    tenant_id: UUID
    shop_id: UUID
    customer_id: UUID
    owner_id: UUID
    orders: int = 1000

    async def order(self, *, state: str = "awaiting_payment", method: str = "paystack") -> Order:
        self.orders += 1
        async with self.database.transaction(self.tenant_id) as session:
            basket = BasketRow(customer_id=self.customer_id, shop_id=self.shop_id, state="ordered")
            session.add(basket)
            await session.flush()
            order = Order(
                id=new_id(), number=self.orders, customer_id=self.customer_id, shop_id=self.shop_id,
                basket_id=basket.id, state=state, fulfilment="collection", payment_method=method,
                items_cents=TOTAL_CENTS,
                total_cents=TOTAL_CENTS,
            )  # fmt: skip
            session.add(order)
        return order

    async def payment(self, order: Order, provider: str = "paystack", *, link: bool = True) -> Payment:
        """Asks for a payment, and gives it a page."""
        async with self.database.transaction(self.tenant_id) as session:
            payment = await service.request(session, order, provider)
            if link:
                page = Checkout(f"ref_{payment.reference}", f"https://pay.test/{payment.reference}")
                payment = await service.link_made(session, payment.id, page)
        return payment

    async def apply(self, event: ProviderEvent) -> str:
        async with self.database.transaction(self.tenant_id) as session:
            return await service.apply_event(session, event)

    async def rows(self, model: type[Any], *conditions: Any) -> Sequence[Any]:
        async with self.database.transaction(self.tenant_id) as session:
            return (
                (await session.execute(select(model).where(model.tenant_id == self.tenant_id, *conditions)))
                .scalars()
                .all()
            )

    async def order_now(self, order: Order) -> Order:
        (found,) = await self.rows(Order, Order.id == order.id)
        return found

    async def payment_now(self, payment: Payment) -> Payment:
        (found,) = await self.rows(Payment, Payment.id == payment.id)
        return found

    async def refunds(self) -> Sequence[Refund]:
        return await self.rows(Refund)

    async def history(self) -> list[tuple[str, str]]:
        return [(row.name, row.outcome) for row in await self.rows(PaymentEvent)]

    async def told(self, person: UUID | None = None) -> list[str]:
        """The names of the notices to a person (the customer, unless said), in order."""
        rows = await self.rows(InboxRow, InboxRow.kind == "notice")
        who = str(person or self.customer_id)
        return [
            row.payload["name"] for row in sorted(rows, key=lambda row: row.seq) if row.payload["customer_id"] == who
        ]

    async def workflows(self) -> list[tuple[str, str]]:
        rows = await self.rows(OutboxRow, OutboxRow.kind == "workflow")
        return [(row.body["workflow"], row.body["subject_id"]) for row in sorted(rows, key=lambda row: row.seq)]

    async def refused(self) -> list[tuple[str, dict[str, Any]]]:
        return [(entry.event, entry.detail) for entry in await self.rows(AuditEntry, AuditEntry.refused)]


async def make_town(database: Database, tenant_id: UUID) -> Town:
    async with database.transaction(tenant_id) as session:
        customer, owner = (
            Customer(id=new_id(), wa_id="27820000001", language="zu"),
            Customer(id=new_id(), wa_id="27820000002"),
        )
        shop = Shop(id=new_id(), slug="kota", name="Kota Corner", payment_methods=["paystack", "yoco", "cash"])
        session.add_all([customer, owner, shop])
        await session.flush()
        session.add(ShopMember(shop_id=shop.id, customer_id=owner.id, role="owner"))
    return Town(database, tenant_id, shop.id, customer.id, owner.id)


def success(payment: Payment, **changes: Any) -> ProviderEvent:
    return said(payment, "payment_succeeded", **changes)


def said(payment: Payment, effect: Any, **changes: Any) -> ProviderEvent:
    """A verified event about the payment, right in every way unless changed."""
    fields = {
        "provider": payment.provider, "name": effect, "effect": effect, "fingerprint": f"{effect}:{new_id()}",
        "reference": payment.reference, "checkout_ref": payment.checkout_ref or "",
        "amount_cents": payment.amount_cents,
        "currency": "ZAR", "mode": "test", "our_mode": "test", "raw": {"at": now().isoformat()},
    }  # fmt: skip
    return ProviderEvent(**{**fields, **changes})
