"""When the payment workflows wait, in seconds. Growing, so that a slow provider is not pressed; the last one repeats.

The customer's own time does not depend on these: a payment that succeeds is announced at once by webhook. They are
for what nobody announces.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """The waits of every workflow. Tests shorten them.

    `make_page`: between tries to make the hosted page. `look`: between readings while the page may be paid.
    `last_look`: between tries of the reading that must come before a payment expires. `late_look`: readings after that,
    because the providers' pages stay open and money may still come. `ask_refund`, `look_refund`: likewise for refunds.
    """

    make_page: tuple[float, ...] = (2, 4, 8, 15, 30, 60)
    look: tuple[float, ...] = (20, 30, 45, 60, 90, 120, 180, 240, 300)
    last_look: tuple[float, ...] = (2, 5, 10, 20, 40, 60, 60, 60, 60, 60)
    late_look: tuple[float, ...] = (600, 3_600, 21_600, 86_400)
    ask_refund: tuple[float, ...] = (2, 10, 60, 300, 900, 1_800) + (3_600,) * 24
    look_refund: tuple[float, ...] = (30, 120, 600, 3_600, 21_600) + (86_400,) * 10


def unending(waits: Sequence[float]) -> Iterator[float]:
    """The waits, then the last one for ever."""
    yield from waits
    while True:
        yield waits[-1]
