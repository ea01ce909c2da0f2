"""The worker process: the newest good model, the actions in-process, and the inbox until told to stop."""

import asyncio
from pathlib import Path

from commerce.inbox import retention
from ops import exposition, metrics, processes
from ops.errors import ModelMissing
from ops.processes import Surroundings
from ops.swap import Models


async def body(around: Surroundings) -> None:
    """Loads Rasa and the model, then works until `stop`."""
    from bot import runtime

    runtime.prepare()
    from rasa_sdk.executor import ActionExecutor

    from bot.catalogues import Catalogues
    from bot.engine import Engine
    from bot.layers import Layers
    from bot.nlg import Responses
    from bot.turn import Turns
    from bot.worker import Worker

    executor = ActionExecutor()
    executor.register_package("actions")

    def load(model: Path) -> Turns:
        """Everything of a turn that hangs on the model, after a trial that the model understands words."""
        engine = Engine(model, Responses(), executor)
        if not engine.parse("Sawubona")["intent"].get("name"):
            raise ModelMissing(f"{model.name} understands no greeting: run `./wakala train`.")
        return Turns(around.database, engine, Catalogues(), Layers(engine.base))

    models = Models(around.settings.model, load)
    worker = Worker(
        around.database,
        around.redis,
        models.first(),
        at_once=around.settings.turns_at_once,
        on_turn=metrics.count_turn,
    )
    metrics.watch(worker)
    async with exposition.exposing(around.settings, "worker"), processes.beating(around, "worker"):
        watching = asyncio.create_task(models.watch(lambda turns: setattr(worker, "turns", turns)))
        housekeeping = asyncio.create_task(retention.keep(around.database))
        try:
            await worker.run(around.stop)
        finally:
            watching.cancel()
            housekeeping.cancel()
