"""`wakala teach`: a tenant's own lines and answers, from a file; built, compared, made live, taken back.

Needs the trained model and the database, and no Rasa. Running workers notice at their next turn.
"""

import asyncio
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.nlu.base import Base, BaseMissing, open_base
from bot.nlu.normalize import fold_line
from bot.nlu.tenant_layer import TenantLayer
from bot.teach import building, lesson
from bot.teach.comparison import Comparison
from bot.teach.errors import TeachError
from commerce.errors import CommerceError
from commerce.teaching import service as teaching
from commerce.tenants.models import Tenant
from ops import demo, processes, train
from ops.errors import TeachingFailed
from ops.settings import Settings

AUTHOR = "system:teach"
_SHOWN = 30


async def run(
    settings: Settings, console: Console, *, file: Path | None, tenant: str, compare: bool, live: bool, back: bool
) -> None:
    """Does what was asked for, in one transaction. Raises `TeachingFailed` with everything that is wrong."""
    if back and (file or live):
        raise TeachingFailed("--back stands alone: it takes no file and makes nothing new live.")
    if not (file or back or compare or live):
        raise TeachingFailed("Say what to do: a FILE to teach, --compare, --live or --back.")
    async with processes.surroundings(settings, asyncio.Event()) as around:
        try:
            async with around.database.transaction(tenant_id(tenant)) as session:
                # Postgres ends a transaction that is silent for long: this one trains a layer meanwhile.
                await session.execute(text("set local idle_in_transaction_session_timeout = 0"))
                await _check_tenant(session, tenant)
                if back:
                    await _back(session, console)
                else:
                    base = open_base(train.verified(settings.model))
                    await _teach(session, base, console, file, compare=compare, live=live)
        except (BaseMissing, CommerceError, TeachError) as error:
            raise TeachingFailed(str(error)) from error


def tenant_id(name: str) -> UUID:
    """The tenant's id, from the id itself or from the slug of the demo township's tenant."""
    try:
        return UUID(name)
    except ValueError:
        return demo.tenant_id(name)


async def _check_tenant(session: AsyncSession, name: str) -> None:
    found = (await session.execute(select(Tenant.tenant_id).limit(1))).scalar()
    if found is None:
        raise TeachingFailed(f"There is no tenant {name}: give its id, or the slug of the demo township.")


async def _back(session: AsyncSession, console: Console) -> None:
    version = await teaching.roll_back(session, AUTHOR)
    now = f"Layer {version} is live again." if version else "No layer is live now: the shared model answers alone."
    console.print(f"[green]✓[/green] {now}")


async def _teach(
    session: AsyncSession, base: Base, console: Console, file: Path | None, *, compare: bool, live: bool
) -> None:
    if file is not None:
        taught = lesson.read(_text_of(file), intents=base.model.intents, answered=await teaching.answered(session))
        await building.take(session, taught, AUTHOR)
        answers = sum(len(said) for said in taught.answers.values())
        console.print(f"[green]✓[/green] {len(taught.lines)} lines and {answers} answers taught from {file.name}")
        if not taught.lines and not live and not compare:
            return
    built = await building.build(session, base, AUTHOR)
    compared = built.comparison
    console.print(
        f"[green]✓[/green] Layer {built.version}: {compared.lines} lines in {built.seconds:.2f} s, "
        f"{compared.taught} of them understood as taught"
    )
    if compare:
        show(compared, console)
    if live:
        await teaching.go_live(session, built.version, AUTHOR)
        console.print(f"[green]✓[/green] Layer {built.version} is live; workers notice at their next message.")
    else:
        console.print(f"Layer {built.version} is a draft. With --live a new one is built and made live.")


def layer_of(file: Path, base: Base) -> TenantLayer:
    """The layer of a lesson alone, for trying it out. Raises `TeachingFailed`."""
    try:
        lines = lesson.read(_text_of(file), intents=base.model.intents).lines
        return TenantLayer.train(
            base.model, base.anchors, [fold_line(line.text) for line in lines], [line.intent for line in lines]
        )
    except (TeachError, ValueError) as error:
        raise TeachingFailed(str(error)) from error


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TeachingFailed(f"{file} cannot be read: {error}.") from error


def show(compared: Comparison, console: Console) -> None:
    """Prints which messages would be understood otherwise."""
    console.print(f"{len(compared.changes)} of {compared.messages} messages would be understood otherwise.")
    table = Table("message", "before", "after", "because of", box=None)
    for change in compared.changes[:_SHOWN]:
        before, after = (f"{one.intent} {one.confidence:.2f}" for one in (change.before, change.after))
        table.add_row(change.text[:60], before, after, change.because[:40])
    if compared.changes:
        console.print(table)
    if len(compared.changes) > _SHOWN:
        console.print(f"… and {len(compared.changes) - _SHOWN} more")
