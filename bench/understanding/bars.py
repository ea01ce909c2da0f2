"""The bars that the language layer is measured against, each with what was reached."""

from collections.abc import Mapping
from typing import Any

from bench.understanding.testsets import MAIN, MIXED, OTHERS

MAIN_BAR, OTHER_BAR, MIXED_BAR, ORDERS_BAR, RECALL_BAR, ALARMS_BAR = 0.92, 0.85, 0.88, 0.90, 0.80, 0.03
PARSE_BAR_MS, MEMORY_BAR_MB = 2.0, 200.0


def verdicts(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each bar with the figure that counts for it and whether it is reached. Intents count before the fallback."""
    rows = found["intents"]
    wanted = [(code, MAIN_BAR) for code in MAIN] + [(code, OTHER_BAR) for code in OTHERS] + [(MIXED, MIXED_BAR)]
    bars = [_least(f"intents, {code}", rows[code]["top_1"], bar) for code, bar in wanted]
    bars.append(_least("orders with the exact basket", found["orders"]["exact"], ORDERS_BAR))
    bars.append(_least("out-of-scope recall", found["out_of_scope"]["recall"], RECALL_BAR))
    bars.append(_most("false alarms", found["out_of_scope"]["false_alarms"], ALARMS_BAR))
    bars.append(_most("parse p95, ms", found["parse"]["p95_ms"], PARSE_BAR_MS))
    bars.append(_most("memory added, MB", found["memory"]["total_mb"], MEMORY_BAR_MB))
    return bars


def _least(what: str, reached: float, bar: float) -> dict[str, Any]:
    return {"what": what, "reached": reached, "bar": f"≥ {bar:g}", "is_reached": reached >= bar}


def _most(what: str, reached: float, bar: float) -> dict[str, Any]:
    return {"what": what, "reached": reached, "bar": f"≤ {bar:g}", "is_reached": reached <= bar}
