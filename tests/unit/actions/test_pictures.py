"""Pictures of goods in replies."""

import pytest

from actions.pictures import picture


@pytest.mark.parametrize(
    ("photo", "shown"),
    [
        (None, {}),
        ("", {}),
        ("media:123", {"image_id": "123"}),
        ("https://example.org/kota.jpg", {"image": "https://example.org/kota.jpg"}),
    ],
)
def test_a_photo_is_shown_by_its_id_or_its_address(photo, shown):
    assert picture(photo) == shown
