"""A sender's process for the drill: it kills itself in the moment between Meta's answer and the mark.

Arguments come as one JSON object.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from redis.asyncio import Redis

from commerce.database import Database, DatabaseUrls
from connectors.whatsapp.client import GraphClient, GraphConfig, Recipient
from connectors.whatsapp.sender import Sender, SenderConfig


class LastWords(GraphClient):
    """Meta takes the message, and nobody is left to write that down."""

    async def send(self, number: str, recipient: Recipient, content: dict[str, Any], callback_data: str = "") -> str:
        await super().send(number, recipient, content, callback_data)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("A killed process goes on.")


async def main(given: dict[str, str]) -> None:
    database = Database(DatabaseUrls(app=given["app"], gate=given["gate"]), pool_size=2)
    async with LastWords(GraphConfig(token=given["token"], base_url=given["meta"])) as client:
        config = SenderConfig(poll_seconds=0.05, claim_seconds=float(given["claim_seconds"]), typing=False)
        await Sender(config, database, Redis.from_url(given["redis"]), client).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
