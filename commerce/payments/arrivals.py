"""From a verified webhook to the inbox: whose payment it is about, stored before the provider gets its 200."""

from commerce.database import Database
from commerce.inbox.arrivals import Arrival
from commerce.inbox.intake import Intake
from commerce.payments.ports import ProviderEvent
from commerce.payments.routing import find_route


class Reception:
    """Where the providers' webhooks hand in what they verified. One a gateway, over its database and its intake."""

    def __init__(self, database: Database, intake: Intake) -> None:
        self._database = database
        self._intake = intake

    async def accept(self, event: ProviderEvent) -> None:
        """Returns once the event is stored durably. Raises `InboxFull`: answer 503 and the provider comes again.

        Events of one payment share a conversation key, so that they are settled in the order they came. An event about
        a payment that nobody here has is a stray: kept apart and alarmed, never dropped.
        """
        async with self._database.gate() as gate:
            route = await find_route(gate, reference=event.reference, checkout_ref=event.checkout_ref)
        reference = route.reference if route else event.reference or event.checkout_ref
        await self._intake.store(
            [
                Arrival(
                    provider=event.provider,
                    event_id=event.fingerprint,
                    kind="payment" if route else "unknown",
                    conversation_key=f"payment:{reference}",
                    payload=event.to_json(),
                    tenant_id=route.tenant_id if route else None,
                    address=reference or event.name,
                )
            ]
        )
