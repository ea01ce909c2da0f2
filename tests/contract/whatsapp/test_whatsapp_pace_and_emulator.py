"""Our count of Meta's rates and the emulator's agree: what we let go is taken, and what we hold would be refused."""

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.emulators.whatsapp.config import EmulatorConfig
from connectors.emulators.whatsapp.errors import Refusal
from connectors.emulators.whatsapp.limits import Limits
from connectors.emulators.whatsapp.phones import BusinessNumber, Phone
from connectors.emulators.whatsapp.world import Thread
from connectors.whatsapp.rates import LocalBuckets, Rates
from tests.contract.whatsapp.whatsapp_world import CUSTOMER, SECRET, TEMPLATES, TOKEN, TOWNSHIP

THREAD = Thread(Phone(CUSTOMER, "Lerato"), BusinessNumber("1", "+27 87 000 0000", "Test market"))


def config(rates: Rates) -> EmulatorConfig:
    return EmulatorConfig(
        township=TOWNSHIP, templates=TEMPLATES, webhook_url="", public_url="", token=TOKEN, app_secret=SECRET,
        number_per_second=int(rates.number_per_second), pair_seconds=rates.pair_seconds, pair_burst=rates.pair_burst,
    )  # fmt: skip


def is_taken(limits: Limits) -> bool:
    try:
        limits.check_rates(THREAD)
    except Refusal:
        return False
    return True


@settings(deadline=None)
@given(st.lists(st.floats(0, 12), max_size=80), st.integers(1, 45))
def test_what_we_let_go_is_what_meta_takes(pauses: list[float], burst: int) -> None:
    instant = 1000.0
    rates = Rates(pair_burst=burst)
    ours = LocalBuckets(lambda: instant)
    meta = Limits(config(rates), lambda: instant)
    per_number = ("number", 1 / rates.number_per_second, rates.number_per_second)
    for pause in pauses:
        instant += pause
        if ours.take([per_number, ("pair", rates.pair_seconds, rates.pair_burst)], hold=0).granted:
            assert is_taken(meta)
        else:
            assert not is_taken(meta)


def test_the_emulator_and_we_begin_with_metas_documented_rates() -> None:
    assert config(Rates()) == EmulatorConfig(
        township=TOWNSHIP, templates=TEMPLATES, webhook_url="", public_url="", token=TOKEN, app_secret=SECRET
    )  # fmt: skip
