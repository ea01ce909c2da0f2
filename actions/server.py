"""The same actions as a standard HTTP action server, for those who scale them apart.

In-process, an action shares its turn's transaction. Here each call has its own, so it can be made twice: Rasa asks
again when an answer is lost. The inbound message's id and the action's name are the key of the call (table
`action_calls`): a repeated call gets the first one's answer and changes nothing.

The call says whose turn it is: `sender_id` is "<tenant_id>:<conversation_id>", and the metadata of the latest user
event holds `message_id`, `customer_id` and `phone_number_id`. Paths and answers are those of rasa_sdk's own server.
"""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sqlalchemy import text

from commerce.conversations.models import ActionCall
from commerce.database import Database
from commerce.errors import CommerceError
from commerce.tenants import service as tenants
from commerce.tenants.errors import NumberUnknown
from commerce.unit import Unit, working

MOST_BYTES = 8 * 1024 * 1024
"""A call carries the whole tracker, which is bounded; far more than that is a mistake."""

Call = dict[str, Any]
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


class CallRefused(CommerceError):
    """The action call does not say whose turn it is: set sender_id and the message's metadata as the worker does."""


class Executor(Protocol):
    """What runs an action call; rasa_sdk's executor does."""

    async def run(self, action_call: Call) -> Call | None:
        """Runs the action that `next_action` names."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose turn a call belongs to, and which message caused it."""

    tenant_id: UUID
    conversation_id: UUID
    customer_id: UUID
    phone_number_id: str
    message_id: str
    language: str | None


def caller_of(call: Call) -> Caller:
    """Reads a call. Raises `CallRefused`."""
    try:
        tracker = call.get("tracker") or {}
        said = [event for event in tracker.get("events") or () if event.get("event") == "user"]
        metadata = (said[-1].get("metadata") if said else None) or {}
        tenant_id, _colon, conversation_id = str(call["sender_id"]).partition(":")
        return Caller(
            UUID(tenant_id), UUID(conversation_id), UUID(metadata["customer_id"]), str(metadata["phone_number_id"]),
            str(metadata["message_id"]), (tracker.get("slots") or {}).get("language"),
        )  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:  # any part of it may be of another form
        raise CallRefused from wrong


class TransactionalExecutor:
    """Runs each call once, in a transaction of its own."""

    def __init__(self, database: Database, executor: Executor) -> None:
        self._database = database
        self._executor = executor

    async def run(self, action_call: Call) -> Call | None:
        """Runs the action, or returns what it answered before. Raises `CallRefused`, and what the action raises."""
        caller = caller_of(action_call)
        action = str(action_call.get("next_action"))
        async with self._database.transaction(caller.tenant_id) as session:
            key = (caller.tenant_id, caller.message_id, action)
            # A second call at the same moment waits here for the first one's commit, and then finds its answer.
            await session.execute(_LOCK, {"key": ":".join(map(str, key))})
            made = await session.get(ActionCall, key)
            if made is not None:
                return dict(made.result)
            number = await tenants.get_number(session, caller.phone_number_id)
            unit = Unit(
                session, caller.tenant_id, caller.customer_id, caller.conversation_id, caller.phone_number_id,
                caller.message_id, language=caller.language, shop_id=number.shop_id,
            )  # fmt: skip
            with working(unit):
                result = await self._executor.run(action_call) or {"events": [], "responses": []}
            session.add(ActionCall(message_id=caller.message_id, action=action, result=orjson.loads(_dumps(result))))
            return result


def make_app(database: Database) -> web.Application:
    """The web application: `POST /webhook`, `GET /health`, `GET /actions`."""
    actions = ActionExecutor()
    actions.register_package("actions")
    once = TransactionalExecutor(database, actions)

    async def webhook(request: web.Request) -> web.Response:
        try:
            call = orjson.loads(await request.read())  # aiohttp has undone Rasa's compression already
        except orjson.JSONDecodeError:
            call = None
        if not isinstance(call, dict):
            return web.json_response({"error": "The body is no JSON object.", "action_name": ""}, status=400)
        name = call.get("next_action")
        try:
            return web.json_response(await once.run(call), dumps=_dumps)
        except ActionNotFoundException as missing:
            return web.json_response({"error": missing.message, "action_name": name}, status=404)
        except (ActionExecutionRejection, CallRefused, NumberUnknown) as refused:
            return web.json_response({"error": str(refused), "action_name": name}, status=400)

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def listing(_request: web.Request) -> web.Response:
        return web.json_response([{"name": name} for name in sorted(actions.actions)])

    app = web.Application(client_max_size=MOST_BYTES)
    app.add_routes([web.post("/webhook", webhook), web.get("/health", health), web.get("/actions", listing)])
    return app


def _dumps(answer: Any) -> str:
    return orjson.dumps(answer, default=str).decode()
