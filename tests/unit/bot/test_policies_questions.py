"""What answers an open question, and what leaves it."""

import pytest

from bot.policies.questions import KINDS, Heard, answers, heard


def said(text, intent, confidence=0.95, entities=(), items=0):
    return Heard(text, intent, confidence, tapped=text.startswith("/"), entities=frozenset(entities), items=items)


@pytest.mark.parametrize(
    ("awaiting", "message"),
    [
        ("address", said("Yellow house next to Bra Joe's spaza", "find_shop")),
        ("address", said("12 Mandela street", "give_address", entities=["quantity"])),
        ("address", said("yebo", "affirm")),
        ("review", said("sharp", "thank")),
        ("review", said("sharp", "goodbye")),
        ("review", said("👍", "nlu_fallback", 0.4)),
        ("quantity", said("5", "add_item")),
        ("quantity", said("make it 3", "change_quantity", entities=["quantity"])),
        ("quantity", said("ezimbili", "nlu_fallback", 0.4, entities=["quantity"])),
        ("handover_code", said("48 21", "affirm")),
        ("price", said("R45", "change_price", entities=["money"])),
        ("price", said("50", "add_item", entities=["quantity"])),
        ("shop", said("Bra Joe", "find_shop")),
        ("shop", said("2", "change_quantity", entities=["quantity"])),
        ("complaint", said("the kota was cold", "add_item", items=1)),
        ("reason", said("no bread today", "out_of_stock")),
        ("draft", said("Gogo's Eggs", "add_item", items=1)),
        ("draft", said("50", "add_item", entities=["quantity"])),
        ("draft", said("not now, cancel", "cancel_order")),
        ("confirm_delete", said("nee", "deny")),
        ("payment_method", said("ikhadi", "payment_problem")),
    ],
)
def test_words_that_answer(awaiting, message):
    assert answers(awaiting, message)


@pytest.mark.parametrize(
    ("awaiting", "message"),
    [
        (None, said("2 kotas", "add_item", items=1)),
        ("no_such_question", said("yes", "affirm")),
        ("address", said("I want to talk to a person", "human")),
        ("address", said("cancel my order", "cancel_order")),
        ("address", said("2 kotas as well", "add_item", items=1)),
        ("address", said("no, I will collect it", "choose_collection")),
        ("address", said("is there parking at the shop", "faq")),
        ("complaint", said("STOP", "opt_out")),
        ("draft", said("help", "help")),
        ("draft", said("change to zulu", "language_change")),
        ("quantity", said("where is my order", "order_status")),
        ("quantity", said("2 cokes", "add_item", entities=["quantity"], items=1)),
        ("quantity", said("2 dragons with wings", "add_item", 0.67, entities=["quantity"])),
        ("quantity", said("2 dragons with wings", "add_item", 0.44, entities=["quantity"])),
        ("quantity", said("what is the capital of France", "out_of_scope")),
        ("review", said("add a coke", "add_item", items=1)),
        ("review", said("menu", "browse_menu")),
        ("item", said("view my basket", "view_basket")),
    ],
)
def test_words_that_leave(awaiting, message):
    assert not answers(awaiting, message)


@pytest.mark.parametrize("intent", ["human", "help", "opt_out"])
def test_an_unsure_intent_does_not_leave_a_question_for_words(intent):
    assert answers("address", said("next to the help desk", intent, 0.5))


@pytest.mark.parametrize("awaiting", sorted(KINDS))
def test_a_button_of_a_question_answers_it(awaiting):
    assert answers(awaiting, said('/choose{"value": "1"}', "choose", 1.0))


@pytest.mark.parametrize("awaiting", sorted(KINDS))
def test_any_other_button_means_itself(awaiting):
    assert not answers(awaiting, said("/checkout", "checkout", 1.0))


def test_a_pin_answers_only_where_a_place_is_asked_for():
    pin = said('/share_location{"latitude": -25.9}', "share_location", 1.0)
    assert [name for name in KINDS if answers(name, pin)] == ["address", "draft"]


def test_a_picture_answers_only_a_draft():
    photo = said('/send_photo{"media_id": "1"}', "send_photo", 1.0)
    assert [name for name in KINDS if answers(name, photo)] == ["draft"]


def test_news_never_answer_a_question():
    news = said('/notice{"name": "order_paid"}', "notice", 1.0)
    assert not any(answers(name, news) for name in KINDS)


def test_a_message_without_an_understanding_is_read_as_unsure():
    assert heard({"text": None, "intent": None}) == Heard("", "", 0.0, tapped=False)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("photo", said("what is in my basket", "view_basket")),
        ("photo", said("2 kotas", "add_item", entities=["quantity"], items=1)),
        ("review", said("where is my order", "order_status")),
        ("name", said("accept order 1003", "accept_order", entities=["order_number"])),
        ("price", said("sales today", "sales_today")),
    ],
)
def test_what_is_no_answer_to_a_step_leaves_its_draft(step, message):
    assert not answers("draft", message, step)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("photo", said("Tomatoes R20", "add_item", entities=["money"], items=1)),
        ("photo", said("later", "nlu_fallback", 0.3)),
        ("name", said("My basket", "view_basket")),
        ("consent", said("I accept", "accept_order")),
    ],
)
def test_what_may_answer_a_step_answers_it(step, message):
    assert answers("draft", message, step)
