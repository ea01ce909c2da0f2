"""What a process keeps of each tenant until its version rises."""

import pytest

from commerce.database import new_id
from commerce.versioned import Versioned


def test_a_value_is_there_at_its_own_version_alone():
    kept, tenant_id = Versioned[str](9), new_id()
    assert kept.keep(tenant_id, 3, "third") == kept.get(tenant_id) == "third"
    assert [kept.has(tenant_id, version) for version in (2, 3, 4)] == [False, True, False]
    kept.keep(tenant_id, 4, "fourth")
    assert (kept.has(tenant_id, 3), kept.get(tenant_id)) == (False, "fourth")
    with pytest.raises(KeyError):
        kept.get(new_id())


def test_nothing_is_a_value_too():
    kept, tenant_id = Versioned[str | None](9), new_id()
    kept.keep(tenant_id, 1, None)
    assert (kept.has(tenant_id, 1), kept.get(tenant_id)) == (True, None)


def test_who_was_asked_for_least_lately_goes_first():
    kept = Versioned[str](2)
    first, second, third = new_id(), new_id(), new_id()
    kept.keep(first, 1, "first")
    kept.keep(second, 1, "second")
    assert kept.get(first) == "first"
    kept.keep(third, 1, "third")
    assert kept.tenants == [first, third]


def test_a_heavy_value_makes_room_for_itself_and_stays():
    kept = Versioned[str](10)
    light, heavy = new_id(), new_id()
    kept.keep(light, 1, "light", weight=3)
    kept.keep(heavy, 1, "heavy", weight=30)
    assert kept.tenants == [heavy]
    kept.keep(light, 1, "light", weight=3)
    assert kept.tenants == [light]
