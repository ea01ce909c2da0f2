"""People of a journey: each has a phone of the simulator, and does what a person can do with one."""

from dataclasses import dataclass
from typing import Any

from connectors.emulators.payments.cards import DECLINED, NEVER
from tests.journeys.product import Product

CARDS = {"decline": DECLINED.number, "never": NEVER.number}
SUCCESS = {"paystack": "4084084084084081", "yoco": "4111111111111111"}


@dataclass(slots=True)
class Person:
    """Somebody with a phone, talking to one of our numbers. `read` is how many messages they have seen."""

    product: Product
    phone: str
    number: str
    read: int = 0

    @property
    def _thread(self) -> str:
        base = self.product.settings.emulator_url
        return f"{base}/simulator/api/phones/{self.phone}/threads/{self.number}"

    async def join(self, name: str) -> None:
        """Makes the phone known to the simulator."""
        url = f"{self.product.settings.emulator_url}/simulator/api/phones"
        async with self.product.http.post(url, json={"name": name, "phone": self.phone}) as response:
            assert response.status == 201, await response.text()
        self.read = len(await self.heard())

    async def send(self, **said: Any) -> None:
        """Sends a message of any kind that the simulator knows."""
        async with self.product.http.post(f"{self._thread}/messages", json=said) as response:
            assert response.status == 201, await response.text()

    async def heard(self) -> list[dict[str, Any]]:
        """Everything that the business has said in this chat."""
        async with self.product.http.get(self._thread) as response:
            messages = (await response.json())["messages"]
        return [message for message in messages if message["from"] == "business"]

    async def new(self) -> list[dict[str, Any]]:
        """What the business has said since the person's last step."""
        return (await self.heard())[self.read :]

    async def tap(self, title: str) -> None:
        """Taps the newest button or list row whose title holds `title`."""
        for message in reversed(await self.heard()):
            for offer in offers(message):
                if title.casefold() in offer["title"].casefold():
                    await self.send(reply_id=offer["id"], message_id=message["id"])
                    return
        raise AssertionError(f"Nothing to tap is called {title!r}.")

    async def pay(self, outcome: str) -> None:
        """Opens the newest payment link and pays there with the card for `outcome`."""
        link = next(message["link"]["url"] for message in reversed(await self.heard()) if "link" in message)
        provider = "yoco" if "yoco" in link else "paystack"
        number = CARDS.get(outcome) or SUCCESS[provider]
        action = "cancel" if outcome == "cancel" else "pay"
        form = {"number": number, "expiry": "12/30", "cvc": "408", "action": action}
        async with self.product.http.post(link, data=form, allow_redirects=False) as response:
            assert response.status in {200, 303, 402}, await response.text()


def offers(message: dict[str, Any]) -> list[dict[str, str]]:
    """The buttons and rows of a message."""
    rows = [row for section in message.get("list", {}).get("sections", []) for row in section["rows"]]
    return [*message.get("buttons", []), *rows]
