"""When messages are due in an open model: at random, independent of each other, at a steady mean rate."""

import random
from collections.abc import Iterator


def schedule(rate: float, seconds: float, *, seed: int = 7) -> Iterator[float]:
    """Seconds from the beginning at which something arrives: a Poisson process, the same for the same seed.

    Arrivals do not wait for answers, so that queueing shows in the times. Raises `ValueError` for a rate of zero.
    """
    if rate <= 0:
        raise ValueError("A rate must be above zero: nothing would ever arrive.")
    chance = random.Random(seed)
    at = chance.expovariate(rate)
    while at < seconds:
        yield at
        at += chance.expovariate(rate)
