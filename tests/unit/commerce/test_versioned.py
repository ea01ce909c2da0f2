"""What a process keeps of each tenant until its version rises."""

from commerce.database import new_id
from commerce.versioned import Versioned


def test_a_value_is_found_at_its_own_version_alone():
    kept, tenant_id = Versioned[str](), new_id()
    kept.keep(tenant_id, 3, "third")
    assert kept.find(tenant_id, 3) == "third"
    assert kept.find(tenant_id, 4) is None
    assert kept.find(new_id(), 3) is None
    kept.keep(tenant_id, 4, "fourth")
    assert (kept.find(tenant_id, 3), kept.find(tenant_id, 4)) == (None, "fourth")


def test_the_tenant_that_was_asked_for_least_lately_goes_first():
    kept = Versioned[str](most=2)
    first, second, third = new_id(), new_id(), new_id()
    kept.keep(first, 1, "first")
    kept.keep(second, 1, "second")
    assert kept.find(first, 1) == "first"
    kept.keep(third, 1, "third")
    assert kept.find(second, 1) is None
    assert (kept.find(first, 1), kept.find(third, 1)) == ("first", "third")
