"""The action server's process: the same actions behind HTTP, for those who scale them apart from the worker."""

from ops import processes
from ops.gateway import serve
from ops.processes import Surroundings


async def body(around: Surroundings) -> None:
    """Listens until `stop`."""
    from actions.server import make_app

    settings = around.settings
    runner = await serve(make_app(around.database), settings.host, settings.action_port, "WAKALA_ACTION_PORT")
    try:
        async with processes.beating(around, "actions"):
            await around.stop.wait()
    finally:
        await runner.cleanup()
