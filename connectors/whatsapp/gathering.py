"""Many small requests in one: while one batch is under way, what is asked meanwhile waits for the next.

A single request is served at once. The more there are, the more share one statement, so that the cost of a request
falls as the load rises.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Gather(Generic[Question, Answer]):
    """`serve` answers a batch, in its order. What it raises is raised to everybody who asked in that batch."""

    def __init__(self, serve: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], *, most: int = 256) -> None:
        self._serve = serve
        self._most = most
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._server: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer to `question`. Who stops waiting does not stop the batch."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._server is None or self._server.done():
            self._server = asyncio.create_task(self._serve_all(), name="gather")
        return await answer

    async def _serve_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                answers = await self._serve([question for question, _ in batch])
            except Exception as error:  # noqa: BLE001 - it belongs to those who asked
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), answer in zip(batch, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
