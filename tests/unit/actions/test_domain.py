"""The domain, the rules and the actions name the same things."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions import answer, care
from bot.policies.questions import KINDS

ROOT = Path(__file__).parents[3]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES = DOMAIN["responses"]
PLACEHOLDER = re.compile(r"\{(\w+)\}")
KNOWN_BY_NLG = {"choices", "rows", "offer", "url", "ask_location", "image", "image_id", "language", "for_template"}
SOURCES = sorted((ROOT / "actions").glob("*.py"))


def registered():
    executor = ActionExecutor()
    executor.register_package("actions")
    return set(executor.actions)


def rules():
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]


def test_every_action_of_the_domain_has_its_class_and_the_other_way_round():
    assert registered() == set(DOMAIN["actions"])


def test_every_intent_has_a_rule():
    heard = {step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step}
    assert set(DOMAIN["intents"][0] if isinstance(DOMAIN["intents"][0], list) else DOMAIN["intents"]) == heard


def test_every_rule_ends_in_an_action_of_the_domain():
    done = {step["action"] for rule in rules() for step in rule["steps"] if "action" in step}
    assert done == set(DOMAIN["actions"])


def test_every_question_has_its_kind_and_its_handler():
    values = set(DOMAIN["slots"]["awaiting"]["values"])
    assert values == set(KINDS) == set(answer.HANDLERS)


def test_every_guess_has_a_label_and_an_intent():
    assert {f"utter_label_{intent}" for intent in care.GUESSED} == {key for key in RESPONSES if "_label_" in key}


def calls():
    """Every call of `say` and `phrase` that names its response: file, responses, values, whether more follow."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if name in {"say", "phrase"}:
                given = {keyword.arg for keyword in node.keywords}
                yield path.name, list(names(first)), given - {None}, None in given


def names(node):
    """The responses that an expression may name: literals, also in a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from names(node.body)
        yield from names(node.orelse)


ALL_CALLS = list(calls())
CALLS = [(file, response, given, more) for file, responses, given, more in ALL_CALLS for response in responses]


def test_there_are_calls_to_look_at():
    assert len(CALLS) > 150


def test_every_response_that_is_said_exists():
    assert {response for _file, response, _given, _more in CALLS} - set(RESPONSES) == set()


def needed(response):
    variation = RESPONSES[response][0]
    texts = [variation.get("text", "")]
    texts += [part for button in variation.get("buttons", []) for part in (button["title"], button["payload"])]
    found = {name for text in texts for name in PLACEHOLDER.findall(text)}
    return {name for name in found if not name.startswith("button_")}


def test_every_value_that_a_response_needs_is_given():
    lacking = [
        (file, response, needed(response) - given)
        for file, response, given, more in CALLS
        if not more and needed(response) - given
    ]
    assert lacking == []


def test_no_value_is_given_that_nobody_reads():
    unread = []
    for file, responses, given, _more in ALL_CALLS:
        left = given - KNOWN_BY_NLG - {name for response in responses for name in needed(response)}
        if responses and left:
            unread.append((file, responses, left))
    assert unread == []


@pytest.mark.parametrize("source", SOURCES, ids=[path.stem for path in SOURCES])
def test_every_response_named_in_the_actions_exists(source):
    named = set(re.findall(r'"(utter_[a-z0-9_]+)"', source.read_text(encoding="utf-8")))
    assert named - set(RESPONSES) == set()


def test_every_response_is_said_somewhere():
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES) + "utter_word_choose utter_word_open"
    stems = set(re.findall(r'f"(utter_[a-z_]*)\{', text))
    by_button = {f"utter_{name}" for name in re.findall(r"\{(button_\w+)\}", str(RESPONSES))}
    from_notices = {
        f"utter_{word}" for word in re.findall(r'"([a-z_]+)"', (ROOT / "actions" / "notices.py").read_text())
    }
    unsaid = [
        key
        for key in RESPONSES
        if key not in text
        and key not in by_button
        and key not in from_notices
        and not any(key.startswith(stem) and stem != "utter_" for stem in stems)
        and not key.startswith(("utter_order_accepted_", "utter_order_ready_"))
    ]
    assert unsaid == []
