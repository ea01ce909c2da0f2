"""The gateway process: webhooks in, health and metrics out. It never loads Rasa."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commerce.inbox.intake import Intake
from commerce.payments.arrivals import Reception
from connectors import returning
from connectors.paystack.webhook import PaystackWebhook
from connectors.whatsapp import webhook as whatsapp
from connectors.yoco.webhook import YocoWebhook
from ops import exposition, metrics, processes, tracing
from ops.backlog import Backlog
from ops.errors import PortTaken
from ops.processes import Surroundings

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(around: Surroundings, intake: Intake, backlog: Backlog | None = None) -> web.Application:
    """The gateway's application: one route a provider, all through the same intake."""
    settings = around.settings
    reception = Reception(around.database, intake)
    paystack = PaystackWebhook(reception.accept, secret_keys=[settings.paystack_secret_key], mode=settings.payment_mode)
    yoco = YocoWebhook(reception.accept, secrets=settings.yoco_webhook_secrets, mode=settings.payment_mode)

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_request: web.Request) -> web.Response:
        try:
            async with around.database.gate() as gate:
                await gate.execute(text("select 1"))
            await around.redis.ping()
        except (SQLAlchemyError, RedisError, OSError) as error:
            return web.json_response(
                {"ready": False, "reason": type(error).__name__}, status=HTTPStatus.SERVICE_UNAVAILABLE
            )
        return web.json_response({"ready": True, "held": intake.held})

    metrics.INTAKE_HELD.set_function(lambda: intake.held)
    app = web.Application(middlewares=[_count])
    app.add_routes(
        [
            *whatsapp.routes(
                whatsapp.WebhookConfig(
                    verify_token=settings.whatsapp_verify_token, app_secrets=settings.whatsapp_app_secrets
                ),
                intake,
            ),
            *(paystack.routes() if settings.paystack_api_url or settings.is_emulated else ()),
            *(yoco.routes() if settings.yoco_api_url or settings.is_emulated else ()),
            *returning.routes(),
            web.get("/healthz", alive),
            web.get("/readyz", ready),
            web.get("/metrics", exposition.handler((backlog or Backlog(around.database)).refresh)),
        ]
    )
    return app


@web.middleware
async def _count(request: web.Request, handler: _Handler) -> web.StreamResponse:
    status = HTTPStatus.INTERNAL_SERVER_ERROR.value
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    else:
        return response
    finally:
        resource = request.match_info.route.resource
        metrics.WEBHOOKS.labels(path=resource.canonical if resource else "other", status=str(status)).inc()


async def serve(app: web.Application, host: str, port: int, variable: str, *, shared: bool = False) -> web.AppRunner:
    """Listens; the caller cleans the runner up. Raises `PortTaken`.

    Processes that listen on a `shared` port are given new connections in turn, by the kernel (SO_REUSEPORT).
    """
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024, reuse_port=shared or None).start()
    except OSError as error:
        await runner.cleanup()
        raise PortTaken(port, variable) from error
    return runner


async def body(around: Surroundings) -> None:
    """Listens until `stop`, then stores what it holds and closes."""
    intake, backlog = tracing.intake_class()(around.database), Backlog(around.database)
    app = create_app(around, intake, backlog)
    settings = around.settings
    runner = await serve(app, settings.host, settings.port, "WAKALA_PORT", shared=settings.gateways > 1)
    try:
        async with (
            exposition.exposing(settings, "gateway", backlog.refresh),
            processes.beating(around, "gateway"),
        ):
            await around.stop.wait()
    finally:
        await runner.cleanup()
        await intake.close()
