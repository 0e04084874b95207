"""What a page deep in a list costs beside its first one: the API is asked for both in turn."""

import http.client
import json
import statistics
from collections.abc import Callable

import msgspec

from benchmarks.http_client import request_bytes
from benchmarks.http_servers import Api
from benchmarks.http_world import CHALLENGE, RANKING, Size

LISTS = {
    "ranked list": f"/v1/rankings/{RANKING}/entries?",
    "list, newest": f"/v1/challenges/{CHALLENGE}/ideas?sort=newest&",
    "list, trending": f"/v1/challenges/{CHALLENGE}/ideas?sort=trending&",
}
DEEP_PAGE = 500
ITEMS = 20
ROUNDS = 5
_ITEMS_A_STEP = 100
# Whoever runs the challenge.
_TOKEN = "idt_benchmark_1"  # noqa: S105

# Processor milliseconds per request, of the API and PostgreSQL together, of so many requests.
Measure = Callable[[Api, list[bytes]], float]


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """Processor time for the first page and for a deep one, and the median of the rounds' ratios."""

    list: str
    page: int
    first_ms: float
    deep_ms: float
    ratio: float


def measure_depth(api: Api, size: Size, measure: Measure, *, requests: int) -> list[Depth]:
    """Each list at its first and at its five hundredth page, or the deepest full one it has."""
    page = min(DEEP_PAGE, size.ideas // ITEMS)
    return [_measure_list(api, name, page, measure, requests) for name in LISTS]


def _measure_list(api: Api, name: str, page: int, measure: Measure, requests: int) -> Depth:
    first = request_bytes("GET", f"{LISTS[name]}limit={ITEMS}", token=_TOKEN)
    cursor = _cursor_after(api.port, LISTS[name], (page - 1) * ITEMS)
    deep = request_bytes("GET", f"{LISTS[name]}limit={ITEMS}&cursor={cursor}", token=_TOKEN)
    for one in (first, deep):
        measure(api, [one] * requests)
    rounds = [(measure(api, [first] * requests), measure(api, [deep] * requests)) for _ in range(ROUNDS)]
    return Depth(
        list=name,
        page=page,
        first_ms=statistics.median(one for one, _ in rounds),
        deep_ms=statistics.median(other for _, other in rounds),
        ratio=statistics.median(other / one for one, other in rounds),
    )


def _cursor_after(port: int, address: str, items: int) -> str:
    """Walk through a list until so many items are behind; the cursor of the next one."""
    connection, cursor = http.client.HTTPConnection("127.0.0.1", port), ""
    while items > 0:
        step = min(items, _ITEMS_A_STEP)
        after = f"&cursor={cursor}" if cursor else ""
        connection.request("GET", f"{address}limit={step}{after}", headers={"Authorization": f"Bearer {_TOKEN}"})
        answer = json.loads(connection.getresponse().read())
        items, cursor = items - step, answer["next_cursor"]
    connection.close()
    return cursor


def print_depth(depths: list[Depth]) -> None:
    """One line a list."""
    print("CPU in ms per request of a page of 20, at the beginning and deep in a list:")
    for one in depths:
        print(
            f"{one.list:16} page 1: {one.first_ms:5.2f}   page {one.page}: {one.deep_ms:5.2f}   ratio {one.ratio:.2f}"
        )
