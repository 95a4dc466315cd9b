"""Asks a server over kept connections: as fast as it answers, or at a steady rate."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass
class Pulled:
    """How many answers of each status came in how many seconds; ``waits`` in milliseconds, from
    the moment at which each request was due."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        return sorted(self.waits)[int(len(self.waits) * share)]


def flat_out(port: int, request: bytes, *, seconds: float, connections: int) -> Pulled:
    """As many as are answered."""
    return asyncio.run(pull(port, request, seconds=seconds, connections=connections, rate=None))


def steadily(port: int, request: bytes, *, seconds: float, connections: int, rate: float) -> Pulled:
    """``rate`` a second, also when answers are late: what waits then is counted as waiting."""
    return asyncio.run(pull(port, request, seconds=seconds, connections=connections, rate=rate))


async def pull(
    port: int, request: bytes, *, seconds: float, connections: int, rate: float | None
) -> Pulled:
    found, taken = Pulled(), iter(range(10**9))
    started = time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            due = time.perf_counter()
            if rate is not None:
                due = started + next(taken) / rate
                await asyncio.sleep(max(0, due - time.perf_counter()))
            if due - started >= seconds:
                break
            writer.write(request)
            status = await answer(reader)
            found.statuses[status] = found.statuses.get(status, 0) + 1
            found.waits.append((time.perf_counter() - due) * 1000)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    found.seconds = time.perf_counter() - started
    return found


async def answer(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    if length and status != 304:
        await reader.readexactly(int(length))
    return status


def request(path: str, **headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
