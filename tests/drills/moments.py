"""Moments at which a drill strikes, made certain by Postgres: somebody's turn waits for a row, or a commit for nobody.

A commit that waits for a standby is already in the log and cannot be undone, and its client has not heard of it yet.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.drills.crowd import Talk
from tests.drills.processes import Drill
from tests.integration.product.talking import eventually

_CONVERSATION = """
    select c.id from conversations c join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
    where p.wa_id = $1 and c.phone_number_id = $2 for update of c
"""
_LAST_ANSWER = """
    select m.id from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
    where p.wa_id = $1 and c.phone_number_id = $2 and m.direction = 'out' order by m.created_at desc, m.id desc limit 1
    for update of m
"""
_WAITING = "select pid from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'"
_COMMITTING = """
    select a.pid from pg_stat_activity a join pg_locks l on l.pid = a.pid
    where a.usename = $1 and a.wait_event = 'SyncRep' and l.relation = 'inbox'::regclass and l.mode = 'RowExclusiveLock'
"""
_STILL_COMMITTING = "select pid from pg_stat_activity where wait_event = 'SyncRep'"


@asynccontextmanager
async def conversation_held(talk: Talk) -> AsyncIterator[None]:
    """Whoever takes a turn in this talk within the block stands in the middle of it."""
    async with _held(talk.drill, _CONVERSATION, talk.person.phone, talk.person.number):
        yield


@asynccontextmanager
async def answer_held(talk: Talk) -> AsyncIterator[None]:
    """Whoever sends this talk's latest answer within the block cannot mark it as sent."""
    async with _held(talk.drill, _LAST_ANSWER, talk.person.phone, talk.person.number):
        yield


@asynccontextmanager
async def inbox_held(drill: Drill) -> AsyncIterator[None]:
    """Nothing new gets into the inbox within the block."""
    async with _held(drill, "lock table inbox in share mode"):
        yield


@asynccontextmanager
async def commits_unheard(drill: Drill) -> AsyncIterator[None]:
    """Within the block commits are made and nobody hears of them; afterwards those who still live do."""
    await _set_standby(drill, "alter system set synchronous_standby_names = 'nobody'")
    try:
        yield
    finally:
        await _set_standby(drill, "alter system reset synchronous_standby_names")

        async def all_through() -> bool:
            return not await drill.ask(_STILL_COMMITTING)

        await eventually(all_through, lambda: "Commits still wait for nobody.")


async def somebody_waits(drill: Drill, role: str) -> None:
    """Returns once a connection of this role waits for a lock."""
    await eventually(lambda: drill.ask(_WAITING, role), lambda: f"No {role} came to the lock.")


async def somebody_commits(drill: Drill, role: str) -> None:
    """Returns once a connection of this role has committed something in the inbox and not heard of it."""
    await eventually(lambda: drill.ask(_COMMITTING, role), lambda: f"No {role} came to its commit.")


async def _set_standby(drill: Drill, statement: str) -> None:
    await drill.ask(statement)
    await drill.ask("select pg_reload_conf()")


@asynccontextmanager
async def _held(drill: Drill, statement: str, *values: Any) -> AsyncIterator[None]:
    connection = await asyncpg.connect(drill.servers.owner_libpq)
    try:
        async with connection.transaction():
            await connection.fetch(statement, *values)
            yield
    finally:
        await connection.close()
