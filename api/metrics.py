"""What Prometheus reads at /metrics."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from ideation.queries.health import StagedJobCounts

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_UNKNOWN = float("nan")


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._requests = Counter(
            "ideation_http_requests_total",
            "Requests answered, by route and status",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "ideation_http_request_seconds",
            "Time from the request's head to the end of the answer",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._pool = self._gauge("ideation_database_connections", "Connections of a pool", "pool", "state")
        self._jobs = self._gauge("ideation_staged_jobs", "Staged jobs not finished, by state", "state")
        self._oldest = self._gauge("ideation_staged_job_oldest_seconds", "How long the oldest due job has waited")

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def set_pool(self, pool: str, *, size: int, idle: int) -> None:
        """How many connections a pool has open, and how many of them nobody uses."""
        self._pool.labels(pool, "used").set(size - idle)
        self._pool.labels(pool, "idle").set(idle)

    def set_jobs(self, counts: StagedJobCounts | None) -> None:
        """How the staged jobs are; None when the database does not say."""
        self._jobs.labels("waiting").set(_UNKNOWN if counts is None else counts.waiting)
        self._jobs.labels("handed_over").set(_UNKNOWN if counts is None else counts.handed_over)
        self._jobs.labels("failed").set(_UNKNOWN if counts is None else counts.failed)
        self._oldest.set(_UNKNOWN if counts is None else counts.oldest_waiting_seconds)

    def render(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self._registry)
