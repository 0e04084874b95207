"""Administration and the profile."""

import pytest

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.web.conftest import MakeBrowser

PAGES = ["/admin", "/admin/policy", "/admin/audit", "/admin/jobs", "/admin/settings"]


@pytest.mark.parametrize("path", PAGES)
async def test_administration_is_for_administrators(browser_of: MakeBrowser, path: str) -> None:
    await (await browser_of(roles=["administrator"])).open(path)
    for roles in ([], ["moderator", "challenge_owner", "reviewer"]):
        await (await browser_of(roles=roles)).open(path, status=403)


async def test_person_is_added_given_roles_and_a_link(api: Api, browser_of: MakeBrowser) -> None:
    administrator = await browser_of(roles=["administrator"])
    page = await administrator.open("/admin")
    refused = await administrator.send(page.form("/admin", ""), name="Uma Ode", email="nonsense", department="")
    assert refused.status == 422
    assert refused.form("/admin").values["name"] == "Uma Ode"
    typed: dict[str, str | list[str]] = {
        "name": "Uma Ode",
        "email": "uma@example.org",
        "department": "Sales",
        "roles": ["reviewer", "moderator"],
    }
    added = await administrator.send(refused.form("/admin"), typed)
    again = await administrator.send((await administrator.open("/admin")).form("/admin"), typed)
    assert again.status == 422
    page = await administrator.follow(added)
    place = added.location
    page = await administrator.follow(
        await administrator.send(page.form(place, "roles"), button="roles", roles="reviewer")
    )
    link = await administrator.send(page.form(place, "link"), button="link")
    assert "/sign-in/idl_" in link.html
    page = await administrator.follow(await administrator.send(page.form(place, "deactivate"), button="deactivate"))
    assert "No access" in page.text
    history = await administrator.open(next(link for link in page.links if link.startswith("/admin/audit?")))
    assert "person.deactivate" in history.text
    found = await administrator.open("/admin?q=uma@example.org&role=reviewer")
    assert "Uma Ode" in found.text


async def test_policy_is_published_once(api: Api, browser_of: MakeBrowser) -> None:
    administrator = await browser_of(roles=["administrator"])
    page = await administrator.open("/admin/policy")
    empty = await administrator.send(page.form("/admin/policy"), title="", body="")
    assert empty.status == 422
    sent = await administrator.send(empty.form("/admin/policy"), title="Rules", body="Be kind.")
    assert sent.status == 303
    person_id = administrator.person_id
    await api.connection.execute(
        "INSERT INTO policy_acceptances SELECT $1, max(version), $2 FROM policies", person_id, NOW
    )
    page = await administrator.open("/admin/policy")
    same = await administrator.send(page.form("/admin/policy"), title="Rules", body="Be kind.")
    assert same.status == 422
    assert same.form("/admin/policy").values["body"] == "Be kind."


async def test_failed_job_is_shown_and_tried_again(api: Api, browser_of: MakeBrowser) -> None:
    administrator = await browser_of(roles=["administrator"])
    job_id = await make_person(api.connection)
    await insert(
        api.connection,
        "staged_jobs",
        id=job_id,
        job="find_duplicates",
        subject="an idea",
        staged_at=NOW,
        not_before=NOW,
        enqueued_at=NOW,
        failed_at=NOW,
        error="It broke.",
    )
    page = await administrator.open("/admin/jobs?state=failed")
    assert "Find duplicates find_duplicates an idea" in page.text
    assert "It broke." in page.text
    again = await administrator.send(page.form(f"/admin/jobs/{job_id}"))
    assert again.status == 303
    assert "It broke." not in (await administrator.open("/admin/jobs?state=failed")).text


