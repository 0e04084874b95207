"""The pages on which those who run a challenge import into it."""

from uuid import UUID

import msgspec
import pytest

from tests.api.conftest import Api
from tests.factories import make_challenge, make_person
from tests.web.conftest import Browser, MakeBrowser, Page

AT = "2026-03-01T10:00:00Z"
IDEAS_CSV = "id,author,title,submitted_at\n"


async def make_owned(api: Api, browser_of: MakeBrowser) -> tuple[UUID, Browser, str]:
    """A challenge, its owner's browser, and the e-mail of somebody there is."""
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id)
    author = await make_person(api.connection)
    return challenge_id, owner, await api.connection.fetchval("SELECT email FROM people WHERE id = $1", author)


async def send_file(
    browser: Browser, challenge_id: UUID, content: bytes, *, holds: str = "jsonl", name: str = "ideas.jsonl"
) -> Page:
    """The answer to the form with a file, as a browser sends it from our page."""
    response = await browser.client.post(
        f"/challenges/{challenge_id}/imports",
        data={"holds": holds},
        files={"file": (name, content)},
        headers={"accept": "text/html", "sec-fetch-site": "same-origin"},
    )
    return Page(response)


def idea_line(external_id: str, author: str) -> bytes:
    given = {"kind": "idea", "id": external_id, "author": author, "title": f"Idea {external_id}", "submitted_at": AT}
    return msgspec.json.encode(given) + b"\n"


async def count_ideas(api: Api, challenge_id: UUID) -> int:
    return int(await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id))


async def test_file_is_taken_and_the_lines_that_were_not_are_told(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner, email = await make_owned(api, browser_of)
    board = await owner.open(f"/challenges/{challenge_id}/board")
    assert f"/challenges/{challenge_id}/imports" in board.links
    page = await owner.open(f"/challenges/{challenge_id}/imports")
    assert set(page.unlabelled) <= set(page.labelled)
    content = idea_line("a", email) + b"nonsense\n\n" + idea_line("b", "nobody@example.org") + idea_line("c", email)
    report = await owner.follow(await send_file(owner, challenge_id, content))
    assert "2 lines were taken. 2 lines were not taken." in report.text
    assert "2 The line does not fit the format: JSON is malformed: invalid character (byte 4)." in report.text
    assert "4 Nobody here has the e-mail nobody@example.org." in report.text
    assert await count_ideas(api, challenge_id) == 2
    again = await owner.follow(await send_file(owner, challenge_id, content))
    assert "2 lines were not taken." in again.text
    assert await count_ideas(api, challenge_id) == 2
    listed = await owner.open(f"/challenges/{challenge_id}/imports")
    assert listed.text.count("ideas.jsonl") == 2
    assert "UTC" in listed.text


async def test_csv_of_one_kind_is_taken(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner, email = await make_owned(api, browser_of)
    content = f'{IDEAS_CSV}a,{email},"Of two\nlines",{AT}\nb,{email},Short\n'.encode()
    report = await owner.follow(await send_file(owner, challenge_id, content, holds="idea", name="ideas.csv"))
    assert "1 line was taken. 1 line was not taken." in report.text
    assert "4 The line has 3 cells where the header has 4." in report.text


async def test_file_larger_than_other_bodies_is_taken(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner, email = await make_owned(api, browser_of)
    padding = b"\n" * api.settings.max_body_bytes
    report = await owner.follow(await send_file(owner, challenge_id, idea_line("a", email) + padding))
    assert "1 line was taken." in report.text


async def test_line_without_an_end_is_told_and_ends_the_import(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner, email = await make_owned(api, browser_of)
    endless = b'{"kind":"idea","title":"' + b"x" * 600_000
    report = await owner.follow(await send_file(owner, challenge_id, idea_line("a", email) + endless))
    assert "1 line was taken. 1 line was not taken." in report.text
    assert "Nothing behind it was read." in report.text


@pytest.mark.parametrize(
    ("content", "holds", "said"),
    [
        (b"", "jsonl", "There is nothing in this file."),
        (b" \n\n", "idea", "There is nothing in this file."),
        (b"PK\x03\x04\0\0", "idea", "This is not a text file in UTF-8."),
        ("id,author\nä".encode("latin-1"), "idea", "This is not a text file in UTF-8."),
        (b"id,author\n", "jsonl", "This is not JSON Lines"),
        (b'{"kind":"idea"}\n', "idea", "This looks like JSON Lines"),
        (b"id;author;title;submitted_at\n", "idea", "The columns are parted by semicolons."),
        (b"id,title\n", "idea", "does not name all columns"),
    ],
)
async def test_wrong_file_is_refused_with_words(
    api: Api, browser_of: MakeBrowser, content: bytes, holds: str, said: str
) -> None:
    challenge_id, owner, _ = await make_owned(api, browser_of)
    answer = await send_file(owner, challenge_id, content, holds=holds)
    assert answer.status == 422
    assert said in answer.text
    assert answer.form(f"/challenges/{challenge_id}/imports").values.get("holds", "jsonl") == holds
    assert "Nothing was imported yet." in answer.text


async def test_form_without_a_file_or_a_kind_is_refused(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner, _ = await make_owned(api, browser_of)
    address, headers = f"/challenges/{challenge_id}/imports", {"accept": "text/html", "sec-fetch-site": "same-origin"}
    none = await owner.client.post(address, data={"holds": "jsonl"}, headers=headers)
    assert none.status_code == 422
    assert "Choose a file." in none.text
    assert (await send_file(owner, challenge_id, b"{}", holds="novels")).status == 400


async def test_others_import_nothing_and_see_no_import(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner, email = await make_owned(api, browser_of)
    sent = await send_file(owner, challenge_id, idea_line("a", email))
    employee, other_owner = await browser_of(), await browser_of(roles=["challenge_owner"])
    for browser in (employee, other_owner):
        await browser.open(f"/challenges/{challenge_id}/imports", status=403)
        await browser.open(str(sent.location), status=403)
        assert (await send_file(browser, challenge_id, idea_line("b", email))).status == 403
    forged = await owner.client.post(
        f"/challenges/{challenge_id}/imports",
        data={"holds": "jsonl"},
        files={"file": ("x", idea_line("b", email))},
        headers={"accept": "text/html", "sec-fetch-site": "cross-site"},
    )
    assert forged.status_code == 403
    assert await count_ideas(api, challenge_id) == 1


async def test_file_over_the_limit_is_refused(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner, _ = await make_owned(api, browser_of)
    response = await owner.client.post(
        f"/challenges/{challenge_id}/imports",
        content=b"",
        headers={
            "accept": "text/html",
            "sec-fetch-site": "same-origin",
            "content-type": "multipart/form-data; boundary=b",
            "content-length": str(api.settings.import_max_bytes + 1),
        },
    )
    assert response.status_code == 413
