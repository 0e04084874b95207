"""A load generator for HTTP/1.1 that costs little itself: raw connections, requests written out beforehand."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence

import msgspec

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class LoadResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of requests came to; latencies in milliseconds."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failures: int
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
    run = _Run(requests, per_second)
    loop = asyncio.get_running_loop()
    lanes = [await loop.create_connection(lambda: _Lane(run), "127.0.0.1", port) for _ in range(connections)]
    run.start()
    for _, lane in lanes:
        lane.send_next()
    await asyncio.gather(*(lane.done for _, lane in lanes))
    for transport, _ in lanes:
        transport.close()
    return run.result()


class _Run:
    """What all connections of one run share."""

    def __init__(self, requests: Sequence[bytes], per_second: float | None) -> None:
        self.interval = 0.0 if per_second is None else 1 / per_second
        self.latencies: list[float] = []
        self.failures: list[bytes] = []
        self._requests: Iterator[tuple[int, bytes]] = enumerate(requests)
        self._started = 0.0

    def start(self) -> None:
        """The clock runs from here."""
        self._started = time.perf_counter()

    def next_request(self) -> tuple[float, bytes] | None:
        """When it is due, and what to send."""
        found = next(self._requests, None)
        return None if found is None else (self._started + found[0] * self.interval, found[1])

    def result(self) -> LoadResult:
        """The figures once all is answered."""
        seconds = time.perf_counter() - self._started
        ordered = sorted(self.latencies)
        return LoadResult(
            requests=len(ordered),
            seconds=seconds,
            p50_ms=ordered[len(ordered) // 2] * 1000,
            p99_ms=ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000,
            failures=len(self.failures),
            failure=self.failures[0].decode(errors="replace")[:1000] if self.failures else "",
        )


class _Lane(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, run: _Run) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._sent_at = 0.0
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

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
        due, request = found
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
        self._run.latencies.append(time.perf_counter() - self._sent_at)
        if self._buffer[9:10] != b"2":
            self._run.failures.append(self._buffer)
        self._buffer = b""
        self.send_next()

    def _send(self, request: bytes, counted_from: float) -> None:
        assert self._transport is not None
        self._sent_at = counted_from
        self._transport.write(request)
