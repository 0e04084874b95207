"""Personal data over HTTP and on the command line: handed out, erased, and forgotten when the settings say so."""

from datetime import timedelta

from ideation.actions.schedule import run_entry
from tests.api.conftest import Api, make_settings
from tests.factories import NOW, make_challenge, make_idea, make_person


async def test_my_data_is_the_same_file_on_the_page_and_from_the_api(api: Api) -> None:
    person = await make_person(api.connection, name="Ada Unmistakable")
    other = await make_person(api.connection, name="Bob Otherwise")
    idea = await make_idea(api.connection, await make_challenge(api.connection), person)
    browser = await api.browser_for(person)
    from_api, from_page = await browser.get("/v1/me/data"), await browser.get("/profile/data")
    assert from_page.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert from_api.json() == from_page.json()
    assert [row["id"] for row in from_api.json()["tables"]["ideas"]] == [str(idea)]
    assert "Ada Unmistakable" in from_api.text
    assert str(other) not in from_api.text


async def test_erasure_keeps_counts_and_the_threads_of_others(api: Api) -> None:
    person = await make_person(api.connection, name="Ada Unmistakable", email="ada.unmistakable@example.org")
    other = await make_person(api.connection)
    challenge = await make_challenge(api.connection, counts_hidden=False)
    idea = await make_idea(api.connection, challenge, other)
    leaving, staying = await api.client_for(person), await api.client_for(other)
    assert (await leaving.put(f"/v1/ideas/{idea}/vote", json={"answer": "yes"})).status_code == 200
    said = (await leaving.post(f"/v1/ideas/{idea}/comments", json={"body": "Well said."})).json()
    reply = {"body": "Thank you.", "parent_id": said["id"]}
    assert (await staying.post(f"/v1/ideas/{idea}/comments", json=reply)).status_code == 201
    votes = (await staying.get(f"/v1/ideas/{idea}")).json()["counts"]
    thread = (await staying.get(f"/v1/ideas/{idea}/comments")).json()["items"]

    administrator = await api.browser_for(await make_person(api.connection, roles=["administrator"]))
    erased = await administrator.post(f"/admin/people/{person}", data={"button": "erase"})

    assert erased.status_code == 303
    assert (await leaving.get("/v1/me")).status_code == 401
    assert (await staying.get(f"/v1/ideas/{idea}")).json()["counts"] == votes
    kept = (await staying.get(f"/v1/ideas/{idea}/comments")).json()["items"]
    assert [(each["id"], each["body"], each["parent_id"]) for each in kept] == [
        (each["id"], each["body"], each["parent_id"]) for each in thread
    ]
    seen = await staying.get(f"/v1/people/{person}")
    assert seen.json()["name"] == "Former colleague"
    assert "Unmistakable" not in seen.text + str(kept)


async def test_what_ended_is_kept_as_long_as_the_setting_says(api: Api) -> None:
    person = await make_person(api.connection)
    ended = "SELECT count(*) FROM access_tokens WHERE person_id = $1"
    await api.token_for(person, expires_at=NOW + timedelta(days=1))
    urls = (api.settings.database_url, api.settings.redis_url)
    for days, left in ((40, 1), (20, 0)):
        settings = make_settings(*urls, retention_days=days)
        await run_entry(api.connection, settings, "sweep", NOW + timedelta(days=31))
        assert await api.connection.fetchval(ended, person) == left
