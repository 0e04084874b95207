"""Rankings and jobs over HTTP."""

from datetime import timedelta
from uuid import UUID

from ideation.entities.jobs import AnalysisKind
from ideation.ids import new_id
from ideation.queries import jobs as job_queries
from ideation.staging import stage_job
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person


async def make_ranking(api: Api, challenge_id: UUID, ideas: int) -> UUID:
    ranking_id = new_id()
    sizes = {"shortlist_size": 1, "seed": 1, "inputs": b"", "inputs_sha256": "x", "idea_count": ideas}
    ranking = {"id": ranking_id, "challenge_id": challenge_id, "kind": "interim", "formula_version": "x"}
    await insert(api.connection, "rankings", **ranking, **sizes, created_at=NOW)
    for position in range(1, ideas + 1):
        entry = {"score": 0.5, "score_low": 0.4, "score_high": 0.6, "rank_low": 1, "rank_high": ideas, "band": 1}
        idea_id = await make_idea(api.connection, challenge_id)
        ids = {"ranking_id": ranking_id, "idea_id": idea_id, "position": position}
        contributions = {"reasons": ["Nobody has answered it yet."]}
        await insert(
            api.connection, "ranking_entries", **ids, **entry, probability_top=0.5, contributions=contributions
        )
    return ranking_id


async def make_failed_job(api: Api, subject: UUID) -> UUID:
    job_id = await stage_job(api.connection, "rank_challenge", subject, NOW)
    await api.connection.execute(
        "UPDATE staged_jobs SET enqueued_at = $2, attempts = 5, failed_at = $2, error = 'no' WHERE id = $1", job_id, NOW
    )
    return job_id


