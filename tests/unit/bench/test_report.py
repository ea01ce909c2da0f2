"""Percentiles, and tables in their place on the page."""

import json
from pathlib import Path

import pytest

from bench import report

_ROWS = {"ours": {"turns/s": 300, "p95 ms": 40.5}, "stock Rasa": {"turns/s": 19}}


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert report.percentile(values, 0.5) == 51
    assert report.percentile(values, 0.99) == 100
    assert report.percentile(values, 1.0) == 100
    assert report.percentile([3.0], 0.95) == 3


def test_a_spread_is_in_milliseconds_and_in_order() -> None:
    found = report.spread([0.004, 0.001, 0.1])
    assert found == {"p50_ms": 4.0, "p95_ms": 100.0, "p99_ms": 100.0, "max_ms": 100.0}


def test_a_spread_of_nothing_is_refused_with_advice() -> None:
    with pytest.raises(ValueError, match="logs"):
        report.spread([])


def test_a_table_keeps_every_column_and_leaves_unknown_cells_empty(capsys: pytest.CaptureFixture[str]) -> None:
    report.show("Turns", _ROWS, ["a note"])
    printed = capsys.readouterr().out
    assert "turns/s" in printed
    assert "40.5" in printed
    assert "- a note" in printed
    assert report.machine() in printed
    assert report.section("Turns", _ROWS).endswith("| stock Rasa | 19 |  |")


def test_figures_go_between_their_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n<!-- figures: turns -->\nold\n<!-- end of figures: turns -->\nB\n"
        "<!-- figures: soak -->\nkept\n<!-- end of figures: soak -->\n"
    )
    for _ in range(2):
        report.write("turns", "Turns", _ROWS, page=page)
    text = page.read_text()
    assert "old" not in text
    assert text.count("| ours |") == 1
    assert text.startswith("# A\n<!-- figures: turns -->")
    assert "\nB\n<!-- figures: soak -->\nkept\n" in text
    assert "Measured on 20" in text


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(LookupError, match="figures: growth"):
        report.placed("# nothing here", "growth", "table")


@pytest.mark.parametrize("name", ["turns", "growth", "ingress", "soak"])
def test_the_page_has_a_place_for_every_measurement(name: str) -> None:
    assert "\nhere\n" in report.placed(report.PAGE.read_text(encoding="utf-8"), name, "here")


def test_kept_figures_name_the_machine_and_the_day(tmp_path: Path) -> None:
    report.keep({"p95_ms": 1.5}, tmp_path / "out.json")
    kept = json.loads((tmp_path / "out.json").read_text())
    assert kept["p95_ms"] == 1.5
    assert kept["machine"] == report.machine()
    assert kept["measured_on"]
