"""Real turns without a worker: rows put into the inbox, claimed under a lease, and run by `bot.turn.Turns`."""

from pathlib import Path
from uuid import UUID

from rasa_sdk.executor import ActionExecutor
from sqlalchemy import text

from bot.catalogues import Catalogues
from bot.engine import Engine
from bot.layers import Layers
from bot.nlg import Responses
from bot.turn import Lease, Turns
from commerce.conversations.incoming import Incoming, Sender
from commerce.database import Database, new_id, now
from commerce.inbox import service as inbox
from commerce.inbox.intake import Arrival, Intake
from ops import demo

_OWNER = "real-turns"


def real_engine(model: Path) -> Engine:
    """The engine as the worker makes it, with all actions."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return Engine(model, Responses(), executor)


async def market(database: Database) -> tuple[UUID, str]:
    """A tenant of its own with the demo township's shops. Gives it, and its one number."""
    slug, number = f"market-{new_id().hex[-8:]}", str(new_id().int % 10**15)
    township = demo.read()
    township["tenant"] = {**township["tenant"], "slug": slug}
    township["numbers"] = [{"phone_number_id": number, "display": f"+{number}", "shop": None}]
    await demo.seed(database, township)
    return demo.tenant_id(slug), number


class Talker:
    """Somebody who writes to a number, each message of whom has its turn at once."""

    def __init__(self, database: Database, engine: Engine, tenant_id: UUID, number: str) -> None:
        self.phone = str(27_830_000_000 + new_id().int % 10**7)
        self.wamids: list[str] = []
        self.tenant_id = tenant_id
        self.number = number
        self._database = database
        self._turns = Turns(database, engine, Catalogues(), Layers(engine.base))

    async def say(self, *said: str) -> None:
        """Writes these messages one after the other; a turn that fails raises."""
        for words in said:
            wamid = f"wamid.{new_id().hex}"
            sender = Sender(wa_id=self.phone, name="Thandi")
            incoming = Incoming("text", wamid, self.number, sender, now(), text=words)
            key = inbox.conversation_key(self.number, self.phone)
            await self.take(Arrival("whatsapp", wamid, "message", key, incoming.to_json(), tenant_id=self.tenant_id))
            self.wamids.append(wamid)

    async def take(self, *arrivals: Arrival) -> None:
        """Takes in what arrived, and lets it have its turns."""
        await Intake(self._database).store(arrivals)
        await self._work()

    async def _work(self) -> None:
        async with self._database.gate() as gate:
            await gate.execute(text("update partitions set leased_until = now() - interval '1 second'"))
            fences = await inbox.lease(gate, _OWNER)
        claims = [
            one for one in await inbox.claim(self._database, list(fences), 500) if one.tenant_id == self.tenant_id
        ]
        try:
            for claim in claims:
                await self._turns.run(claim, Lease(_OWNER, fences[claim.partition]))
        finally:
            async with self._database.gate() as gate:
                await inbox.release(gate, _OWNER)
