"""Signed bodies in a file, and the two generators that post them: `wrk`, and one of ours for where it is missing."""

import asyncio
import json
import multiprocessing
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench import report, webhooks
from bench.talk import NUMBERS, phone

_SCRIPT = Path(__file__).with_name("ingress.lua")
_THREADS = 2
_PEOPLE = 5_000


@dataclass(frozen=True, slots=True)
class Result:
    """What a generator saw. `refused` are answers other than 200, `errors` are requests without an answer."""

    posts: int
    seconds: float
    refused: int
    errors: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


def prepare(file: Path, secret: str, batch: int, count: int) -> None:
    """Writes `count` distinct bodies of `batch` messages, a line each: the signature, a space, the body."""
    with file.open("wb") as out:
        for index in range(count):
            body = webhooks.envelope([_message(index * batch + place) for place in range(batch)])
            out.write(webhooks.signature(body, secret).encode() + b" " + body + b"\n")


def _message(index: int) -> dict[str, object]:
    return webhooks.text_message(NUMBERS[index % len(NUMBERS)], phone(index % _PEOPLE), "Sawubona")[1]


def with_wrk(url: str, file: Path, seconds: float, connections: int) -> Result:
    """Posts each line once, or stops where they run out. Raises `RuntimeError` with what wrk said where it failed."""
    result = file.with_suffix(".result")
    environment = {**os.environ, "WRK_RESULT": str(result), "WRK_THREADS": str(_THREADS)}
    command = [
        "wrk", "-t", str(_THREADS), "-c", str(connections), "-d", f"{max(1, round(seconds))}s", "--timeout", "30s",
        "-s", str(_SCRIPT), url, "--", str(file), webhooks.PATH,
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not result.exists():
        raise RuntimeError(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    found = Result(**json.loads(result.read_text()))
    result.unlink()
    return found


def with_own_load(url: str, file: Path, seconds: float, connections: int) -> Result:
    """The same from a process of ours."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_own_load, (url + webhooks.PATH, file, seconds, connections))


def _own_load(url: str, file: Path, seconds: float, connections: int) -> Result:
    return asyncio.run(_post_all(url, file, seconds, connections))


async def _post_all(url: str, file: Path, seconds: float, connections: int) -> Result:
    lines = read(file)
    took: list[float] = []
    refused = errors = 0
    began = time.perf_counter()

    async def client(http: aiohttp.ClientSession) -> None:
        nonlocal refused, errors
        while time.perf_counter() - began < seconds and (line := next(lines, None)) is not None:
            signature, body = line
            headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
            before = time.perf_counter()
            try:
                async with http.post(url, data=body, headers=headers) as response:
                    await response.read()
                    refused += response.status != 200
            except aiohttp.ClientError:
                errors += 1
                continue
            took.append(time.perf_counter() - before)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as http:
        await asyncio.gather(*(client(http) for _ in range(connections)))
    return Result(len(took), time.perf_counter() - began, refused, errors, **report.spread(took))


def read(file: Path) -> Iterator[tuple[str, bytes]]:
    """The lines of `prepare`: (signature, body)."""
    with file.open("rb") as lines:
        for line in lines:
            signature, _, body = line.rstrip(b"\n").partition(b" ")
            yield signature.decode(), body
