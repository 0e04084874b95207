"""Health, metrics, and the headers around every answer."""

import re

import pytest

from ideation.request_context import request_id
from ideation.staging import stage_job
from tests.api.conftest import Api
from tests.factories import NOW, make_person


async def test_ready_names_every_part(api: Api) -> None:
    response = await api.anonymous.get("/health/ready")
    expected = {"status": "ready", "database": "ok", "migrations": "ok", "redis": "ok"}
    assert (response.status_code, response.json()) == (200, expected)


async def test_pending_migration_is_not_ready(api: Api) -> None:
    removed = await api.connection.fetch("DELETE FROM schema_migrations RETURNING number, name, applied_at")
    try:
        response = await api.anonymous.get("/health/ready")
    finally:
        await api.connection.executemany("INSERT INTO schema_migrations VALUES ($1, $2, $3)", map(tuple, removed))
    assert (response.status_code, response.json()["migrations"]) == (503, f"{len(removed)} pending")


async def test_metrics_count_requests_by_route(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    await client.get("/v1/me")
    await api.anonymous.get("/v1/nowhere/at/all")
    text = (await api.anonymous.get("/metrics")).text
    assert 'ideation_http_requests_total{method="GET",route="/v1/me",status="200"} 1.0' in text
    assert 'ideation_http_requests_total{method="GET",route="unknown",status="404"} 1.0' in text
    assert 'ideation_http_request_seconds_count{method="GET",route="/v1/me"} 1.0' in text


async def test_metrics_tell_how_jobs_and_connections_are(api: Api) -> None:
    await stage_job(api.connection, "find_duplicates", "waiting", NOW)
    await stage_job(api.connection, "find_duplicates", "failed", NOW)
    await api.connection.execute(
        "UPDATE staged_jobs SET enqueued_at = $1, failed_at = $1 WHERE subject = 'failed'", NOW
    )
    api.clock.set(NOW.replace(minute=2))
    text = (await api.anonymous.get("/metrics")).text
    assert 'ideation_staged_jobs{state="waiting"} 1.0' in text
    assert 'ideation_staged_jobs{state="failed"} 1.0' in text
    assert "ideation_staged_job_oldest_seconds 120.0" in text
    assert re.search(r'ideation_database_connections\{pool="readers",state="idle"\} \d', text)


async def test_every_answer_carries_security_headers(api: Api) -> None:
    for path in ("/health/live", "/v1/nowhere", "/docs"):
        headers = (await api.anonymous.get(path)).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == (
            "'none'",
            "'self'",
            "'none'",
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers


@pytest.mark.parametrize(("given", "kept"), [("a-sane.id_12:3", True), ("short", False), ("bad id!!", False)])
async def test_request_id_is_taken_over_when_sane(api: Api, given: str, kept: bool) -> None:
    response = await api.anonymous.get("/v1/nowhere", headers={"X-Request-Id": given})
    assert (response.headers["x-request-id"] == given) is kept
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert request_id.get() is None


async def test_request_id_reaches_the_audit_trail(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    body = {"name": "Traced", "email": "traced@example.org", "department": "Research"}
    await client.post("/v1/people", json=body, headers={"X-Request-Id": "trace-me-123"})
    action = await api.connection.fetchval("SELECT action FROM audit_events WHERE request_id = 'trace-me-123'")
    assert action == "person.create"
