"""The worker process: a verified model, the actions in-process, and the inbox until told to stop."""

from pathlib import Path

import structlog

from ops import exposition, metrics, processes, train
from ops.processes import Surroundings

log = structlog.get_logger(__name__)


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
    model: Path = train.verified(around.settings.model)
    engine = Engine(model, Responses(), executor)
    turns = Turns(around.database, engine, Catalogues(), Layers(engine.base))
    log.info("worker.model", model=engine.model_name)
    worker = Worker(
        around.database,
        around.redis,
        turns,
        at_once=around.settings.turns_at_once,
        on_turn=metrics.count_turn,
    )
    metrics.watch(worker)
    async with exposition.exposing(around.settings, "worker"), processes.beating(around, "worker"):
        await worker.run(around.stop)
