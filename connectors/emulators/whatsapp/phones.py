"""The phones and the business numbers of the demo township, read from the file that also feeds the seed."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_DIGITS = re.compile(r"[0-9]{8,15}")


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody's phone. With `hides_phone` the business sees a BSUID and no number (usernames, 2026)."""

    wa_id: str
    name: str
    language: str = "en"
    role: str = "customer"
    shop: str = ""
    hides_phone: bool = False

    @property
    def bsuid(self) -> str:
        """The business-scoped user id: the same for as long as the phone lives."""
        return f"ZA.{self.wa_id}0{sum(self.wa_id.encode())}"

    def to_json(self) -> dict[str, Any]:
        """What the page is shown."""
        return {
            "wa_id": self.wa_id,
            "name": self.name,
            "language": self.language,
            "role": self.role,
            "shop": self.shop,
            "hides_phone": self.hides_phone,
        }


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """A WhatsApp number of the business side: a contact in every phone."""

    phone_number_id: str
    display: str
    name: str
    about: str = ""
    kind: str = "market"

    def to_json(self) -> dict[str, Any]:
        """What the page is shown."""
        return {
            "phone_number_id": self.phone_number_id,
            "display": self.display,
            "name": self.name,
            "about": self.about,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class Township:
    """Everybody who has a phone at the start."""

    phones: list[Phone]
    numbers: list[BusinessNumber]
    latitude: float
    longitude: float


def digits_of(phone: str) -> str:
    """`phone` as WhatsApp writes it: digits only, with the country. Raises `ValueError`."""
    digits = re.sub(r"[\s()+-]", "", phone)
    if digits.startswith("0") and len(digits) == 10:  # noqa: PLR2004 - a South African number as dialled at home
        digits = "27" + digits[1:]
    if not _DIGITS.fullmatch(digits):
        raise ValueError("A phone number has 8 to 15 digits, such as 082 000 0009 or +27 82 000 0009.")
    return digits


def read_township(path: Path) -> Township:
    """Reads the phones of customers and shop owners, and the numbers of the market and its shops."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe, in C where there is C
    tenant, shops = data["tenant"], {shop["slug"]: shop for shop in data["shops"]}
    customers = [Phone(digits_of(one["phone"]), one["name"], one["language"]) for one in data["customers"]]
    merchants = [
        Phone(
            digits_of(shop["owner"]["phone"]),
            shop["owner"]["name"],
            shop["owner"]["language"],
            "merchant",
            shop["name"],
        )
        for shop in shops.values()
    ]
    numbers = []
    for number in data["numbers"]:
        shop = shops.get(number["shop"] or "")
        known = shop or {"name": tenant["name"], "about": f"All shops in {tenant['area']}", "kind": "market"}
        about = BusinessNumber(
            number["phone_number_id"], number["display"], known["name"], known["about"], known["kind"]
        )
        numbers.append(about)
    return Township(customers + merchants, numbers, float(tenant["latitude"]), float(tenant["longitude"]))