async def test_owner_reads_the_ranking_page_by_page(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    owner = await api.client_for(owner_id)
    assert (await owner.get(f"/v1/challenges/{challenge_id}/rankings/latest")).status_code == 404
    ranking_id = await make_ranking(api, challenge_id, 3)
    latest = (await owner.get(f"/v1/challenges/{challenge_id}/rankings/latest?kind=interim")).json()
    assert (latest["id"], latest["idea_count"]) == (str(ranking_id), 3)
    assert (await owner.get(f"/v1/rankings/{ranking_id}")).json() == latest
    assert (await owner.get(f"/v1/challenges/{challenge_id}/rankings")).json() == {
        "items": [latest],
        "next_cursor": None,
    }
    path = f"/v1/rankings/{ranking_id}/entries"
    first = (await owner.get(path, params={"limit": 2})).json()
    second = (await owner.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [entry["position"] for entry in [*first["items"], *second["items"]]] == [1, 2, 3]
    assert second["next_cursor"] is None


async def test_what_the_panel_always_sees_is_listed_with_titles(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    idea_id = await make_idea(api.connection, challenge_id, title="Bikes")
    sizes = {"shortlist_size": 1, "seed": 1, "inputs": b"", "inputs_sha256": "x", "idea_count": 1}
    ranking = {"id": new_id(), "challenge_id": challenge_id, "kind": "closing", "formula_version": "x"}
    seen = {"idea_id": str(idea_id), "why": "unlike the other ideas, and scored low"}
    await insert(api.connection, "rankings", **ranking, **sizes, summary={"always_see": [seen]}, created_at=NOW)
    path = f"/v1/rankings/{ranking['id']}/always-see"
    assert (await (await api.client_for(owner_id)).get(path)).json() == [seen | {"title": "Bikes"}]
    employee = await api.client_for(await make_person(api.connection))
    assert (await employee.get(path)).status_code == 403
    assert (await (await api.client_for(owner_id)).get(f"/v1/rankings/{new_id()}/always-see")).status_code == 404


async def test_ranking_is_not_for_everybody(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    ranking_id = await make_ranking(api, challenge_id, 1)
    employee = await api.client_for(await make_person(api.connection))
    outsider = await api.client_for(await make_person(api.connection, active=True, department="Elsewhere"))
    await api.connection.execute("UPDATE challenges SET audience_sites = '{Oslo}' WHERE id = $1", challenge_id)
    await api.connection.execute("UPDATE people SET site = 'Rome' WHERE department = 'Elsewhere'")
    for path in (f"/v1/challenges/{challenge_id}/rankings", f"/v1/rankings/{ranking_id}/entries"):
        assert (await employee.get(path)).status_code == 403
        assert (await outsider.get(path)).status_code == 404
        assert (await api.anonymous.get(path)).status_code == 401
    assert (await employee.get(f"/v1/challenges/{challenge_id}/rankings/latest?kind=best")).status_code == 400


async def test_administrator_lists_and_retries_failed_jobs(api: Api) -> None:
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    job_id = await make_failed_job(api, new_id())
    waiting_id = await stage_job(api.connection, "rank_challenge", new_id(), NOW)
    failed = (await administrator.get("/v1/jobs?state=failed")).json()["items"]
    assert [(job["id"], job["state"], job["error"]) for job in failed] == [(str(job_id), "failed", "no")]
    retried = await administrator.post(f"/v1/jobs/{job_id}/retry")
    assert (retried.status_code, retried.json()["state"], retried.json()["attempts"]) == (200, "waiting", 0)
    assert (await administrator.post(f"/v1/jobs/{job_id}/retry")).status_code == 409
    assert (await administrator.post(f"/v1/jobs/{waiting_id}/retry")).status_code == 409
    assert (await administrator.post(f"/v1/jobs/{new_id()}/retry")).status_code == 404
    assert len((await administrator.get("/v1/jobs")).json()["items"]) == 2


async def test_jobs_are_for_administrators(api: Api) -> None:
    employee = await api.client_for(await make_person(api.connection, roles=["moderator"]))
    job_id = await make_failed_job(api, new_id())
    assert (await employee.get("/v1/jobs")).status_code == 403
    assert (await employee.post(f"/v1/jobs/{job_id}/retry")).status_code == 403
    assert (await api.anonymous.get("/v1/jobs")).status_code == 401


async def test_owner_sees_freshness_and_what_failed(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    idea_id = await make_idea(api.connection, challenge_id)
    jobs = [await make_failed_job(api, subject) for subject in (challenge_id, idea_id)]
    good, bad = NOW - timedelta(minutes=30), NOW - timedelta(minutes=10)
    run_id = await job_queries.start_analysis(api.connection, challenge_id, AnalysisKind.RANKING, good)
    await job_queries.finish_analysis(api.connection, run_id, good, idea_count=1, details={})
    run_id = await job_queries.start_analysis(api.connection, challenge_id, AnalysisKind.RANKING, bad)
    await job_queries.fail_analysis(api.connection, run_id, bad, "ValueError: no")
    await job_queries.start_analysis(api.connection, challenge_id, AnalysisKind.THEMES, bad)
    await job_queries.start_analysis(api.connection, challenge_id, AnalysisKind.DUPLICATES, NOW - timedelta(days=1))
    owner = await api.client_for(owner_id)
    state = (await owner.get(f"/v1/challenges/{challenge_id}/analysis")).json()
    analyses = {analysis.pop("kind"): analysis for analysis in state["analyses"]}
    nothing = dict.fromkeys(
        ("last_finished_at", "idea_count", "expected_seconds", "running_since", "last_error", "last_error_at")
    )
    ranked = {"last_finished_at": "2026-03-02T08:30:00Z", "idea_count": 1, "expected_seconds": 0.0}
    failed = {"last_error": "ValueError: no", "last_error_at": "2026-03-02T08:50:00Z"}
    assert analyses["ranking"] == nothing | ranked | failed
    assert analyses["themes"] == nothing | {"running_since": "2026-03-02T08:50:00Z"}
    assert analyses["duplicates"] == nothing
    assert {job["id"] for job in state["failed_jobs"]} == {str(job_id) for job_id in jobs}
    employee = await api.client_for(await make_person(api.connection))
    assert (await employee.get(f"/v1/challenges/{challenge_id}/analysis")).status_code == 403
