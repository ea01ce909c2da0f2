"""One refund: ask the provider until it answers, then look until the outcome is known. Its webhook is usually faster.

Asking is safe to repeat: both providers know the refund by our reference. Where a provider stays away for more than a
day, or will not say what became of a refund for ten, the shop's people are told to look; nothing is guessed.
"""

from collections.abc import Mapping
from uuid import UUID

from commerce.database import Database, tenant_of
from commerce.payments import service
from commerce.payments.errors import PaymentError, ProviderDown, ProviderRefused
from commerce.payments.models import Payment, Refund
from commerce.payments.pace import Pace
from commerce.payments.ports import PaymentProvider
from commerce.payments.steps import sleep, step


class RefundFlow:
    """The workflow of one refund. It holds ids and nothing else: everything is read anew in each step."""

    def __init__(
        self,
        database: Database,
        providers: Mapping[str, PaymentProvider],
        *,
        tenant_id: UUID,
        refund_id: UUID,
        pace: Pace,
    ) -> None:
        self._database = database
        self._providers = providers
        self._pace = pace
        self._tenant_id = tenant_id
        self._refund_id = refund_id

    async def run(self) -> str:
        """Returns how it ended: the refund's state."""
        if await self._ask():
            for wait in self._pace.look_refund:
                await sleep(wait)
                if await step(self.look) == "settled":
                    break
            else:
                await step(self.give_up)
        else:
            await step(self.give_up)
        return await step(self.state)

    async def _ask(self) -> bool:
        for wait in self._pace.ask_refund:
            if await step(self.ask) != "down":
                return True
            await sleep(wait)
        return False

    async def ask(self) -> str:
        """Asks for the money to go back: `asked`, `refused`, or `down` for no answer."""
        async with self._database.transaction(self._tenant_id) as session:
            refund = await session.get_one(Refund, (tenant_of(session), self._refund_id))
            payment = await session.get_one(Payment, (tenant_of(session), refund.payment_id))
        if refund.state != "requested":
            return "asked"
        try:
            provider_ref = await self._providers[payment.provider].refund(
                payment.reference, payment.checkout_ref or "", refund.amount_cents
            )
        except ProviderDown:
            return "down"
        except (ProviderRefused, KeyError) as error:
            failure = str(error) if isinstance(error, PaymentError) else f"{error} is not set up here"
            async with self._database.transaction(self._tenant_id) as session:
                await service.apply_refund_outcome(session, self._refund_id, "failed", failure=failure)
            return "refused"
        async with self._database.transaction(self._tenant_id) as session:
            await service.note_refund_asked(session, self._refund_id, provider_ref)
        return "asked"

    async def look(self) -> str:
        """Asks what became of it and applies the answer: `settled` or `open`."""
        async with self._database.transaction(self._tenant_id) as session:
            refund = await session.get_one(Refund, (tenant_of(session), self._refund_id))
            payment = await session.get_one(Payment, (tenant_of(session), refund.payment_id))
        if refund.state in {"succeeded", "failed"}:
            return "settled"
        try:
            outcome = await self._providers[payment.provider].find_refund(refund.provider_ref or "")
        except (ProviderDown, ProviderRefused):
            return "open"
        async with self._database.transaction(self._tenant_id) as session:
            changed = await service.apply_refund_outcome(session, self._refund_id, outcome)
        return "settled" if changed else "open"

    async def give_up(self) -> None:
        """Hands the refund to people, unless its outcome has come meanwhile."""
        async with self._database.transaction(self._tenant_id) as session:
            await service.apply_refund_outcome(session, self._refund_id, "failed", failure="no word from the provider")

    async def state(self) -> str:
        """How the refund stands."""
        async with self._database.transaction(self._tenant_id) as session:
            return (await session.get_one(Refund, (tenant_of(session), self._refund_id))).state
