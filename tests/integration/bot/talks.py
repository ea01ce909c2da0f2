"""Made-up talks, and actions that need no database: what the engine and stock Rasa are both put through.

An action answers from the tracker alone, by a checksum of what it sees, so that two runs of one talk answer alike, and
so that a difference in what the action was shown becomes a difference in what it says.
"""

import json
import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa_sdk import Tracker
from rasa_sdk.events import (
    AllSlotsReset,
    ConversationPaused,
    ConversationResumed,
    FollowupAction,
    SlotSet,
)  # fmt: skip
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

NLU = Path(__file__).resolve().parents[3] / "data" / "nlu"
PLAIN = ("utter_help", "utter_thank", "utter_goodbye", "utter_ready", "utter_alright", "utter_not_understood")
"""Responses without values to fill in."""
FOLLOWED_BY = "action_view_basket"
EMPTYISH = ("?", ".", "   ok   ", "😀", "\u200b", "…", "0", "\n", "(", "2", "R", "ha ha ha", "{name}", "a" * 300)
LANGUAGES = (None, "en", "zu", "xh", "st", "tn", "nso", "ts", "ve", "ss", "nr", "af", "tsotsi")
ROLES = ("customer", "customer", "customer", "merchant", "driver")
VALUES = ("1", "yes", "no", "kota", "18f3c1a2-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Said:
    """One message: typed words, or the payload of a tap, and what the turn knows of its sender."""

    text: str
    is_payload: bool
    slots: Mapping[str, Any] = field(default_factory=dict)


class Stub:
    """Stands in for one custom action of the domain.

    It is no subclass of rasa_sdk's `Action`, for an executor takes every one of those in the process for its own.
    """

    def __init__(self, name: str, questions: Sequence[str]) -> None:
        self._name = name
        self._questions = questions

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]) -> list[Any]:  # noqa: ARG002 - Rasa's interface
        pick = self._checksum(tracker)
        if pick % 41 == 7 and tracker.slots.get("awaiting") and not _has_refused(tracker):
            raise ActionExecutionRejection(self._name, "This question takes no such answer.")
        dispatcher.utter_message(response=PLAIN[pick % len(PLAIN)])
        if pick % 3 == 0:
            dispatcher.utter_message(text=f"{self._name} {pick}", buttons=[{"title": "Yes", "payload": "/affirm"}])
        if pick % 5 == 0:
            dispatcher.utter_message(json_message={"link": {"label": "Pay", "url": f"https://pay.test/{pick}"}})
        return self._events(pick)

    def _events(self, pick: int) -> list[Any]:
        events: list[Any] = []
        if pick % 2:
            question = self._questions[pick % len(self._questions)] if pick % 3 else None
            events += [SlotSet("awaiting", question), SlotSet("question", {"pick": pick, "nested": [question, 0.5]})]
        if pick % 7 == 0:
            events.append(SlotSet("shop_id", f"shop-{pick % 4}"))
        if pick % 61 == 5:
            events.append(AllSlotsReset())
        if pick % 97 == 3:
            events += [ConversationPaused(), ConversationResumed()]
        if pick % 67 == 0 and self._name != FOLLOWED_BY:
            events.append(FollowupAction(FOLLOWED_BY))
        return events

    def _checksum(self, tracker: Tracker) -> int:
        heard = tracker.latest_message
        seen = {
            "action": self._name,
            "text": heard.get("text"),
            "intent": (heard.get("intent") or {}).get("name"),
            "entities": [[one["entity"], one["value"]] for one in heard.get("entities") or []],
            "items": heard.get("items"),
            "slots": {name: value for name, value in tracker.slots.items() if name != "session_started_metadata"},
            "active_loop": tracker.active_loop_name,
        }
        return zlib.crc32(json.dumps(seen, sort_keys=True, default=str).encode())


def _has_refused(tracker: Tracker) -> bool:
    """Whether an action has refused since the last message: stock Rasa counts no refusal, and would go on for ever."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action_execution_rejected":
            return True
    return False


def executor(domain: Domain) -> ActionExecutor:
    """Stubs for all custom actions of the domain."""
    questions = next(slot for slot in domain.slots if slot.name == "awaiting").values
    asked = [question for question in questions if question != "__other__"]
    made = ActionExecutor()
    for name in domain.user_actions:
        if name.startswith("action_"):
            made.register_function(name, Stub(name, asked).run)
    return made


def lines() -> list[str]:
    """The training lines of all languages, as people write them."""
    found: list[str] = []
    for path in sorted(NLU.glob("*/*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for block in content["nlu"]:
            found += [line.removeprefix("- ").strip() for line in block["examples"].splitlines() if line.strip()]
    return found


def talks(seed: int, count: int, typed: Sequence[str], domain: Domain, *, longest: int = 8) -> Iterator[list[Said]]:
    """Talks of two to `longest` messages: words of every language, taps, answers to questions, and near-empty text."""
    chance = random.Random(seed)
    taps = sorted(set(domain.intents) - {"nlu_fallback", "restart", "back", "session_start"})
    for _ in range(count):
        role = chance.choice(ROLES)
        language = chance.choice(LANGUAGES)
        talk = []
        for _ in range(chance.randint(2, longest)):
            if chance.random() < 0.1:
                language = chance.choice(LANGUAGES)
            talk.append(_said(chance, typed, taps, {"language": language, "role": role}))
        yield talk


def _said(chance: random.Random, typed: Sequence[str], taps: Sequence[str], slots: Mapping[str, Any]) -> Said:
    kind = chance.random()
    if kind < 0.62:
        return Said(chance.choice(typed), is_payload=False, slots=slots)
    if kind < 0.70:
        return Said(chance.choice(EMPTYISH), is_payload=False, slots=slots)
    if kind < 0.85:
        return Said(f"/{chance.choice(taps)}", is_payload=True, slots=slots)
    if kind < 0.95:
        entities = {"question": chance.choice(["item", "review", "address"]), "value": chance.choice(VALUES)}
        return Said(f"/choose{json.dumps(entities)}", is_payload=True, slots=slots)
    data = {"name": "order_paid", "data": {"order_id": chance.choice(VALUES)}}
    return Said(f"/notice{json.dumps(data)}", is_payload=True, slots=slots)
