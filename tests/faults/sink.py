"""A mail server that misbehaves on purpose, as a process of its own: what it took is in a file.

``python sink.py PORT FILE SEED NAME=VALUE…``. Each line of the file is
``seconds fate recipient message-id``, seconds of the machine's monotonic clock; ``fate`` is told
(the reply was written), lost (it was not, and the connection ended), refused or deferred (not
taken).
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
import time
from dataclasses import dataclass, fields

_TO = re.compile(rb"RCPT TO:<([^>]+)>", re.IGNORECASE)
_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_LARGEST = 4_000_000  # octets
_SOME = 2000  # octets of a body, less than any message has


@dataclass
class Manners:
    """Shares of messages, but for what says otherwise."""

    before: float = 0.0  # disconnected before DATA is answered
    middle: float = 0.0  # disconnected in the middle of the body
    after: float = 0.0  # disconnected after the final dot, the message thrown away
    lose: float = 0.0  # disconnected after the final dot, the message kept
    later: float = 0.0  # put off with 4xx: half of them at RCPT, half after the final dot
    never: float = 0.0  # refused for good with 550 5.1.1
    closing: int = 0  # 421 to the message after so many
    down_after: int = 0  # messages after which it is away, once
    down_for: float = 0.0  # seconds
    slow: float = 0.0  # seconds before each reply to a final dot


class Ended(Exception):
    """The connection is over, as this server wanted it."""


class Sink:
    def __init__(self, port: int, path: str, seed: int, manners: Manners) -> None:
        self.port, self.manners, self.dice = port, manners, random.Random(seed)
        self.file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self.taken = self.begun = 0
        self.away = False
        self.open: set[asyncio.StreamWriter] = set()

    async def serve(self) -> None:
        while True:
            server = await asyncio.start_server(
                self.greet, "127.0.0.1", self.port, limit=_LARGEST, backlog=200
            )
            while not self.away:
                await asyncio.sleep(0.01)
            server.close()
            for writer in list(self.open):
                writer.close()
            await asyncio.sleep(self.manners.down_for)
            self.away, self.manners.down_after = False, 0

    def keep(self, fate: str, to: bytes, message_id: bytes = b"-") -> None:
        line = b"%.6f %s %s %s\n" % (time.monotonic(), fate.encode(), to, message_id)
        os.write(self.file, line)

    def chance(self, share: float) -> bool:
        return bool(share) and self.dice.random() < share

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            writer.write(b"220 here\r\n")
            await self.talk(reader, writer)
        except Ended:
            pass
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client was killed: that is what it is here for
        finally:
            self.open.discard(writer)
            writer.close()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = b""
        while True:
            line = await reader.readuntil(b"\r\n")
            if line[:4].upper() == b"EHLO":
                writer.write(b"250-here\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
            elif line[:4].upper() == b"MAIL":
                self.begun += 1
                if self.manners.closing and self.begun % self.manners.closing == 0:
                    writer.write(b"421 4.3.2 not now\r\n")
                    await self.part(reader, writer)
                to = b""
                writer.write(b"250 2.1.0 ok\r\n")
            elif found := _TO.match(line):
                to = self.recipient(found[1], writer)
            elif line[:4].upper() == b"DATA" and not to:
                writer.write(b"503 5.5.1 nobody to send it to\r\n")
            elif line[:4].upper() == b"DATA":
                await self.message(to, reader, writer)
            elif line[:4].upper() == b"QUIT":
                writer.write(b"221 bye\r\n")
                raise Ended
            else:
                writer.write(b"250 2.0.0 ok\r\n")

    def recipient(self, to: bytes, writer: asyncio.StreamWriter) -> bytes:
        """Who it is for; nobody when they are refused."""
        if self.chance(self.manners.never):
            self.keep("refused", to)
            writer.write(b"550 5.1.1 unknown\r\n")
            return b""
        if self.chance(self.manners.later / 2):
            self.keep("deferred", to)
            writer.write(b"451 4.3.0 later\r\n")
            return b""
        writer.write(b"250 2.1.5 ok\r\n")
        return to

    async def message(
        self, to: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One message: its body, and what becomes of it."""
        if self.chance(self.manners.before):
            await self.part(reader, writer)
        writer.write(b"354 go on\r\n")
        if self.chance(self.manners.middle):
            await reader.readexactly(_SOME)
            self.break_off(writer)
        data = await reader.readuntil(b"\r\n.\r\n")
        found = _ID.search(data)
        message_id = found[1] if found else b"none"
        if self.manners.slow:
            await asyncio.sleep(self.manners.slow)
        if self.away or self.chance(self.manners.after):
            self.break_off(writer)
        if self.chance(self.manners.later / 2):
            self.keep("deferred", to)
            writer.write(b"452 4.2.2 later\r\n")
            return
        if self.chance(self.manners.lose):
            self.keep("lost", to, message_id)
            self.break_off(writer)
        self.keep("told", to, message_id)
        writer.write(b"250 2.0.0 taken\r\n")
        self.taken += 1
        if self.taken == self.manners.down_after:
            self.away = True

    async def part(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """End the connection so that what was said before still arrives: no reset while the client
        has sent more than we read."""
        writer.write_eof()
        while await reader.read(65_536):
            pass
        raise Ended

    def break_off(self, writer: asyncio.StreamWriter) -> None:
        """End the connection as a crash would. What was said before this message has arrived: the
        client read it before it sent the body."""
        writer.transport.abort()
        raise Ended


def main(arguments: list[str]) -> None:
    port, path, seed, *given = arguments
    kinds = {field.name: field.type for field in fields(Manners)}
    named = dict(one.split("=") for one in given)
    manners = Manners(**{n: (int if kinds[n] == "int" else float)(v) for n, v in named.items()})
    asyncio.run(Sink(int(port), path, int(seed), manners).serve())


if __name__ == "__main__":
    main(sys.argv[1:])
