"""The sender process: the outbox to Meta, and the payment workflows."""

import socket

from aiohttp import ClientSession

from commerce.payments.ports import PaymentProvider
from commerce.payments.workflows import Workflows, WorkflowsConfig
from connectors.paystack.client import PaystackPayments
from connectors.whatsapp.client import GraphClient, GraphConfig
from connectors.whatsapp.rates import Rates
from connectors.whatsapp.retention import Retention
from connectors.whatsapp.sender import Sender, SenderConfig
from connectors.yoco.client import YocoPayments
from ops import exposition, metrics, processes
from ops.emulators import PAYSTACK_PATH, YOCO_PATH
from ops.processes import Surroundings
from ops.settings import Settings


async def body(around: Surroundings) -> None:
    """Sends until `stop`; what is under way in a workflow is resumed by the next sender on this host."""
    settings = around.settings
    async with ClientSession() as http, GraphClient(_graph(settings)) as graph:
        workflows = Workflows(
            around.database,
            providers(settings, http),
            WorkflowsConfig(
                database_url=around.servers.owner_libpq,
                # The simulator's phone has a page of its own to return to; elsewhere it is the gateway's.
                return_url=f"{settings.public_url}/return"
                if settings.public_url
                else f"{settings.emulator_url}/simulator/return",
                executor_id=settings.executor or socket.gethostname(),
            ),
        )
        await workflows.launch()
        sender = Sender(
            config(settings), around.database, around.redis, graph, workflows.handle, on_attempt=metrics.count_attempt
        )
        try:
            async with exposition.exposing(settings, "sender"), processes.beating(around, "sender"):
                await sender.run(around.stop)
        finally:
            await workflows.close()


def providers(settings: Settings, http: ClientSession) -> dict[str, PaymentProvider]:
    """The payment providers by name; an address that is not set means the emulator's."""
    paystack_url = settings.paystack_api_url or settings.emulator_url + PAYSTACK_PATH
    yoco_url = settings.yoco_api_url or settings.emulator_url + YOCO_PATH
    return {
        "paystack": PaystackPayments(http, secret_key=settings.paystack_secret_key, url=paystack_url),
        "yoco": YocoPayments(http, secret_key=settings.yoco_secret_key, url=yoco_url),
    }


def config(settings: Settings) -> SenderConfig:
    """How fast and how the sender sends."""
    return SenderConfig(
        joins=settings.join_bubbles == "yes",
        rates=Rates(number_per_second=settings.whatsapp_per_second),
        retention=Retention(sent_days=settings.outbox_days),
    )


def _graph(settings: Settings) -> GraphConfig:
    return GraphConfig(
        token=settings.whatsapp_token,
        base_url=settings.whatsapp_api_url or settings.emulator_url,
        version=settings.whatsapp_api_version,
    )
