"""The checker of training lines finds each kind of fault, and nothing hard in the lines of the project."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ops import cli, data_check, data_report, training_lines
from ops.errors import OpsError

HEAD = "# language: {language}; reviewed: no\n"
GREETINGS = (
    "good morning sister", "hello there", "hi how are you", "greetings to all at home", "evening folks", "hey you",
    "anybody around today", "top of the day", "howdy neighbour", "salutations", "it is me again", "are you well",
)  # fmt: skip
PAYMENTS = (
    "send me the link", "I pay by card now", "let me settle the bill", "cash it is", "take my money please",
    "charge the account", "where do I pay this", "using eft today", "payment coming", "I will use capitec",
    "ready to transfer", "swipe machine please",
)  # fmt: skip

Write = Callable[..., Path]


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    path = tmp_path / "domain.yml"
    path.write_text("intents:\n  - greet\n  - [pay, deny]\n  - choose: {use_entities: []}\n", encoding="utf-8")
    return path


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def body(
        intent: str, lines: Sequence[str], *, language: str = "ts", named: str = "", head: str = HEAD, stem: str = ""
    ) -> Path:
        path = tmp_path / "nlu" / language / f"{stem or intent}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        examples = "".join(f"    - {line}\n" for line in lines)
        path.write_text(
            f'version: "3.1"\n{head.format(language=language)}nlu:\n- intent: {intent}\n'
            f"  metadata: {{language: {named or language}}}\n  examples: |\n{examples}",
            encoding="utf-8",
        )
        return path

    return body


def kinds(tmp_path: Path, domain: Path) -> Mapping[str, list[data_check.Finding]]:
    found: dict[str, list[data_check.Finding]] = {}
    for finding in data_check.check(tmp_path / "nlu", domain):
        found.setdefault(finding.kind, []).append(finding)
    return found


def test_data_without_fault_has_no_finding(tmp_path, domain, write):
    write("greet", GREETINGS)
    write("pay", PAYMENTS)
    assert kinds(tmp_path, domain) == {}


def test_the_same_words_under_two_intents_are_hard_whatever_their_case_and_accents(tmp_path, domain, write):
    write("greet", [*GREETINGS, "Ndzi Hakéla"])
    write("pay", [*PAYMENTS, "ndzi  hakela"])
    (finding,) = kinds(tmp_path, domain)["duplicate across intents"]
    assert finding.is_hard
    assert finding.what == "“ndzi hakela” stands under greet, pay."


def test_the_same_words_with_another_intent_in_another_language_are_a_warning(tmp_path, domain, write):
    for language in ("ts", "ve"):
        write("greet", [*GREETINGS, *(["sharp"] if language == "ts" else [])], language=language)
        write("pay", [*PAYMENTS, *(["sharp"] if language == "ve" else [])], language=language)
    found = kinds(tmp_path, domain)
    (finding,) = found["another intent elsewhere"]
    assert not finding.is_hard
    assert "greet in ts, pay in ve" in finding.what
    assert "duplicate across intents" not in found


def test_near_copies_are_found_only_where_their_intents_differ(tmp_path, domain, write):
    write("greet", [*GREETINGS, "I will pay for all of this with my bank card today", "good morning my sister"])
    write("pay", [*PAYMENTS, "I will pay for all of this with my bank cards today"])
    (finding,) = kinds(tmp_path, domain)["near-copies disagree"]
    assert not finding.is_hard
    assert "my bank card today” (greet) and “I will pay for all of this with my bank cards today” (pay)" in finding.what


@pytest.mark.parametrize(("language", "fewest"), [("en", 25), ("tsotsi", 25), ("ve", 12), ("nr", 12), ("mixed", 20)])
def test_a_cell_is_thin_below_the_number_for_its_language(tmp_path, domain, write, language, fewest):
    lines = [f"{word} {number}" for number, word in enumerate(GREETINGS * 3)]
    write("greet", lines[:fewest], language=language)
    assert "thin cell" not in kinds(tmp_path, domain)
    write("greet", lines[: fewest - 1], language=language)
    (finding,) = kinds(tmp_path, domain)["thin cell"]
    assert finding.is_hard
    assert finding.what.startswith(f"{fewest - 1} lines")


def test_an_intent_that_a_language_lacks_altogether_is_a_thin_cell(tmp_path, domain, write):
    write("greet", GREETINGS)
    write("pay", PAYMENTS)
    write("greet", GREETINGS, language="ve")
    (finding,) = kinds(tmp_path, domain)["thin cell"]
    assert finding.where == "ve/pay.yml"


def test_intents_are_known_by_the_domain_alone_nested_or_with_settings(domain):
    assert data_check.known_intents(domain) == {"greet", "pay", "deny", "choose"}


def test_an_unknown_intent_is_hard(tmp_path, domain, write):
    write("haggle", GREETINGS)
    (finding,) = kinds(tmp_path, domain)["unknown intent"]
    assert finding.is_hard
    assert "haggle" in finding.what


def test_an_unknown_language_is_hard_as_folder_and_as_metadata(tmp_path, domain, write):
    write("greet", GREETINGS, language="fr")
    assert len(kinds(tmp_path, domain)["unknown language"]) == 2
    write("greet", GREETINGS * 3, language="en", named="english")
    assert "english" in kinds(tmp_path, domain)["unknown language"][0].what


@pytest.mark.parametrize("head", ["", "# language: ts\n", "# reviewed: perhaps\n"])
def test_a_head_that_does_not_say_whether_it_was_reviewed_is_a_warning(tmp_path, domain, write, head):
    write("greet", GREETINGS, head=head)
    (finding,) = kinds(tmp_path, domain)["no review stated"]
    assert not finding.is_hard


def test_a_line_in_another_language_is_found_where_the_model_is_sure(tmp_path, domain, write):
    english = [f"please bring {number} of the white loaves to my house" for number in "abcdefghijklmnopqrstuvwxyz"]
    zulu = [f"ngicela ulethe izinkwa ezimhlophe ekhaya lami {number}" for number in "abcdefghijklmnopqrstuvwxyz"]
    write("greet", english, language="en")
    write("greet", [*zulu, "please bring all the white loaves to my house"], language="zu")
    found = kinds(tmp_path, domain)["another language"]
    assert [finding.what for finding in found] == ["“please bring all the white loaves to my house” reads as en."]


def test_lines_that_are_meant_to_be_mixed_are_never_in_the_wrong_language(tmp_path, domain, write):
    english = [f"please bring {number} of the white loaves to my house" for number in "abcdefghijklmnopqrstuvwxyz"]
    zulu = [f"ngicela ulethe izinkwa ezimhlophe ekhaya lami {number}" for number in "abcdefghijklmnopqrstuvwxyz"]
    write("greet", english, language="en")
    write("greet", zulu, language="zu")
    write("greet", english, language="tsotsi", named="mixed")
    assert "another language" not in kinds(tmp_path, domain)


def test_an_intent_with_many_times_the_lines_of_the_others_is_unbalanced(tmp_path, domain, write):
    write("greet", GREETINGS)
    write("deny", [f"{line} no" for line in GREETINGS])
    write("pay", [f"{line} {number}" for number in range(5) for line in PAYMENTS])
    (finding,) = kinds(tmp_path, domain)["unbalanced"]
    assert finding.where == "ts/pay.yml"


def test_a_file_that_is_not_in_the_form_is_named(tmp_path, write):
    path = write("greet", GREETINGS)
    path.write_text("nlu: [{intent: greet}]", encoding="utf-8")
    with pytest.raises(OpsError, match=r"ts/greet\.yml"):
        training_lines.read(tmp_path / "nlu")


def test_the_report_says_all_that_is_hard_and_counts_the_rest(tmp_path, domain, write):
    write("greet", GREETINGS[:3], head="")
    found = data_check.check(tmp_path / "nlu", domain)
    report = json.loads(data_report.as_json(found))
    assert (report["hard"], report["warnings"]) == (1, 1)
    console = Console(record=True, width=120, file=None, quiet=False)
    with console.capture() as captured:
        data_report.show(found, console)
    assert "thin cell" in captured.get()
    assert "1 that mislead the model, 1 to look at" in captured.get()


@pytest.mark.parametrize(("hard", "code"), [(True, 1), (False, 0)])
def test_the_command_fails_on_hard_findings_alone(monkeypatch, hard, code):
    monkeypatch.setattr(data_check, "check", lambda: [data_check.Finding("a kind", hard, "en/greet.yml", "A fault.")])
    result = CliRunner().invoke(cli.app, ["data", "check", "--json"])
    assert result.exit_code == code
    assert json.loads(result.stdout)["findings"][0]["what"] == "A fault."


def test_the_projects_own_lines_have_nothing_hard():
    files = training_lines.read()
    assert data_check.hard_findings(files, data_check.known_intents(cli.ROOT / "domain.yml")) == []
    assert all(file.says_reviewed for file in files)
