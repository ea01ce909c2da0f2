"""How long an idle worker takes to wake: from the webhook's commit to the turn's first statement, nothing else waiting.

Both instants are Postgres's own. The row of the inbox changes when its turn is done, and its first commit time is lost
by that; so a trigger, for this measurement alone, notes each message in a row that nothing changes.
"""

import random
import time

from sqlalchemy import text

from bench import report
from bench.talk import People
from bench.traffic import Traffic

_MESSAGES = 60
_PEOPLE = 8
_LONGEST_PAUSE = 0.3
_NOTE = text("""
    create table arrived (wamid text primary key);
    create function note_arrived() returns trigger language plpgsql security definer as $$
        begin insert into arrived values (new.event_id) on conflict do nothing; return null; end
    $$;
    create trigger note_arrived after insert on inbox
        for each row when (new.kind = 'message') execute function note_arrived();
""")
_FORGET = text("drop trigger note_arrived on inbox; drop function note_arrived; drop table arrived")
_WOKE = text("""
    select extract(epoch from m.created_at - pg_xact_commit_timestamp(a.xmin)) as seconds
    from arrived a join messages m on m.wamid = a.wamid and m.direction = 'in'
""")


def idle_wake(load: Traffic) -> dict[str, float]:
    """`p50` and `p95` in milliseconds. Raises `ValueError` where no message had a turn."""
    people = People(_PEOPLE, first=600_000)
    load.at_rate(people, rate=20, seconds=2)  # a person's very first message begins in another way
    load.drain()
    with load.connect() as connection:
        connection.execute(_NOTE)
        connection.commit()
        pauses = random.Random(7)
        for _ in range(_MESSAGES):
            # At any moment between two looks, so that a worker that only looked now and then would be found out.
            time.sleep(pauses.uniform(0.05, _LONGEST_PAUSE))
            load.one(people)
            load.drain()
        found = report.spread([float(seconds) for (seconds,) in connection.execute(_WOKE)])
        connection.execute(_FORGET)
        connection.commit()
    return {"p50": found["p50_ms"], "p95": found["p95_ms"]}
