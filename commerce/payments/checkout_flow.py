"""One online payment, from the request to its end: make the page, give the link, watch, expire.

Each step is one call to the provider and one transaction of ours, in that order, and safe to repeat: the page is made
by reference, readings apply once. Providers never announce that a payment failed or was left, so we look, at growing
intervals, until the payment is conclusive or its time is up; then once more for certain, and a few times after.
"""

from collections.abc import Mapping
from uuid import UUID

from commerce.customers.models import Customer
from commerce.database import Database, now, tenant_of
from commerce.orders.models import Order
from commerce.payments import service
from commerce.payments.errors import PaymentError, ProviderDown, ProviderRefused
from commerce.payments.machine import OPEN
from commerce.payments.models import Payment
from commerce.payments.pace import Pace, unending
from commerce.payments.ports import CheckoutRequest, PaymentProvider
from commerce.payments.steps import sleep, step
from commerce.tenants.models import Shop

_TRIES_BEFORE_THE_CUSTOMER_HEARS = 2


class CheckoutFlow:
    """The workflow of one payment. It holds ids and nothing else: everything is read anew in each step."""

    def __init__(
        self,
        database: Database,
        providers: Mapping[str, PaymentProvider],
        *,
        tenant_id: UUID,
        payment_id: UUID,
        return_url: str,
        pace: Pace,
    ) -> None:
        self._database = database
        self._providers = providers
        self._return_url = return_url
        self._pace = pace
        self._tenant_id = tenant_id
        self._payment_id = payment_id

    async def run(self) -> str:
        """Returns how it ended: the payment's state."""
        await self._make_the_page()
        await self._watch()
        if await self._look_for_certain() != "settled":
            await step(self.expire)
            for wait in self._pace.late_look:
                await sleep(wait)
                if await step(self.look) == "settled":
                    break
        return await step(self.state)

    async def _make_the_page(self) -> None:
        for tries, wait in enumerate(unending(self._pace.make_page), start=1):
            if await step(self.make_page) != "down":
                return
            if tries == _TRIES_BEFORE_THE_CUSTOMER_HEARS:
                await step(self.tell_delay)
            left = await step(self.seconds_left)
            if left <= 0:
                return
            await sleep(min(wait, left))

    async def _watch(self) -> None:
        """Looks until the payment is settled or its time is up."""
        for wait in unending(self._pace.look):
            left = await step(self.seconds_left)
            if left <= 0:
                return
            await sleep(min(wait, left))
            await step(self.look)

    async def _look_for_certain(self) -> str:
        """The reading before the end. A provider that stays away longer than this pace loses the payment its order."""
        found = await step(self.look)
        for wait in self._pace.last_look:
            if found != "down":
                break
            await sleep(wait)
            found = await step(self.look)
        return found

    async def make_page(self) -> str:
        """Makes the hosted page and records it with the customer's notice: `made`, `down`, `refused` or `over`."""
        async with self._database.transaction(self._tenant_id) as session:
            payment = await session.get_one(Payment, (tenant_of(session), self._payment_id))
            if payment.state != "requested":
                return "over"
            order = await session.get_one(Order, (tenant_of(session), payment.order_id))
            shop = await session.get_one(Shop, (tenant_of(session), order.shop_id))
            customer = await session.get_one(Customer, (tenant_of(session), order.customer_id))
            request = CheckoutRequest(
                reference=payment.reference,
                amount_cents=payment.amount_cents,
                currency=payment.currency,
                label=f"{shop.name}: order {order.number}",
                return_url=f"{self._return_url}?lang={customer.language or 'en'}",
                metadata={"order": str(order.number)},
            )
        try:
            checkout = await self._providers[payment.provider].open_checkout(request)
        except ProviderDown:
            return "down"
        except (ProviderRefused, KeyError) as error:
            failure = str(error) if isinstance(error, PaymentError) else f"{error} is not set up here"
            async with self._database.transaction(self._tenant_id) as session:
                await service.refuse_link(session, self._payment_id, failure)
            return "refused"
        async with self._database.transaction(self._tenant_id) as session:
            await service.link_made(session, self._payment_id, checkout)
        return "made"

    async def tell_delay(self) -> None:
        """Tells the customer that the link takes longer."""
        async with self._database.transaction(self._tenant_id) as session:
            await service.tell_delay(session, self._payment_id)

    async def look(self) -> str:
        """Asks the provider how the payment stands, and applies it: `settled`, `open`, or `down` for no answer."""
        async with self._database.transaction(self._tenant_id) as session:
            payment = await session.get_one(Payment, (tenant_of(session), self._payment_id))
        if payment.state not in (*OPEN, "expired"):
            return "settled"
        provider = self._providers.get(payment.provider)
        if provider is None or not payment.link_url:
            return "open"
        try:
            reading = await provider.find_payment(payment.reference, payment.checkout_ref or "")
        except ProviderDown:
            return "down"
        except ProviderRefused:
            return "open"
        async with self._database.transaction(self._tenant_id) as session:
            await service.apply_reading(session, self._payment_id, reading)
            payment = await session.get_one(Payment, (tenant_of(session), self._payment_id))
            return "open" if payment.state in (*OPEN, "expired") else "settled"

    async def seconds_left(self) -> float:
        """Until the payment expires; 0 when it is over."""
        async with self._database.transaction(self._tenant_id) as session:
            payment = await session.get_one(Payment, (tenant_of(session), self._payment_id))
        if payment.state not in OPEN or payment.expires_at is None:
            return 0.0
        return max((payment.expires_at - now()).total_seconds(), 0.0)

    async def expire(self) -> None:
        """Ends the payment, and its order with it."""
        async with self._database.transaction(self._tenant_id) as session:
            await service.expire(session, self._payment_id)

    async def state(self) -> str:
        """How the payment stands."""
        async with self._database.transaction(self._tenant_id) as session:
            return (await session.get_one(Payment, (tenant_of(session), self._payment_id))).state
