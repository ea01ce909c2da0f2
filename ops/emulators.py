"""The emulators' process: WhatsApp with its phones at the root, Paystack and Yoco below it. Never run in production."""

from aiohttp import web

from connectors.emulators.paystack import app as paystack
from connectors.emulators.paystack.config import PaystackEmulatorConfig
from connectors.emulators.whatsapp import app as whatsapp
from connectors.emulators.yoco import app as yoco
from connectors.emulators.yoco.config import YocoEmulatorConfig
from ops import demo, processes
from ops.gateway import serve
from ops.processes import Surroundings
from ops.settings import Settings

PAYSTACK_PATH = "/emulated/paystack"
YOCO_PATH = "/emulated/yoco"


def create_app(settings: Settings) -> web.Application:
    """One application that plays all three companies, with the keys that the adapters use."""
    gateway, here = settings.gateway_url, settings.emulator_url
    app = whatsapp.create_app(
        whatsapp.EmulatorConfig(
            township=demo.TOWNSHIP,
            templates=demo.TEMPLATES,
            webhook_url=f"{gateway}/webhooks/whatsapp",
            public_url=here,
            token=settings.whatsapp_token,
            app_secret=settings.whatsapp_app_secrets[0],
        )
    )
    app.add_subapp(
        PAYSTACK_PATH,
        paystack.create_app(
            PaystackEmulatorConfig(
                secret_key=settings.paystack_secret_key,
                webhook_url=f"{gateway}/webhooks/paystack",
                public_url=here + PAYSTACK_PATH,
            )
        ),
    )
    app.add_subapp(
        YOCO_PATH,
        yoco.create_app(
            YocoEmulatorConfig(
                secret_key=settings.yoco_secret_key,
                webhook_secret=settings.yoco_webhook_secrets[0],
                webhook_url=f"{gateway}/webhooks/yoco",
                public_url=here + YOCO_PATH,
            )
        ),
    )
    return app


async def body(around: Surroundings) -> None:
    """Listens until `stop`."""
    settings = around.settings
    runner = await serve(create_app(settings), settings.host, settings.emulator_port, "WAKALA_EMULATOR_PORT")
    try:
        async with processes.beating(around, "emulators"):
            await around.stop.wait()
    finally:
        await runner.cleanup()
