"""Who works on which partition: workers that live share them, each under a lease with a fencing token.

A worker that says nothing for `_SILENCE` counts as gone; its partitions are free when their leases run out, a little
later, and the others take them. A worker that joins makes the others' part smaller: they give back what is over it.
"""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.inbox.models import PARTITIONS

LEASE = timedelta(seconds=3.5)
"""With a renewal each second, partitions of a worker that died are at work again elsewhere within five."""

_SILENCE = timedelta(seconds=3)
"""Shorter than a lease, so that whoever takes over a dead worker's partitions no longer leaves it a part of them."""

_FORGET = text("delete from workers where seen_at < now() - cast(:silence as interval)")
_ANNOUNCE = text("""
    insert into workers (owner, seen_at) values (:owner, now())
    on conflict (owner) do update set seen_at = excluded.seen_at
""")
_RENEW = text("update partitions set leased_until = now() + :lease where owner = :owner returning number, fence")
_TAKE = text("""
    with free as (
        select number from partitions
        where owner <> :owner and leased_until < now()
        order by number limit :most
        for update skip locked
    )
    update partitions p set fence = p.fence + 1, owner = :owner, leased_until = now() + :lease
    from free where p.number = free.number
    returning p.number, p.fence
""")
_GIVE_BACK = text("""
    with given as (
        select number from partitions where owner = :owner and number = any(:numbers)
        for update skip locked
    )
    update partitions p set owner = '', fence = p.fence + 1, leased_until = now()
    from given where p.number = given.number
    returning p.number
""")


async def announce(gate: AsyncSession, owner: str) -> int:
    """Says that this worker lives. Returns its fair part: how many partitions it should hold at most."""
    await gate.execute(_FORGET, {"silence": _SILENCE})
    await gate.execute(_ANNOUNCE, {"owner": owner})
    living: int = (await gate.execute(text("select count(*) from workers"))).scalar_one()
    return -(-PARTITIONS // living)


async def lease(gate: AsyncSession, owner: str, most: int = PARTITIONS) -> dict[int, int]:
    """Renews what `owner` holds, takes what is free, and gives back what is over `most`.

    Returns partition → fence for all that it now holds. A partition is free when its lease ran out; its fence rises
    only when it changes hands, which a partition with a turn under way does not.
    """
    held = {row.number: row.fence for row in await gate.execute(_RENEW, {"owner": owner, "lease": LEASE})}
    if len(held) < most:
        taken = await gate.execute(_TAKE, {"owner": owner, "most": most - len(held), "lease": LEASE})
        held |= {row.number: row.fence for row in taken}
    elif len(held) > most:
        over = sorted(held)[most:]
        for number in (await gate.execute(_GIVE_BACK, {"owner": owner, "numbers": over})).scalars():
            del held[number]
    return held


async def release(gate: AsyncSession, owner: str) -> None:
    """Gives every partition of `owner` back at once, when a worker stops in good order."""
    await gate.execute(
        text("update partitions set owner = '', fence = fence + 1, leased_until = now() where owner = :owner"),
        {"owner": owner},
    )
    await gate.execute(text("delete from workers where owner = :owner"), {"owner": owner})
