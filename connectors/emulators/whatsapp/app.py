"""The emulator as one aiohttp application, to run alone or beside the other emulators in one process."""

from collections.abc import AsyncIterator

from aiohttp import web

from connectors.emulators.whatsapp.config import EmulatorConfig
from connectors.emulators.whatsapp.delivery import Delivery
from connectors.emulators.whatsapp.files import MOST_BYTES, Files
from connectors.emulators.whatsapp.graph import GraphApi
from connectors.emulators.whatsapp.limits import Limits
from connectors.emulators.whatsapp.page import page_routes
from connectors.emulators.whatsapp.phones import read_township
from connectors.emulators.whatsapp.post_office import PostOffice
from connectors.emulators.whatsapp.simulator import Simulator
from connectors.emulators.whatsapp.speaking import Speaker
from connectors.emulators.whatsapp.templates import read_templates
from connectors.emulators.whatsapp.world import World

__all__ = ["EmulatorConfig", "create_app", "install"]

_FORM_OVERHEAD = 64 * 1024


def create_app(config: EmulatorConfig) -> web.Application:
    """A whole application: Graph API, simulator, page. Mount it at the root, for its addresses are absolute."""
    app = web.Application(client_max_size=MOST_BYTES + _FORM_OVERHEAD)
    install(app, config)
    return app


def install(app: web.Application, config: EmulatorConfig) -> World:
    """Adds the emulator's routes and its end to `app`, which may hold other emulators too. Returns its world."""
    world = World(read_township(config.township))
    delivery, files = Delivery(config), Files(world)
    office = PostOffice(
        config,
        world=world,
        delivery=delivery,
        files=files,
        templates=read_templates(config.templates),
        limits=Limits(config),
    )
    speaker = Speaker(world, delivery)

    async def lifetime(_app: web.Application) -> AsyncIterator[None]:
        yield
        await office.close()
        await delivery.close()
        await files.close()

    async def let_watchers_go(_app: web.Application) -> None:
        world.stop_watching()

    app.cleanup_ctx.append(lifetime)
    app.on_shutdown.append(let_watchers_go)
    app.add_routes(Simulator(world, speaker, office).routes())
    app.add_routes(page_routes())
    app.add_routes(GraphApi(config, world, office).routes())
    return world
