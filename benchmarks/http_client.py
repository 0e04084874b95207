"""A load generator for HTTP/1.1 that costs little itself: raw connections, requests written out beforehand."""

import asyncio
import math
import re
import time
from collections.abc import Iterator, Sequence
from typing import cast

import msgspec

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class LoadResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of requests came to; latencies in milliseconds."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failures: int
    # Due after the run was given up.
    unsent: int = 0
    # The first answer that was not a success, to show what went wrong.
    failure: str

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return self.requests / self.seconds


def request_bytes(method: str, path: str, *, token: str = "", body: object = None) -> bytes:
    """One request, ready to be sent."""
    content = b"" if body is None else msgspec.json.encode(body)
    lines = [f"{method} {path} HTTP/1.1", "host: benchmark", f"content-length: {len(content)}"]
    if content:
        lines.append("content-type: application/json")
    if token:
        lines.append(f"authorization: Bearer {token}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


async def run_load(
    port: int, requests: Sequence[bytes], *, connections: int, per_second: float | None = None
) -> LoadResult:
    """Send all requests over so many connections: as fast as answers come, or at a steady rate.

    At a steady rate a latency counts from when the request was due, so that waiting behind a slow one shows.
    """
    run = await _run(port, requests, connections, per_second, None)
    return run.result(range(len(requests)))


async def run_mixed(
    port: int,
    requests: Sequence[tuple[str, bytes]],
    *,
    connections: int,
    per_second: float,
    give_up_seconds: float,
) -> tuple[LoadResult, dict[str, LoadResult]]:
    """Send requests of several kinds at a steady rate; the figures of all, and of each kind."""
    run = await _run(port, [content for _, content in requests], connections, per_second, give_up_seconds)
    numbers: dict[str, list[int]] = {}
    for number, (kind, _) in enumerate(requests):
        numbers.setdefault(kind, []).append(number)
    by_kind = {kind: run.result(theirs) for kind, theirs in sorted(numbers.items())}
    return run.result(range(len(requests))), by_kind


async def _run(
    port: int,
    requests: Sequence[bytes],
    connections: int,
    per_second: float | None,
    give_up_seconds: float | None,
) -> "_Run":
    run = _Run(requests, per_second, give_up_seconds)
    loop = asyncio.get_running_loop()
    lanes = [await loop.create_connection(lambda: _Lane(run), "127.0.0.1", port) for _ in range(connections)]
    run.start()
    for _, lane in lanes:
        lane.send_next()
    await asyncio.gather(*(lane.done for _, lane in lanes))
    run.end()
    for transport, _ in lanes:
        transport.close()
    return run


class _Run:
    """What all connections of one run share."""

    def __init__(self, requests: Sequence[bytes], per_second: float | None, give_up_seconds: float | None) -> None:
        self.interval = 0.0 if per_second is None else 1 / per_second
        # Seconds by the number of the request.
        self.latencies: dict[int, float] = {}
        self.failures: dict[int, bytes] = {}
        self._requests: Iterator[tuple[int, bytes]] = enumerate(requests)
        self._give_up_seconds = give_up_seconds
        self._started = 0.0
        self._seconds = 0.0

    def start(self) -> None:
        """The clock runs from here."""
        self._started = time.perf_counter()

    def end(self) -> None:
        """All is answered."""
        self._seconds = time.perf_counter() - self._started

    def next_request(self) -> tuple[int, float, bytes] | None:
        """Its number, when it is due, and what to send."""
        if self._give_up_seconds is not None and time.perf_counter() - self._started > self._give_up_seconds:
            return None
        found = next(self._requests, None)
        return None if found is None else (found[0], self._started + found[0] * self.interval, found[1])

    def result(self, numbers: Sequence[int]) -> LoadResult:
        """The figures of these requests, once the run has ended."""
        ordered = sorted(self.latencies[number] for number in numbers if number in self.latencies)
        failures = [self.failures[number] for number in numbers if number in self.failures]
        return LoadResult(
            requests=len(ordered),
            seconds=self._seconds,
            p50_ms=ordered[len(ordered) // 2] * 1000 if ordered else math.nan,
            p99_ms=ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000 if ordered else math.nan,
            failures=len(failures),
            unsent=len(numbers) - len(ordered),
            failure=failures[0].decode(errors="replace")[:1000] if failures else "",
        )


class _Lane(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, run: _Run) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._number = 0
        self._sent_at = 0.0
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        # uvloop's transport is none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server closed the connection, or we did."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def send_next(self) -> None:
        """Send the next request when it is due, or end."""
        found = self._run.next_request()
        if found is None:
            self.done.set_result(None)
            return
        self._number, due, request = found
        wait = due - time.perf_counter() if self._run.interval else 0.0
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._send, request, due)
        else:
            self._send(request, due if self._run.interval else time.perf_counter())

    def data_received(self, data: bytes) -> None:
        """Collect one whole answer."""
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, head_end + 2)
        if len(self._buffer) < head_end + 4 + (int(length[1]) if length else 0):
            return
        self._run.latencies[self._number] = time.perf_counter() - self._sent_at
        if self._buffer[9:10] != b"2":
            self._run.failures[self._number] = self._buffer
        self._buffer = b""
        self.send_next()

    def _send(self, request: bytes, counted_from: float) -> None:
        assert self._transport is not None
        self._sent_at = counted_from
        self._transport.write(request)
