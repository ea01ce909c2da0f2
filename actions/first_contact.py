"""The first contact: who is speaking, what is kept and why, and how to leave, once for each version of the wording.

POPIA asks that a person is told this when their details are collected. The notice is joined to the answer to whatever
they asked first, and the exact wording that they were shown is recorded in the consent ledger.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.turn import Turn
from commerce.customers import service as customers
from commerce.languages import DEFAULT
from commerce.tenants import service as tenants
from commerce.tenants.models import Tenant

RESPONSE = "utter_first_contact"
PURPOSE = "service"

_ROOT = Path(__file__).parent.parent


async def introduce(turn: Turn) -> None:
    """Says the notice where it is due and records it. A notice of ours is no contact of theirs and brings none."""
    if turn.intent == "notice" or turn.slot("told") == version():
        return
    customer = await customers.get_customer(turn.session, turn.customer_id)
    told_before = turn.slot("told") is not None
    if told_before or await customers.notice_due(turn.session, customer, PURPOSE):
        language = turn.slot("language") or DEFAULT
        shown, text = wording(language)
        await customers.record_consent(turn.session, customer, PURPOSE, shown, text, "told")
        turn.say(RESPONSE, who=await _who(turn))
    turn.keep("told", version())


async def _who(turn: Turn) -> str:
    """For whom the assistant speaks: the number's shop, or the whole market."""
    if turn.unit.shop_id:
        return (await tenants.get_shop(turn.session, turn.unit.shop_id)).name
    return (await turn.session.get_one(Tenant, turn.unit.tenant_id)).name


def wording(language: str, response: str = RESPONSE) -> tuple[str, str]:
    """The language that a notice is shown in, and its text before names are filled in."""
    texts = _texts(response)
    shown = language if language in texts else DEFAULT
    return shown, texts[shown]


@cache
def version() -> str:
    """A mark of the wording in all languages, so that a change of any is told again."""
    return hashlib.sha256(repr(sorted(_texts(RESPONSE).items())).encode()).hexdigest()[:12]


@cache
def _texts(response: str) -> dict[str, str]:
    files = {DEFAULT: _ROOT / "domain.yml"}
    files |= {path.stem: path for path in (_ROOT / "data" / "responses").glob("*.yml")}
    return {code: _read(path)[response][0]["text"] for code, path in files.items() if response in _read(path)}


@cache
def _read(path: Path) -> dict[str, Any]:
    responses: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["responses"]
    return responses
