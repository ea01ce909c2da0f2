"""The routing directory of payments: whose is this reference? Asked by the gate, before a tenant is known."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.payments.models import Payment


@dataclass(frozen=True, slots=True)
class PaymentRoute:
    """Where events about a payment go."""

    tenant_id: UUID
    payment_id: UUID
    reference: str


async def find_route(gate: AsyncSession, *, reference: str = "", checkout_ref: str = "") -> PaymentRoute | None:
    """Finds the tenant of a payment by our reference, or else by the provider's. None: nobody here asked for it.

    The gate role may read four columns of payments and nothing more. References are made of our own UUIDs, so they
    are unique over all tenants although the key says so for each tenant alone.
    """
    columns = (Payment.tenant_id, Payment.id, Payment.reference)
    for condition in (
        Payment.reference == reference if reference else None,
        Payment.checkout_ref == checkout_ref if checkout_ref else None,
    ):
        if condition is None:
            continue
        row = (await gate.execute(select(*columns).where(condition).limit(1))).one_or_none()
        if row is not None:
            return PaymentRoute(*row)
    return None
