"""A service that is quick and may fail, and a load generator: both by asyncio alone, so that neither is what is measured.

`python -m support.relay_load PORT FAIL LOG` is the service, in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import select
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
NOT_SENT = (0, 429, 503)
"""After these a call is made again, and not answered from memory; what is too much also meets a repetition."""
_BODY = b'{"status":"taken"}'


@dataclass
class Load:
    """What came of a load: the latencies in seconds, and the statuses; 0 is a closed connection."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    answers: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def at(self, share: float) -> float:
        """The latency that this share of the answers does not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1_000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Caller:
    """One connection that is kept, and opened again where it was closed."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def call(self, request: bytes) -> int:
        """Return the status of the answer; 0 where there is no whole one."""
        try:
            if self._was_closed():
                self.close()
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
            assert self.reader is not None
            self.writer.write(request)
            head = await self.reader.readuntil(b"\r\n\r\n")
            found = _LENGTH.search(head)
            await self.reader.readexactly(int(found[1]) if found else 0)
            if b"connection: close" in head.lower():
                self.close()
            return int(head.split(b" ", 2)[1])
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0

    def _was_closed(self) -> bool:
        """Whether the other side has closed it meanwhile: every client looks before it writes."""
        if self.reader is None or self.writer is None:
            return False
        look = select.poll()
        look.register(self.writer.get_extra_info("socket").fileno(), select.POLLIN)
        return self.reader.at_eof() or bool(look.poll(0))

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def request_bytes(path: str, body: bytes, **headers: str) -> bytes:
    """One POST, as it is written to a connection."""
    lines = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def closed_loop(port: int, request: bytes, callers: int, seconds: float) -> Load:
    """So many callers, each of which calls again as soon as it has its answer."""
    load = Load()
    begin = time.perf_counter()
    end = begin + seconds

    async def one() -> None:
        caller = Caller("127.0.0.1", port)
        while (before := time.perf_counter()) < end:
            load.statuses[await caller.call(request)] += 1
            load.latencies.append(time.perf_counter() - before)
        caller.close()

    await asyncio.gather(*(one() for _ in range(callers)))
    load.seconds = time.perf_counter() - begin
    return load


async def at_a_rate(
    port: int,
    path: str,
    rate: float,
    seconds: float,
    *,
    repeat: float = 0.0,
    most: int = 64,
    params: Any = None,
    **headers: str,
) -> Load:
    """So many calls in a second, whatever becomes of them; each with a key of its own, a share of them twice.

    The text of a call is its key, so that the service's log says how often each was sent.

    A call's latency begins when it was due, so that a queue before the server counts.
    """
    load = Load()
    free: list[Caller] = [Caller("127.0.0.1", port) for _ in range(most)]
    begin = time.perf_counter()
    tasks: set[asyncio.Task[None]] = set()

    async def one(number: int, due: float) -> None:
        caller = free.pop() if free else Caller("127.0.0.1", port)
        key = f"key-{number}"
        request = request_bytes(
            path, json.dumps({**(params or {}), "text": key}).encode(), Idempotency_Key=key, **headers
        )
        status = await caller.call(request)
        load.latencies.append(time.perf_counter() - due)
        load.statuses[status] += 1
        load.answers[key] = status
        if random.random() < repeat:
            again = await caller.call(request)
            if status not in NOT_SENT and again not in (status, *NOT_SENT):
                load.wrong.append(f"{key}: first {status}, then {again}")
        free.append(caller)

    for number in range(int(rate * seconds)):
        due = begin + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        task = asyncio.create_task(one(number, due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    load.seconds = time.perf_counter() - begin
    for caller in free:
        caller.close()
    return load


async def serve(port: int, fail: float, log: Path | None) -> None:
    """Answer each POST with 200, a share of them with 500; write the text of each into a log, before it is answered."""
    lines = log.open("ab", buffering=0) if log else None

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = _LENGTH.search(head)
                body = await reader.readexactly(int(found[1]) if found else 0)
                if lines:
                    lines.write(json.dumps(json.loads(body).get("text")).encode() + b"\n")
                status = b"500 Internal Server Error" if random.random() < fail else b"200 OK"
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    % (status, len(_BODY), _BODY)
                )
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(
        serve(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
    )
