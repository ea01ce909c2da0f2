"""A database of one's own beside the tests' shared one, on the same embedded server."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import create_engine, make_url, text

from ops import migrate
from ops.servers import Servers

_serial = itertools.count()


@contextmanager
def own_database(embedded: Servers) -> Iterator[Servers]:
    """The same servers with an empty database, which is dropped in the end. Close its connections before that."""
    name = f"own_{os.getpid()}_{next(_serial)}"
    _on_server(embedded, f'create database "{name}"')
    urls = {role: _in(getattr(embedded, role), name) for role in ("owner", "app", "gate")}
    try:
        yield replace(embedded, **urls, owned=[])
    finally:
        _on_server(embedded, f'drop database "{name}"')


def _in(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _on_server(embedded: Servers, statement: str) -> None:
    engine = create_engine(migrate.synchronous(embedded.owner), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
