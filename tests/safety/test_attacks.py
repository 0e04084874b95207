"""Text that would be code somewhere: in a page, in SQL, in a header, in a path."""

from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\"--></title></style></textarea><script src=//evil.example></script>",
    "[press](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "[press](data:text/html;base64,PHNjcmlwdD4=)",
    '<a href="java\tscript:alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<form action=//evil.example><button>Sign in</button></form>",
    "{{ 'zqj' * 4 }}{% raw %}${'zqj'*4}<%= 'zqj'*4 %>",
    "`<script>alert(1)</script>`\n\n    <script>alert(2)</script>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "]]><script>alert(1)</script><!--",
    "\u202e<script>\u202c\u0000".replace("\u0000", ""),
]
RUNNING_TAGS = {"iframe", "object", "embed", "base", "frame", "applet", "math", "foreignobject"}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "srcdoc", "data", "poster", "srcset"}


class Dangers(HTMLParser):
    """What of a page a browser would run, or send elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        if tag in RUNNING_TAGS or (tag == "script" and not given.get("src", "").startswith("/assets/")):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        self.found += [f"{tag} {name}={value}" for name, value in given.items() if _leads_astray(name, value)]
        if tag == "form" and given.get("action", "").startswith(("http", "//")):
            self.found.append(f"form to {given['action']}")


def _leads_astray(name: str, value: str) -> bool:
    scheme = "".join(value.split()).lower().partition(":")[0]
    return name in ADDRESSES and (scheme in {"javascript", "vbscript", "data"} or name == "srcdoc")


def dangers(html: str) -> list[str]:
    return Dangers(html).found


def test_dangers_are_seen() -> None:
    found = dangers("<script>1</script><a href='java\nscript:x' onclick=y></a><iframe></iframe><form action=//e>")
    assert found == ["<script>", "a onclick", "a href=java\nscript:x", "<iframe>", "form to //e"]


@pytest.mark.parametrize("attack", ATTACKS)
async def test_stored_text_is_never_code_on_a_page_or_in_rendered_html(api: Api, attack: str) -> None:
    author = await make_person(api.connection, name=attack[:200], department=attack[:200])
    challenge_id = await make_challenge(api.connection, owner_id=author, question=attack, brief=attack)
    browser = await api.browser_for(author)
    sent = await browser.post(
        f"/v1/challenges/{challenge_id}/ideas", json={"title": attack[:100], "body": attack, "tags": [attack[:30]]}
    )
    assert sent.status_code == 201, sent.text
    idea = sent.json()
    comment = await browser.post(f"/v1/ideas/{idea['id']}/comments", json={"body": attack})
    assert comment.status_code == 201
    told = {"kind": "test", "message": attack, "once_key": "once", "created_at": NOW}
    await insert(api.connection, "notifications", id=idea["id"], person_id=author, **told)
    pages = ["/", f"/challenges/{challenge_id}", f"/ideas/{idea['id']}", f"/ideas/{idea['id']}/edit"]
    answers = [await browser.get(page) for page in pages]
    assert {answer.status_code for answer in answers} == {200}
    assert [dangers(answer.text) for answer in answers] == [[]] * len(pages)
    assert "zqjzqj" not in "".join(answer.text for answer in answers)
    assert dangers(idea["body_html"]) == []
    assert dangers(comment.json()["body_html"]) == []


@pytest.mark.parametrize("attack", ATTACKS)
async def test_reflected_text_is_never_code(api: Api, attack: str) -> None:
    browser = await api.browser_for(await make_person(api.connection))
    challenge_id = await make_challenge(api.connection)
    addresses = {
        f"/challenges/{challenge_id}": {"q": attack, "tag": attack, "sort": attack, "state": attack},
        "/sign-in": {"next": attack},
        "/policy": {"next": attack},
        f"/{attack}": {},
        f"/sign-in/{attack}": {},
    }
    for address, query in addresses.items():
        answer = await browser.get(quote(address), params=query, headers={"Accept": "text/html"})
        assert answer.status_code < 500
        assert dangers(answer.text) == []
    typed = {"title": "", "body": attack, "tags": attack}
    form = await browser.post(f"/challenges/{challenge_id}/ideas/new", data=typed)
    assert (form.status_code, dangers(form.text)) == (422, [])


SQL = ["' OR '1'='1", "'; DROP TABLE ideas; --", "1) UNION SELECT 1 --", "$1", "%' --", "\\'; SELECT pg_sleep(9); --"]


@pytest.mark.parametrize("attack", SQL)
async def test_sql_in_a_filter_is_only_text(api: Api, attack: str) -> None:
    administrator = await make_person(api.connection, roles=["administrator"], department="IT", site="Here")
    client = await api.client_for(administrator)
    challenge_id = await make_challenge(api.connection)
    await make_idea(api.connection, challenge_id, tags=["one"])
    ideas, people, audit = f"/v1/challenges/{challenge_id}/ideas", "/v1/people", "/v1/audit"
    exact = [(people, "department"), (people, "site"), (audit, "action"), (audit, "subject_kind"), (ideas, "tag")]
    for address, name in exact:
        answer = await client.get(address, params={name: attack})
        assert (address, name, answer.status_code, answer.json().get("items")) == (address, name, 200, [])
    # These look for the words in the text, of which some may well be found.
    for address, name in ((people, "query"), (ideas, "q")):
        assert (await client.get(address, params={name: attack})).status_code == 200
    for name in ("cursor", "limit"):
        answer = await client.get(people, params={name: attack})
        assert answer.status_code in {400, 422}
    assert await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../../etc/passwd",
        "/assets/x/..%2f..%2f..%2fpyproject.toml",
        "/assets/%2e%2e/views.py",
        "/assets//etc/passwd",
        "/docs/..%2f..%2fsettings.py",
        "/docs/%2e%2e/%2e%2e/etc/passwd",
        "/v1/../metrics/../v1/jobs",
        "/v1//people",
        "/v1/people/",
        "/v1/people;.css",
        "/v1/people%00",
        "/v1/ideas/%00",
        "/v1/ideas/..%2fjobs",
        "/static/app.css",
        "/.env",
        "/v1/%c0%ae%c0%ae/jobs",
        "/" + "a" * 8000,
    ],
)
async def test_path_trick_finds_nothing_that_is_not_a_route(api: Api, path: str) -> None:
    answer = await api.anonymous.get(path)
    assert answer.status_code in {400, 401, 404}
    assert "root:" not in answer.text
    assert "[project]" not in answer.text


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_method_cannot_be_overridden(api: Api, header: str) -> None:
    author = await make_person(api.connection)
    idea = await make_idea(api.connection, await make_challenge(api.connection), author, state="draft")
    client = await api.client_for(author)
    headers = {header: "DELETE", "If-Match": '"1"'}
    read = await client.get(f"/v1/ideas/{idea}", params={"_method": "DELETE"}, headers=headers)
    posted = await client.post(f"/v1/ideas/{idea}", params={"_method": "DELETE"}, headers=headers)
    assert (read.status_code, posted.status_code) == (200, 405)
    assert await api.connection.fetchval("SELECT count(*) FROM ideas WHERE id = $1", idea) == 1


@pytest.mark.parametrize("text", ["/\r\nSet-Cookie: a=b", "/\nX: y", "/%0d%0aSet-Cookie:%20a=b", "/\u560a\u560dX"])
async def test_text_never_becomes_a_header(api: Api, text: str) -> None:
    given = {"next": text, "language": text}
    for answer in (
        await api.anonymous.post("/language", data=given),
        await api.anonymous.get("/sign-in", params=given),
        await api.anonymous.get("/v1/me", headers={b"X-Request-Id": text.encode().replace(b"\r\n", b" ")}),
    ):
        assert answer.status_code < 500
        assert "a=b" not in answer.headers.get("set-cookie", "").split(";")
        assert not any("\r" in value or "\n" in value for value in answer.headers.values())
        assert text.strip() not in answer.headers["x-request-id"]
