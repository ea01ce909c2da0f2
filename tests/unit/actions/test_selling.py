"""A draft's buttons and place."""

import pytest

from actions.selling import _button_typed


@pytest.mark.parametrize(
    ("words", "step", "value"),
    [("later", "photo", "later"), ("Kamuva.", "price", "later"), ("NO PHOTO", "photo", "skip"),
     ("Lys dit", "review", "publish"),
     ("List it", "name", ""), ("no photo", "name", ""), ("Tomatoes", "name", ""), ("", "photo", "")],
)  # fmt: skip
def test_a_button_may_be_typed_at_its_step_in_any_language(words, step, value):
    assert _button_typed(words, step) == value
