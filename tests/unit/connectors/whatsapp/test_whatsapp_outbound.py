"""Writing for Meta: limits, nothing lost that matters, nothing that Meta would refuse."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.outbox import messages as say
from connectors.emulators.whatsapp import shapes
from connectors.whatsapp.errors import PayloadInvalid
from connectors.whatsapp.outbound import build, read_receipt
from connectors.whatsapp.wording import length, shorten, split, split_tail, unique
from tests.unit.connectors.whatsapp.whatsapp_fixtures import UNHURRIED

ADDRESS = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "27820000001"}


def contents(message: say.Outgoing) -> list[dict[str, Any]]:
    """What `build` makes, after the strict emulator has taken each of it."""
    built = build(message)
    for content in built:
        shapes.read({**ADDRESS, **content})
    return built


def test_text_is_text() -> None:
    assert contents(say.Text("Sawubona")) == [{"type": "text", "text": {"body": "Sawubona", "preview_url": False}}]


def test_text_of_4096_characters_is_one_message_and_one_more_makes_two() -> None:
    assert len(contents(say.Text("a" * 4096))) == 1
    assert len(contents(say.Text("a" * 4097))) == 2


def test_buttons_with_a_picture_stand_in_one_bubble() -> None:
    message = say.Buttons("Kota", [say.Button("/add", "Add")], image_url="https://shop.example/kota.jpg")
    [content] = contents(message)
    assert content["interactive"]["header"] == {"type": "image", "image": {"link": "https://shop.example/kota.jpg"}}
    assert content["interactive"]["action"]["buttons"] == [{"type": "reply", "reply": {"id": "/add", "title": "Add"}}]


def test_more_than_three_buttons_become_a_list_so_that_none_is_lost() -> None:
    [content] = contents(say.Buttons("Which?", [say.Button(f"/b{number}", f"B{number}") for number in range(5)]))
    assert [row["id"] for row in content["interactive"]["action"]["sections"][0]["rows"]] == [
        f"/b{n}" for n in range(5)
    ]


def test_a_body_too_long_for_its_buttons_goes_ahead_as_text_and_keeps_its_end() -> None:
    lines = [f"{number} × Kota with everything on it   R35,00" for number in range(60)] + ["*Total   R2 100,00*"]
    *ahead, last = contents(say.Buttons("\n".join(lines), [say.Button("/pay", "Pay")]))
    assert last["interactive"]["body"]["text"].endswith("*Total   R2 100,00*")
    said = "\n".join([*(one["text"]["body"] for one in ahead), last["interactive"]["body"]["text"]])
    assert said.split() == "\n".join(lines).split()


def test_a_row_title_too_long_is_shortened_on_a_word_and_told_in_full_below() -> None:
    row = say.Row("/x", "Kota with cheese, egg and Russian", "R55,00")
    [content] = contents(say.Choices("Menu", "Choose", [row]))
    [written] = content["interactive"]["action"]["sections"][0]["rows"]
    assert written["title"] == "Kota with cheese, egg…"
    assert written["description"] == "Kota with cheese, egg and Russian · R55,00"


def test_rows_that_look_alike_when_shortened_are_told_apart() -> None:
    rows = [say.Row(f"/{number}", "The very same long name of an item") for number in range(3)]
    [content] = contents(say.Choices("Menu", "Choose", rows))
    titles = [row["title"] for row in content["interactive"]["action"]["sections"][0]["rows"]]
    assert titles == ["The very same long name…", "The very same long… 2", "The very same long… 3"]


def test_more_than_ten_rows_go_into_several_lists() -> None:
    built = contents(say.Choices("Menu", "Choose", [say.Row(f"/{number}", f"Item {number}") for number in range(23)]))
    counts = [len(one["interactive"]["action"]["sections"][0]["rows"]) for one in built]
    assert counts == [10, 10, 3]


def test_what_has_the_same_id_is_offered_once() -> None:
    rows = [say.Row("/a", "A"), say.Row("/b", "B"), say.Row("/a", "A again")]
    [content] = contents(say.Choices("Menu", "Choose", rows))
    assert [row["title"] for row in content["interactive"]["action"]["sections"][0]["rows"]] == ["A", "B"]


def test_nothing_to_tap_leaves_the_words() -> None:
    assert contents(say.Buttons("Hello", []))[0]["type"] == "text"
    assert contents(say.Choices("Hello", "Choose", []))[0]["type"] == "text"
    assert contents(say.Buttons("Hello", [], image_id="5"))[0] == {
        "type": "image",
        "image": {"id": "5", "caption": "Hello"},
    }


def test_a_link_opens_its_page_under_a_short_label() -> None:
    [content] = contents(say.Link("Pay here", "Khokha manje nge-Paystack", "https://pay.example/1?a=b"))
    parameters = content["interactive"]["action"]["parameters"]
    assert parameters == {"display_text": "Khokha manje…", "url": "https://pay.example/1?a=b"}


def test_a_pin_is_asked_for_with_metas_button() -> None:
    [content] = contents(say.AskLocation("Where are you?"))
    assert content["interactive"]["type"] == "location_request_message"
    assert content["interactive"]["action"] == {"name": "send_location"}


def test_captions_are_cut_with_an_ellipsis() -> None:
    [content] = contents(say.Image(url="https://a.example/b.jpg", caption="word " * 400))
    assert content["image"]["caption"].endswith("word…")
    assert length(content["image"]["caption"]) <= 1024


def test_a_document_keeps_its_name() -> None:
    [content] = contents(say.Document("https://a.example/b.pdf", "Receipt 1024.pdf", "Your receipt"))
    assert content["document"] == {
        "link": "https://a.example/b.pdf",
        "caption": "Your receipt",
        "filename": "Receipt 1024.pdf",
    }


def test_a_template_fills_its_places_and_buttons_in_order() -> None:
    [content] = contents(say.Template("order_waiting", "zu", ["1024", "2 ×\n Kota", ""], ["/accept", "/reject"]))
    body, accept, reject = content["template"]["components"]
    assert [parameter["text"] for parameter in body["parameters"]] == ["1024", "2 × Kota", "-"]
    assert (accept["index"], accept["parameters"][0]["payload"]) == ("0", "/accept")
    assert reject["index"] == "1"


def test_a_reaction_is_given_and_taken_off() -> None:
    assert contents(say.Reaction("wamid.x", "👍"))[0]["reaction"] == {"message_id": "wamid.x", "emoji": "👍"}
    assert contents(say.Reaction("wamid.x", ""))[0]["reaction"]["emoji"] == ""


def test_a_read_receipt_may_show_typing() -> None:
    assert isinstance(shapes.read(read_receipt("wamid.x")), shapes.ReadReceipt)
    assert "typing_indicator" not in read_receipt("wamid.x", typing=False)


@pytest.mark.parametrize(
    "message",
    [
        say.Text(" "),
        say.Buttons("Hello", [say.Button("/" + "x" * 256, "Too long")]),
        say.Buttons("Hello", [say.Button("/x", " ")]),
        say.Choices("Hello", "Choose", [say.Row("/" + "x" * 200, "Too long")]),
        say.Link("Pay", "Pay", "javascript:alert(1)"),
        say.Link("Pay", "Pay", "pay.example/1"),
        say.Image(),
        say.Reaction("", "👍"),
    ],
)
def test_what_cannot_be_said_without_changing_it_is_refused(message: say.Outgoing) -> None:
    with pytest.raises(PayloadInvalid):
        build(message)


words = st.text(alphabet=st.sampled_from("ab ḓ\n.,é😀👨‍👩‍👧 \u0301\u200d"), min_size=1, max_size=120).filter(
    lambda text: text.strip()
)
some_id = st.text(alphabet="/abc123", min_size=1, max_size=100)
anything = st.one_of(
    st.builds(say.Text, words.map(lambda text: text * 60)),
    st.builds(
        say.Buttons, words.map(lambda text: text * 20), st.lists(st.builds(say.Button, some_id, words), max_size=5)
    ),
    st.builds(say.Choices, words, words, st.lists(st.builds(say.Row, some_id, words, words), max_size=14)),
    st.builds(say.Link, words, words, st.just("https://a.example")),
    st.builds(say.AskLocation, words),
    st.builds(say.Image, st.just("https://a.example/b.jpg"), st.just(""), words.map(lambda text: text * 20)),
    st.builds(say.Document, st.just("https://a.example/b.pdf"), words.map(lambda text: text * 5), words),
    st.builds(say.Template, st.just("t"), st.just("en"), st.lists(words), st.lists(some_id, max_size=3)),
)


@UNHURRIED
@given(anything)
def test_whatever_is_built_is_within_metas_limits(message: say.Outgoing) -> None:
    assert contents(message)


@UNHURRIED
@given(words.map(lambda text: text * 9), st.integers(4, 60))
def test_shortened_text_is_within_its_limit_and_never_begins_with_half_a_sign(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert length(short) <= limit
    assert short == text or short.endswith("…")


@UNHURRIED
@given(words.map(lambda text: text * 9), st.integers(20, 200))
def test_no_word_is_lost_when_text_is_split(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@UNHURRIED
@given(words.map(lambda text: text * 9), st.integers(20, 60))
def test_the_tail_of_a_split_text_is_its_end(text: str, limit: int) -> None:
    head, tail = split_tail(text, limit, 200)
    assert length(tail) <= limit
    assert "".join("".join([*head, tail]).split()) == "".join(text.split())


@UNHURRIED
@given(st.lists(words, max_size=12), st.integers(12, 24))
def test_titles_are_unique_whatever_their_case(titles: list[str], limit: int) -> None:
    fitted = unique([*titles, *[title.upper() for title in titles]], limit)
    assert len({title.casefold() for title in fitted}) == len(titles) * 2
    assert all(length(title) <= limit for title in fitted)


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧", "🇿🇦", "👍🏿", "é"])
def test_a_sign_of_several_characters_is_kept_or_dropped_whole(emoji: str) -> None:
    text = "a" * 10 + emoji + "b" * 10
    cuts = {shorten(text, limit).rstrip("…") for limit in range(12, length(text))}
    whole = [text[:end] for end in [*range(11), *range(10 + len(emoji), len(text))]]
    assert cuts <= set(whole)


def test_pieces_follow_each_other_without_overlap() -> None:
    text = " ".join(str(number) for number in range(5000))
    pieces = split(text, 4096)
    assert all(int(first.split()[-1]) + 1 == int(second.split()[0]) for first, second in pairwise(pieces))
