"""`python -m bench.understanding`: the newest model against the held-out messages and orders of `tests/nlu`.

--json OUT writes every figure; --write renders docs/languages.md; --folds N also chooses the fallback's threshold by
cross-validation on the training lines, which trains N times.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from bench.understanding import figures, page
from ops.settings import Settings


def main() -> None:
    """Measures, prints what matters most, and writes what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folds", type=int, default=0)
    arguments = parser.parse_args()
    found = figures.measure(Settings.from_environment(), folds=arguments.folds)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if arguments.write:
        page.PAGE.write_text(page.render(found), encoding="utf-8")
    show(found)


def show(found: dict[str, Any]) -> None:
    """Prints the tables."""
    print(f"{found['model']}{'' if found['is_fresh'] else ' (older than the data or the code)'}, {found['machine']}\n")
    print(
        f"{'':8}{'lines':>7}{'top 1':>8}{'top 3':>8}{'final':>8}{'again':>8}   not in training:{'lines':>7}{'top 1':>8}"
    )
    for code, row in found["intents"].items():
        shares = "".join(f"{row[key]:8.3f}" for key in ("top_1", "top_3", "final", "asked_again"))
        print(f"{code:8}{row['lines']:7}{shares}{'':19}{row['lines'] - row['taught']:7}{row['top_1_new']:8.3f}")
    print("\nTaken for another:")
    for wrote, taken, count in found["confusions"][:20]:
        print(f"  {count:4} {wrote} → {taken}")
    print("\nBars:")
    for bar in found["bars"]:
        print(f"  {'✓' if bar['is_reached'] else '✗'} {bar['what']}: {bar['reached']:.3f} ({bar['bar']})")
    for name in ("out_of_scope", "parse", "memory", "chosen"):
        if name in found:
            print(f"\n{name}: {json.dumps(found[name], ensure_ascii=False)}")
    orders = {key: value for key, value in found["orders"].items() if key != "failures"}
    print(f"\norders: {json.dumps(orders, ensure_ascii=False)}")
    print(f"\nlanguages: {json.dumps(found['languages'], ensure_ascii=False)}")


if __name__ == "__main__":
    main()
