"""Signing in and out with a browser, the policy, the language, and errors as pages."""

from datetime import timedelta

from ideation.actions.sessions import create_sign_in_link
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_person
from tests.web.conftest import Browser, MakeBrowser, Page


async def visitor(api: Api) -> Browser:
    person_id = await make_person(api.connection)
    return Browser(api.client(), person_id)


async def link_for(api: Api, browser: Browser, *, minutes: int = 60) -> str:
    return (await create_sign_in_link(api.connection, browser.person_id, NOW, minutes=minutes)).path


async def test_link_is_used_by_its_button_only_and_leads_back(api: Api) -> None:
    browser, challenge_id = await visitor(api), await make_challenge(api.connection)
    asked = await browser.open(f"/challenges/{challenge_id}?sort=newest", status=303)
    assert asked.location == f"/sign-in?next=%2Fchallenges%2F{challenge_id}%3Fsort%3Dnewest"
    await browser.open(asked.location)
    link = await link_for(api, browser)
    for _ in range(3):
        page = await browser.open(link)
    signed_in = await browser.send(page.form(link))
    assert (signed_in.status, signed_in.location) == (303, f"/challenges/{challenge_id}?sort=newest")
    await browser.follow(signed_in)


async def test_used_expired_and_unknown_links_are_refused(api: Api) -> None:
    browser = await visitor(api)
    link, old = await link_for(api, browser), await link_for(api, browser, minutes=1)
    await browser.send((await browser.open(link)).form(link))
    again = await browser.send((await browser.open(link)).form(link))
    api.clock.set(NOW + timedelta(minutes=2))
    expired = await browser.send((await browser.open(old)).form(old))
    unknown = await browser.send((await browser.open("/sign-in/idl_unknown")).form("/sign-in/idl_unknown"))
    assert [page.status for page in (again, expired, unknown)] == [401] * 3
    assert "has been used already" in again.text
    assert "has expired" in expired.text
    assert "is not valid" in unknown.text


async def test_refused_links_are_explained_in_the_language_of_the_visitor(api: Api) -> None:
    browser = await visitor(api)
    browser.client.cookies.set("ideation_language", "de")
    link, old = await link_for(api, browser), await link_for(api, browser, minutes=1)
    await browser.client.post(link)
    api.clock.set(NOW + timedelta(minutes=2))
    browser.client.cookies.delete("ideation_session")
    refused = [await browser.client.post(one) for one in (link, old, "/sign-in/idl_unknown")]
    said = [answer.text.split('role="alert">')[1].split("</p>")[0] for answer in refused]
    assert said == [
        "Dieser Anmelde-Link wurde schon benutzt; bitten Sie um einen neuen.",
        "Dieser Anmelde-Link ist abgelaufen; bitten Sie um einen neuen.",
        "Dieser Anmelde-Link ist ungültig.",
    ]


async def test_another_site_cannot_sign_a_browser_in(api: Api) -> None:
    browser = await visitor(api)
    link = await link_for(api, browser)
    response = await browser.client.post(link, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert (await browser.client.post(link)).status_code == 303


async def test_next_never_leads_to_another_site(api: Api) -> None:
    browser = await visitor(api)
    for place in ("https://evil.test/", "//evil.test/", "/\\evil.test", "/a\r\nset-cookie: b=c", "evil"):
        await browser.client.get("/sign-in", params={"next": place})
        link = await link_for(api, browser)
        page = await browser.send((await browser.open(link)).form(link))
        assert page.location == "/"
        browser.client.cookies.clear()


async def test_sign_out_ends_the_session(browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    cookie = browser.client.cookies["ideation_session"]
    out = await browser.send((await browser.open("/")).form("/sign-out"))
    assert out.location == "/sign-in"
    browser.client.cookies.set("ideation_session", cookie)
    assert (await browser.open("/", status=303)).location == "/sign-in?next=%2F"


async def test_expired_session_returns_to_the_page_of_the_form(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    path = f"/challenges/{challenge_id}/ideas/new"
    form = (await browser.open(path)).form(path)
    await api.connection.execute("DELETE FROM sessions WHERE person_id = $1", browser.person_id)
    response = await browser.client.post(path, data=form.values, headers={"referer": f"http://ideation.test{path}"})
    assert response.headers["location"] == f"/sign-in?next=%2Fchallenges%2F{challenge_id}%2Fideas%2Fnew"


async def test_forms_of_other_sites_are_refused(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    path = f"/challenges/{challenge_id}/ideas/new"
    form = (await browser.open(path)).form(path)
    forged = [
        await browser.client.post(path, data={**form.values, "title": "Forged", "csrf_token": "guess"}),
        await browser.client.post(path, data={"title": "Forged"}),
        await browser.client.post(path, data={"title": "Forged"}, headers={"sec-fetch-site": "cross-site"}),
    ]
    assert [response.status_code for response in forged] == [403] * 3
    assert "text/html" in forged[0].headers["content-type"]
    assert await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 0


async def test_language_is_the_browsers_until_another_is_chosen(api: Api, browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    headers = {"accept-language": "fr-FR,de-DE;q=0.8,en;q=0.5"}
    page = Page(await browser.client.get("/", headers=headers))
    assert page.language == "de"
    assert "Guten Tag" in page.text
    await browser.send(page.form("/language"), language="en")
    assert Page(await browser.client.get("/", headers=headers)).language == "en"


async def test_unknown_address_is_a_page_for_browsers_and_a_problem_for_programs(api: Api) -> None:
    page = await api.anonymous.get("/nowhere", headers={"accept": "text/html"})
    problem = await api.anonymous.get("/nowhere")
    assert [page.status_code, problem.status_code] == [404, 404]
    assert "There is nothing here that you can see." in Page(page).text
    assert page.headers["x-request-id"] in Page(page).text
    assert problem.json()["type"] == "/problems/not-found"
    assert (await api.anonymous.get("/v1/nowhere", headers={"accept": "text/html"})).json()["status"] == 404


async def test_assets_are_kept_for_ever_under_their_digest_only(api: Api, browser_of: MakeBrowser) -> None:
    html = (await (await browser_of()).open("/")).html
    path = html.split('rel="stylesheet" href="')[1].split('"')[0]
    sheet = await api.anonymous.get(path)
    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    plain = await api.anonymous.get(path, headers={"accept-encoding": "gzip;q=0, br"})
    assert [answer.headers.get("content-encoding") for answer in (sheet, plain)] == ["gzip", None]
    assert sheet.content == plain.content
    wrong = await api.anonymous.get("/assets/000000000000/app.css")
    assert wrong.status_code == 404


async def test_policy_is_accepted_before_anything_else(api: Api) -> None:
    await insert(
        api.connection, "policies", version=1, title="Rules", body="Be *kind*.", body_sha256="0" * 64, published_at=NOW
    )
    browser = await visitor(api)
    link = await link_for(api, browser)
    await browser.send((await browser.open(link)).form(link))
    asked = await browser.open("/?x=1", status=303)
    page = await browser.open(asked.location)
    assert "<em>kind</em>" in page.html
    accepted = await browser.send(page.form("/policy"))
    assert (accepted.status, accepted.location) == (303, "/welcome?next=%2F%3Fx%3D1")
    await browser.open("/")
    await insert(
        api.connection, "policies", version=2, title="Rules", body="Be *fair*.", body_sha256="1" * 64, published_at=NOW
    )
    again = await browser.open((await browser.open("/?x=2", status=303)).location)
    assert (await browser.send(again.form("/policy"))).location == "/?x=2"
