"""`python -m bench.stages`: where the processor time of a turn goes, stage by stage.

Four people go round four scripts (isiZulu, English, Sesotho, Afrikaans), one turn after the other in this process, on
embedded Postgres: what is counted is this process's processor time from a claimed row to its commit, and nothing waits
for anything else. Under load, with every core busy, the same work takes more of it (`python -m bench.turns`).
"""

import argparse
import time
from pathlib import Path
from typing import Any

import uvloop

from bench import command, report, talk
from bench.inside import Inside
from bench.product import Product, running
from bot import stages
from ops import garbage

_WARM_UP_TURNS = 30
_STAGES = {
    "begin": "BEGIN; open_turn: fence, locks, person, conversation, versions, the message written down",
    "load": "the person and the conversation, where the opening did not find them",
    "parse": "understanding typed words",
    "dialogue": "tracker, two predictions, the action and its reads and writes, replies",
    "save": "replies, outbox, dialogue, events and the row's end, in one statement",
    "commit": "COMMIT; the connection back to the pool",
}


def main() -> None:
    """Measures the stages."""
    parser = command.parser(__doc__)
    parser.add_argument("--turns", type=int, default=200, help="turns of each person (default 200)")
    command.run(parser, measure, show)


def measure(arguments: argparse.Namespace, model: Path) -> dict[str, Any]:
    """The figures, as the JSON has them."""
    stages.clock = time.process_time
    garbage.collect_less_often()
    with running() as product:
        began = report.load_before()
        return uvloop.run(_measured(product, model, arguments.turns)) | {"model": model.name, "load_before": began}


async def _measured(product: Product, model: Path, turns: int) -> dict[str, Any]:
    inside = await Inside.open(product.servers, model)
    try:
        counted = inside.counting()
        for person in range(len(talk.SCRIPTS)):
            await inside.turns(talk.phone(person), _WARM_UP_TURNS, script=person)
        garbage.spare()
        counted.clear()
        inside.spent.clear()
        for person in range(len(talk.SCRIPTS)):
            await inside.turns(talk.phone(person), turns, script=person)
        whole = turns * len(talk.SCRIPTS)
    finally:
        await inside.close()
    by_stage = {stage: round(1000 * inside.spent[stage] / whole, 3) for stage in _STAGES}
    return {
        "cpu_ms_per_turn": round(sum(by_stage.values()), 2),
        "cpu_ms_by_stage": by_stage,
        "statements_per_turn": round(counted["statements"] / whole, 2),
        "turns": whole,
    }


def show(found: dict[str, Any]) -> tuple[str, report.Rows, list[str]]:
    """The table and what must be known to read it."""
    rows = {
        stage: {"CPU ms": round(ms, 2), "what happens in it": _STAGES[stage]}
        for stage, ms in found["cpu_ms_by_stage"].items()
    }
    rows["a turn"] = {"CPU ms": found["cpu_ms_per_turn"], "what happens in it": ""}
    sent = found["statements_per_turn"]
    notes = [
        f"{found['turns']:,} turns in sequence, {sent} statements in each besides BEGIN and COMMIT.",
        f"Model {found['model']}. Load of the machine before: {found['load_before']}.",
    ]
    return "Stages: where the processor time of a turn goes in the worker.", rows, notes


if __name__ == "__main__":
    main()
