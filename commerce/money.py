"""Money is integer cents of South African rand. Floats never touch it."""

CURRENCY = "ZAR"


def rand(cents: int) -> str:
    """How an amount is written to people: `R50`, `R12.50`, `R1 234.50`, `-R5`."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    digits = f"{whole:,}".replace(",", " ")
    return f"{sign}R{digits}.{rest:02d}" if rest else f"{sign}R{digits}"
