"""Which language a customer is answered in: the one heard first, kept until another is heard twice running.

Townships mix languages within a sentence, and short texts say little, so one message alone never changes it. A
customer who asked for a language keeps it (`language_pinned`) until they ask for another.
"""

from collections.abc import Mapping
from typing import Any

from commerce import languages
from commerce.customers.models import Customer

_FIRST = 0.4
_CHANGE = 0.6
_TIMES = 2


def settle_language(customer: Customer, heard: Mapping[str, Any] | None) -> None:
    """Weighs what was heard ({"code", "confidence"}) and changes the customer's language where that is due."""
    if heard is None or customer.language_pinned or heard["code"] not in languages.NAMES:
        return
    code, confidence = heard["code"], heard["confidence"]
    if customer.language is None:
        if confidence >= _FIRST:
            customer.language = code
        return
    if code == customer.language or confidence < _CHANGE:
        customer.language_heard, customer.language_streak = None, 0
        return
    customer.language_streak = customer.language_streak + 1 if customer.language_heard == code else 1
    customer.language_heard = code
    if customer.language_streak >= _TIMES:
        customer.language, customer.language_heard, customer.language_streak = code, None, 0
