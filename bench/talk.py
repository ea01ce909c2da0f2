"""What people write in a measurement: purchases in several languages, each person going round one of the scripts.

Every message is a full turn with commerce in it (catalogue, basket, prices). A script ends with an emptied basket, so
that the ten-thousandth turn has the same work as the tenth.
"""

import random

NUMBERS = ("100000000000001", "100000000000002", "100000000000003", "100000000000004")
"""The demo township's numbers: the market, and three shops' own."""

SCRIPTS = (
    (
        "Sawubona", "ngicela ukubona i-menu", "ngicela amakota amabili", "yimalini i-kota?", "ngicela i-Coke 2L",
        "ngibonise ubhasikidi wami", "add 1 kota", "ngiyabonga", "clear my basket", "yebo",
    ),
    (
        "Hello", "show me the menu", "2 kotas please", "how much is a kota", "add 2 magwinya please",
        "show my basket", "is the Russian available", "thanks", "empty my basket", "yes",
    ),
    (
        "Dumelang", "ke kopa ho bona menu", "ke kopa dikota tse pedi", "kota ke bokae?", "ke kopa Coke",
        "mpontshe baskete ya ka", "heita, ke batla kota e one", "ke a leboha", "clear my basket", "ee",
    ),
    (
        "Goeie môre", "wys my die spyskaart", "twee kotas asseblief", "wat kos 'n kota", "nog een Coke",
        "wys my mandjie", "is julle oop", "dankie", "maak my mandjie leeg", "ja",
    ),
)  # fmt: skip


class People:
    """Conversations that go on: whose turn it is comes by chance, what they say next by their script."""

    def __init__(self, count: int, *, first: int = 0, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self._said = [index % len(SCRIPTS[0]) for index in range(count)]
        self._first = first

    def next(self) -> tuple[str, str, str]:
        """(number written to, the writer's phone, the words)."""
        index = self._chance.randrange(len(self._said))
        script = SCRIPTS[index % len(SCRIPTS)]
        words = script[self._said[index] % len(script)]
        self._said[index] += 1
        return NUMBERS[index // len(SCRIPTS) % len(NUMBERS)], phone(self._first + index), words


def phone(index: int) -> str:
    """The phone of the person with this number: nobody of the demo township has one of these."""
    return f"2783{index:07d}"