async def test_jobs_name_their_challenge_and_link_to_it(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id = await make_challenge(api.connection, question="Which <b> jobs?")
    idea_id = await make_idea(api.connection, challenge_id)
    await api.connection.execute("DELETE FROM staged_jobs")
    for job, subject in (
        ("rank_challenge", str(challenge_id)),
        ("find_duplicates", str(idea_id)),
        ("fit_duplicate_model", "installation"),
        ("split_theme", str(new_id())),
    ):
        about = {"job": job, "subject": subject, "staged_at": NOW, "not_before": NOW}
        await insert(api.connection, "staged_jobs", id=new_id(), **about)
    page = await (await browser_of(roles=["administrator"])).open("/admin/jobs")
    assert page.links.count(f"/challenges/{challenge_id}") == 2
    assert "Rank by the crowd Which <b> jobs? rank_challenge Waiting" in page.text
    assert f"Find duplicates Which <b> jobs? find_duplicates {idea_id} Waiting" in page.text
    assert "Learn from verdicts on duplicates fit_duplicate_model installation Waiting" in page.text


async def test_settings_show_no_secret(api: Api, browser_of: MakeBrowser) -> None:
    page = await (await browser_of(roles=["administrator"])).open("/admin/settings")
    assert "IDEATION_SESSION_HOURS" in page.text
    for secret in (api.settings.secret_key, api.settings.database_url, api.settings.redis_url):
        assert secret not in page.html


async def test_token_is_shown_once_works_and_ends(api: Api, browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    page = await browser.open("/profile")
    refused = await browser.send(page.form("/profile/tokens"), name="", days="many")
    assert refused.status == 422
    assert "This is not a number." in refused.text
    made = await browser.send(refused.form("/profile/tokens"), name="script", scopes=["read", "take_part"], days="7")
    token = made.html.split("<code>idt_")[1].split("<")[0]
    client = api.client(headers={"authorization": f"Bearer idt_{token}"})
    assert (await client.get("/v1/me")).status_code == 200
    page = await browser.open("/profile")
    assert token not in page.html
    revoke = next(form for form in page.forms if form.action.startswith("/profile/tokens/"))
    assert "ended" in (await browser.follow(await browser.send(revoke))).text
    assert (await client.get("/v1/me")).status_code == 401


async def test_my_data_is_a_file_and_a_session_can_be_ended(browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    data = await browser.client.get("/profile/data")
    assert data.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert data.json()["person_id"] == str(browser.person_id)
    page = await browser.open("/profile")
    end = next(form for form in page.forms if form.action.startswith("/profile/sessions/"))
    await browser.send(end)
    await browser.open("/profile", status=303)


async def test_audit_trail_is_filtered_by_person_and_date(api: Api, browser_of: MakeBrowser) -> None:
    administrator = await browser_of(roles=["administrator"], name="Abel Actor")
    page = await administrator.open("/admin")
    await administrator.send(page.form("/admin"), name="Nora New", email="nora.new@example.org", department="Legal")
    page = await administrator.open("/admin/audit?action=person.create")
    mine = next(link for link in page.links if f"actor={administrator.person_id}" in link)
    assert "Abel Actor" in (await administrator.open(f"/admin/audit{mine}")).text
    assert "Nothing here." in (await administrator.open(f"/admin/audit{mine}&until=2020-01-01")).text
    assert "Abel Actor" in (await administrator.open(f"/admin/audit{mine}&since=2026-03-02&until=2026-03-03")).text
    odd = await administrator.open("/admin/audit?since=yesterday", status=422)
    assert 'id="since-wrong"' in odd.html
    turned = await administrator.open("/admin/audit?since=2026-03-03&until=2026-03-02", status=422)
    assert 'id="until-wrong"' in turned.html
    await (await browser_of()).open("/admin/audit?since=yesterday", status=403)


async def test_administrator_ends_the_token_of_somebody(api: Api, browser_of: MakeBrowser) -> None:
    person_id = await make_person(api.connection)
    token = await api.token_for(person_id)
    administrator = await browser_of(roles=["administrator"])
    page = await administrator.open(f"/admin/people/{person_id}")
    revoke = next(form for form in page.forms if "/tokens/" in form.action)
    assert "ended" in (await administrator.follow(await administrator.send(revoke))).text
    client = api.client(headers={"authorization": f"Bearer {token}"})
    assert (await client.get("/v1/me")).status_code == 401
    employee = await browser_of()
    assert (
        await employee.send(revoke, csrf_token=(await employee.open("/")).form("/sign-out").values["csrf_token"])
    ).status == 403
