"""The `wakala` command.

Light commands stay light: Rasa is imported only by those that need it.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ops.errors import OpsError
from ops.settings import ROOT, Settings

app = typer.Typer(
    help="Wakala: conversational commerce on WhatsApp.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
data = typer.Typer(help="Look after the training data.", no_args_is_help=True)
app.add_typer(data, name="data")
console = Console(stderr=True)
_RAW = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main() -> None:
    """Runs the command; what we expect to go wrong becomes one sentence and exit code 1."""
    try:
        app()
    except OpsError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        sys.exit(1)


@app.command()
def up(*, retrain: Annotated[bool, typer.Option(help="Train the model even where it is fresh.")] = False) -> None:
    """Set up and run the whole product: servers, schema, demo township, model, processes, simulator."""
    from ops.up import Up

    Up(Settings.from_environment(), console).run(retrain=retrain)


@app.command()
def train() -> None:
    """Train the model from data/, config.yml and domain.yml."""
    from ops import train as training

    settings = Settings.from_environment()
    with console.status("Training"):
        model, seconds = training.train(settings.model)
    console.print(f"[green]✓[/green] {model.name} after {seconds:.1f} s ({model.stat().st_size / 1e6:.1f} MB)")


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    from ops import migrate as migrations
    from ops import servers

    running = servers.start(Settings.from_environment())
    try:
        migrations.upgrade(running.owner)
    finally:
        running.stop()
    console.print("[green]✓[/green] The schema is up to date.")


@app.command()
def seed() -> None:
    """Create the demo township where it is missing."""
    from ops import demo, processes

    async def run() -> bool:
        async with processes.surroundings(Settings.from_environment(), asyncio.Event()) as around:
            return await demo.seed(around.database, demo.read())

    made = asyncio.run(run())
    console.print(
        "[green]✓[/green] " + ("The demo township is there now." if made else "The demo township was there already.")
    )


@app.command()
def chat(
    phone: Annotated[str, typer.Option(help="Your phone number, digits only.")] = "27820000099",
    name: Annotated[str, typer.Option(help="Your name.")] = "Me",
    to: Annotated[str, typer.Option(help="Which of our numbers: market, or a shop's slug.")] = "market",
) -> None:
    """Be a customer in the terminal, through the same signed webhooks. Needs `wakala up` in another terminal."""
    from ops import chat as chatting

    asyncio.run(chatting.run(Settings.from_environment(), phone=phone, name=name, to=to))


@app.command()
def parse(
    shop: Annotated[
        list[str] | None, typer.Option(help="Whose catalogue: a slug of the demo township, or all.")
    ] = None,
    *,
    taught: Annotated[Path | None, typer.Option(help="Lines and answers to try, as for `wakala teach`.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line (the only form there is).")] = True,  # noqa: ARG001 - said for the reader
) -> None:
    """Say what the bot understands of each line on standard input, as JSON."""
    from ops import parse as parsing

    parsing.run(Settings.from_environment(), shop or [], sys.stdin, taught)


@app.command()
def teach(
    file: Annotated[Path | None, typer.Argument(help="Lines and answers, see docs/teaching.md.")] = None,
    *,
    tenant: Annotated[str, typer.Option(help="Whose: the tenant's id, or the demo township's slug.")],
    compare: Annotated[bool, typer.Option(help="Show which messages would be understood otherwise.")] = False,
    live: Annotated[bool, typer.Option(help="Make the new layer the one that answers.")] = False,
    back: Annotated[bool, typer.Option(help="Make the layer live again that was live before.")] = False,
) -> None:
    """Teach a tenant's own lines and answers; compare, go live, or go back."""
    from ops import teach as teaching

    settings = Settings.from_environment()
    asyncio.run(teaching.run(settings, console, file=file, tenant=tenant, compare=compare, live=live, back=back))


@app.command()
def outbox(
    *,
    retry: Annotated[int | None, typer.Option(help="Queue this failed row again, by its seq.")] = None,
    most: Annotated[int, typer.Option(help="How many failed rows to list.")] = 50,
) -> None:
    """Show what waits to be sent and what could not be; try a failed row again."""
    from ops import outbox as letters

    asyncio.run(letters.run(Settings.from_environment(), Console(), retry=retry, most=most))


@app.command()
def inbox(
    *,
    retry: Annotated[int | None, typer.Option(help="Let this row have its turn again, by its seq.")] = None,
    retry_all: Annotated[bool, typer.Option("--retry-all", help="The same for every row that was set aside.")] = False,
    most: Annotated[int, typer.Option(help="How many rows to list.")] = 50,
) -> None:
    """Show what could not be worked on and was set aside; try it again."""
    from ops import inbox as set_aside

    asyncio.run(set_aside.run(Settings.from_environment(), Console(), retry=retry, retry_all=retry_all, most=most))


@data.command("check")
def check_data(
    *, json: Annotated[bool, typer.Option("--json", help="Every finding, as one JSON object.")] = False
) -> None:
    """Find duplicates, near-copies, foreign lines, thin and unbalanced cells. Fails on what misleads the model."""
    from ops import data_check, data_report

    found = data_check.check()
    if json:
        print(data_report.as_json(found))
    else:
        data_report.show(found, Console())
    if any(finding.is_hard for finding in found):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Check each dependency and say what is wrong."""
    from ops import doctor as checks

    results = checks.run(Settings.from_environment())
    table = Table("", "what", "finding", box=None, show_header=False)
    for result in results:
        table.add_row("[green]✓[/green]" if result.well else "[red]✗[/red]", result.what, result.finding)
    console.print(table)
    if not all(result.well for result in results):
        raise typer.Exit(1)


@app.command()
def settings() -> None:
    """Print every setting with its default. Secrets are not shown."""
    table = Table("variable", "default", "what it is for", box=None)
    for row in Settings.table():
        table.add_row(*row)
    Console().print(table)


@app.command(context_settings=_RAW)
def rasa(context: typer.Context) -> None:
    """Rasa's own commands with our runtime, such as `wakala rasa data validate`."""
    from bot import runtime

    runtime.prepare()
    sys.argv = ["rasa", *context.args]
    sys.path.insert(0, str(ROOT))
    from rasa.__main__ import main as rasa_main

    from ops.history import open_to_rasa

    with open_to_rasa(Settings.from_environment(), context.args):
        rasa_main()


@app.command()
def process(name: Annotated[str, typer.Argument(help="gateway, worker, sender, emulators or actions")]) -> None:
    """Run one process alone, as a production host does."""
    from importlib import import_module

    from ops import processes

    if name not in {"gateway", "worker", "sender", "emulators", "actions"}:
        raise OpsError(f"There is no process {name}: gateway, worker, sender, emulators or actions.")
    body = import_module(f"ops.{name}").body
    processes.run(name, Settings.from_environment(), body)


@app.command(context_settings=_RAW)
def test(context: typer.Context) -> None:
    """Pass the tests: journeys, contracts, integration, units. Arguments go to pytest."""
    sys.exit(subprocess.call([sys.executable, "-m", "pytest", *context.args], cwd=ROOT))


@app.command()
def check() -> None:
    """Lint, types and import contracts."""
    rooms = ["commerce", "bot", "actions", "connectors", "ops"]
    tools = Path(sys.executable).parent
    steps = [
        [str(tools / "ruff"), "check", "."],
        [str(tools / "ruff"), "format", "--check", "."],
        [str(tools / "mypy"), *rooms],
        [str(tools / "lint-imports")],
    ]
    failed = [step for step in steps if subprocess.call(step, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})]
    sys.exit(1 if failed else 0)
