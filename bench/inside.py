"""The worker's turn without its process: rows put into the inbox, claimed, and run, each of them timed."""

import logging
import time
from collections import Counter
from pathlib import Path
from typing import Any, Self

import orjson
import structlog
from sqlalchemy import event

from bench import talk, webhooks
from bot import stages
from commerce.database import Database, DatabaseUrls, now
from commerce.inbox import service as inbox
from commerce.inbox.intake import Intake
from connectors.whatsapp.payloads import parse
from connectors.whatsapp.webhook import arrival
from ops.servers import Servers

_OWNER = "bench"
_AT_ONCE = 200
_OF_TRANSACTIONS = frozenset({"BEGIN", "COMMIT", "ROLLBACK"})


class Inside:
    """One worker's engine on a running database. Open it, run turns, close it."""

    def __init__(self, database: Database, turns: Any, lease: Any) -> None:
        self._database = database
        self._turns = turns
        self._lease = lease
        self._intake = Intake(database)
        self._said: dict[str, int] = {}
        self.spent: Counter[str] = Counter()
        """Seconds by stage of all turns of messages so far, by the clock of `bot.stages`."""

    @classmethod
    async def open(cls, servers: Servers, model: Path) -> Self:
        """Loads the model and the actions as the worker does."""
        from bot import runtime

        runtime.prepare()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        from rasa_sdk.executor import ActionExecutor

        from bot.catalogues import Catalogues
        from bot.engine import Engine
        from bot.layers import Layers
        from bot.nlg import Responses
        from bot.turn import Lease, Turns

        executor = ActionExecutor()
        executor.register_package("actions")
        engine = Engine(model, Responses(), executor)
        database = Database(DatabaseUrls(app=servers.app, gate=servers.gate), pool_size=2)
        return cls(database, Turns(database, engine, Catalogues(), Layers(engine.base)), Lease)

    async def close(self) -> None:
        """Stores what is held and closes the connections."""
        await self._intake.close()
        await self._database.close()

    def counting(self) -> Counter[str]:
        """Counts from now on the statements that are sent to Postgres for the business, under "statements"."""
        counted: Counter[str] = Counter()
        engine = self._database._app.sync_engine  # noqa: SLF001 - the way into the driver

        def count(sql: str) -> None:
            counted["statements"] += sql.rstrip(";") not in _OF_TRANSACTIONS

        @event.listens_for(engine, "before_cursor_execute")
        def _by_sqlalchemy(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
            count(sql)

        @event.listens_for(engine, "checkout")
        def _by_the_driver(connection: Any, record: Any, _proxy: Any) -> None:
            if not record.info.setdefault("counted", False):
                record.info["counted"] = True
                connection.driver_connection.add_query_logger(lambda ran: count(ran.query))

        return counted

    async def turns(self, phone: str, count: int, *, script: int = 0) -> list[float]:
        """Goes on with a person's script for `count` turns; the seconds that each took, from claimed row to commit."""
        took: list[float] = []
        while len(took) < count:
            await self._write(phone, min(_AT_ONCE, count - len(took)), script)
            async with self._database.gate() as gate:
                fences = await inbox.lease(gate, _OWNER)
            while claims := await self._claim(list(fences)):
                for claim in claims:
                    before = time.perf_counter()
                    await self._turns.run(claim, self._lease(_OWNER, fences[claim.partition]))
                    if claim.kind == "message":
                        took.append(time.perf_counter() - before)
                        self.spent.update(stages.spent())
        return took

    async def _claim(self, partitions: list[int]) -> list[inbox.Claim]:
        return await inbox.claim(self._database, partitions, 1)

    async def _write(self, phone: str, count: int, number: int) -> None:
        script = talk.SCRIPTS[number]
        said = self._said.get(phone, 0)
        self._said[phone] = said + count
        words = [script[place % len(script)] for place in range(said, said + count)]
        updates = [webhooks.text_message(talk.NUMBERS[number], phone, each)[1] for each in words]
        arrived = parse(orjson.loads(webhooks.envelope(updates)), now())
        await self._intake.store([arrival(update) for update in arrived])
