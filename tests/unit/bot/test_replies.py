"""From Rasa's messages to the fewest bubbles."""

from bot.replies import compose
from commerce.outbox.messages import AskLocation, Buttons, Choices, Link, Template, Text

BUTTON = {"title": "Pay", "payload": "/pay"}


def test_texts_that_follow_each_other_become_one_bubble():
    assert compose([{"text": "One"}, {"text": "Two"}], window_open=True) == [Text("One\n\nTwo")]


def test_text_before_buttons_becomes_the_head_of_their_body():
    (message,) = compose([{"text": "Hello"}, {"text": "Ready?", "buttons": [BUTTON]}], window_open=True)
    assert isinstance(message, Buttons)
    assert message.body == "Hello\n\nReady?"
    assert [(button.id, button.title) for button in message.buttons] == [("/pay", "Pay")]


def test_text_too_long_for_a_body_stays_a_bubble_of_its_own():
    messages = compose([{"text": "x" * 1000}, {"text": "y" * 100, "buttons": [BUTTON]}], window_open=True)
    assert [message.kind for message in messages] == ["text", "buttons"]


def test_more_than_three_buttons_become_a_list():
    buttons = [{"title": f"B{n}", "payload": f"/b{n}"} for n in range(5)]
    (message,) = compose([{"text": "Choose", "buttons": buttons}], window_open=True)
    assert isinstance(message, Choices)
    assert [row.id for row in message.rows] == ["/b0", "/b1", "/b2", "/b3", "/b4"]


def test_lists_links_and_location_requests_keep_their_form():
    replies = [
        {"text": "Menu", "custom": {"list": {"button": "Open", "rows": [{"id": "/a", "title": "Kota"}]}}},
        {"text": "Pay here", "custom": {"link": {"label": "Pay", "url": "https://example.org/pay"}}},
        {"text": "Where?", "custom": {"ask_location": True}},
    ]
    messages = compose(replies, window_open=True)
    assert [type(message) for message in messages] == [Choices, Link, AskLocation]


def test_nothing_but_templates_leaves_a_closed_window():
    template = {"name": "order_waiting", "language": "en", "parameters": ["1001"], "buttons": ["/accept_order"]}
    replies = [{"text": "New order", "custom": {"template": template}}, {"text": "More"}]
    assert compose(replies, window_open=False) == [Template("order_waiting", "en", ["1001"], ["/accept_order"])]


def test_an_empty_reply_sends_nothing():
    assert compose([{"text": ""}, {}], window_open=True) == []
