"""Brings the schema up to date with Alembic, as the owner of the database."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

_FOLDER = Path(__file__).resolve().parent / "migrations"


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for this database; the URL is SQLAlchemy's with asyncpg, as everywhere."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = synchronous(owner_url)
    return config


def upgrade(owner_url: str) -> None:
    """Applies every revision that is missing. Does nothing, quickly, when there is none."""
    command.upgrade(configuration(owner_url), "head")


def pending(owner_url: str) -> bool:
    """Whether the schema is behind this code."""
    head = ScriptDirectory.from_config(configuration(owner_url)).get_current_head()
    engine = create_engine(synchronous(owner_url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() != head
    finally:
        engine.dispose()


def synchronous(url: str) -> str:
    """The same URL for psycopg, which Alembic and DBOS use."""
    return url.replace("postgresql+asyncpg://", "postgresql+psycopg://")
