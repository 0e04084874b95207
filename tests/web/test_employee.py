"""What else an employee does: pairs and tokens, co-authors, the first minutes, news, and what is known about them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.web.conftest import Browser, MakeBrowser, Page


async def test_pairs_are_compared_one_after_the_other_and_again(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection, voting_method="pairwise")
    for letter in "abc":
        await make_idea(api.connection, challenge_id, title=f"Pair idea {letter}")
    feed, path = f"/challenges/{challenge_id}/feed", f"/challenges/{challenge_id}/pairs"
    page = await browser.open(feed)
    first = page.form(path).values["pair"]
    page = await browser.follow(await browser.send(page.form(path), answer="left"))
    again = await browser.open(feed + next(link for link in page.links if link.startswith("?again=")))
    assert again.form(path).values["pair"] == first
    page = await browser.follow(await browser.send(again.form(path), answer="right"))
    while "You have seen everything" not in page.text:
        page = await browser.follow(await browser.send(page.form(path), answer="skip"))
    answers = await api.connection.fetch("SELECT id, answer FROM pairs WHERE person_id = $1", browser.person_id)
    assert sorted(row["answer"] for row in answers) == ["right", "skip", "skip"]
    assert [row["answer"] for row in answers if row["id"] == UUID(str(first))] == ["right"]
    assert (await browser.send(again.form(path), answer="both")).status == 400
    stranger = await browser_of()
    assert (await browser.open(f"{feed}?again={uuid4()}", status=404)).status == 404
    assert (await stranger.open(f"{feed}?again={first}", status=404)).status == 404


@pytest.mark.parametrize(("method", "word"), [("budget", "token"), ("lemons", "lemon")])
async def test_tokens_are_counted_down_and_given_back(
    api: Api, browser_of: MakeBrowser, method: str, word: str
) -> None:
    browser = await browser_of()
    challenge_id = await make_challenge(api.connection, voting_method=method, token_budget=4)
    for letter in "ab":
        await make_idea(api.connection, challenge_id, title=f"Token idea {letter}")
    path = f"/challenges/{challenge_id}/feed"
    page = await browser.open(path)
    assert f"4 {word}s left" in page.text
    page = await browser.follow(await browser.send(page.form(path), answer="3"))
    assert f"1 {word} left" in page.text
    refused = await browser.follow(await browser.send(page.form(path), answer="2"))
    assert "You do not have that many left." in refused.text
    again = await browser.open(path + next(link for link in page.links if link.startswith("?again=")))
    assert f"4 {word}s left" in again.text
    page = await browser.follow(await browser.send(again.form(path), answer="2"))
    await browser.send(page.form(path), answer="2")
    given = await api.connection.fetch("SELECT value FROM votes WHERE challenge_id = $1", challenge_id)
    assert [row["value"] for row in given] == [2, 2]
    idea_id = await api.connection.fetchval("SELECT idea_id FROM votes WHERE challenge_id = $1 LIMIT 1", challenge_id)
    assert f"2 {word}s" in (await browser.open(f"/ideas/{idea_id}")).text


async def test_colleague_is_found_invited_and_agrees_or_declines(api: Api, browser_of: MakeBrowser) -> None:
    author, challenge_id = await browser_of(), await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, author.person_id)
    path = f"/ideas/{idea_id}/co-authors"
    for name, button in (("Ilse Quandt", "agree"), ("Omar Quist", "decline")):
        colleague = await browser_of(await make_person(api.connection, name=name))
        page = await author.open(f"/ideas/{idea_id}?colleague={name.split()[1]}")
        page = await author.follow(await author.send(page.form(path)))
        assert f"{name} Research · invited" in page.text
        assert (await author.send(author_form(page, path, colleague))).location == f"/ideas/{idea_id}#authors"
        asked = await colleague.open(f"/ideas/{idea_id}")
        answered = await colleague.send(asked.form(f"/ideas/{idea_id}/invitation"), button=button)
        assert answered.status == 303
    page = await author.open(f"/ideas/{idea_id}")
    assert "Ilse Quandt Research Remove Ilse Quandt" in page.text
    assert "Omar Quist Research · declined" in page.text
    gone = await author.follow(await author.send(page.form(f"{path}/remove")))
    assert "Ilse Quandt" not in gone.text
    stranger = await browser_of()
    assert stranger.person_id is not None
    assert "Invite a colleague" not in (await stranger.open(f"/ideas/{idea_id}")).text


def author_form(page: Page, path: str, colleague: Browser):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """The invitation of somebody who is invited already: a page may be older than that."""
    form = page.form(f"{path}/remove")
    form.action = path
    form.values["person"] = str(colleague.person_id)
    return form


async def test_merged_ideas_are_named_with_the_one_shown_and_themes_lead_to_their_ideas(
    api: Api, browser_of: MakeBrowser
) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    shown = await make_idea(api.connection, challenge_id, title="The one shown")
    folded = await make_idea(api.connection, challenge_id, title="The one folded", canonical_id=shown)
    other = await make_idea(api.connection, challenge_id, title="The one elsewhere")
    assert f"/ideas/{folded}" in (await browser.open(f"/ideas/{shown}")).links
    listed = await browser.open(f"/challenges/{challenge_id}?theme={uuid4()}")
    assert f"/ideas/{other}" not in listed.links
    assert "All, not only this theme" in listed.text


async def test_how_others_voted_comes_after_the_own_answer_or_with_the_results(
    api: Api, browser_of: MakeBrowser
) -> None:
    author, reader = await browser_of(), await browser_of()
    open_one = await make_challenge(api.connection, counts_hidden=True)
    over = await make_challenge(api.connection, counts_hidden=True, vote_closes_at=NOW - timedelta(minutes=1))
    ideas = [await make_idea(api.connection, challenge, author.person_id) for challenge in (open_one, over)]
    after_answer, with_results = "is shown after you have answered", "is shown with the results"
    for browser, idea_id, said in (
        (reader, ideas[0], after_answer),
        (author, ideas[0], with_results),
        (reader, ideas[1], with_results),
    ):
        text = (await browser.open(f"/ideas/{idea_id}")).text
        assert [words in text for words in (after_answer, with_results)] == [said == after_answer, said == with_results]


async def test_profile_tells_which_session_is_this_browsers(browser_of: MakeBrowser) -> None:
    first = await browser_of()
    second = await browser_of(first.person_id)
    for browser in (first, second):
        page = await browser.open("/profile")
        assert (page.text.count("this browser"), page.html.count('action="/profile/sessions/')) == (1, 2)


async def test_first_minutes_lead_back_and_store_nothing(browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    for step, word in (("1", "Two minutes to start"), ("2", "One more"), ("3", "Your own idea"), ("9", "Two minutes")):
        assert word in (await browser.open(f"/welcome?step={step}&said=yes&next=%2Fprofile")).text
    last = await browser.open("/welcome?step=4&next=%2Fprofile")
    assert "/profile" in last.links
    away = await browser.open("/welcome?step=4&next=https://evil.test/")
    assert [link for link in away.links if "evil" in link] == []


async def test_news_are_read_one_by_one_and_stay(api: Api, browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    for number in range(2):
        await insert(
            api.connection,
            "notifications",
            id=uuid4(),
            person_id=browser.person_id,
            kind="test",
            message=f"Message {number}",
            once_key=f"test:{number}",
            created_at=NOW,
        )
    assert "2 messages not read yet" in (await browser.open("/profile")).text
    page = await browser.open("/notifications?show=new")
    read = next(form for form in page.forms if form.action.endswith("/read") and form.action != "/notifications/read")
    await browser.follow(await browser.send(read))
    new, every = await browser.open("/notifications?show=new"), await browser.open("/notifications")
    both = {"Message 0", "Message 1"}
    assert len({message for message in both if message in new.text}) == 1
    assert {message for message in both if message in every.text} == both
    stranger = await browser_of()
    assert (await stranger.send(read, csrf_token="csrf-of-this-session")).status == 404


async def test_what_is_known_is_shown_by_kind(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    await make_idea(api.connection, challenge_id, browser.person_id, title="Known idea")
    page = await browser.open("/profile/known")
    assert "My ideas (1)" in page.text
    assert "Known idea" in page.text
    secret = await api.connection.fetchval("SELECT token_hash FROM sessions WHERE person_id = $1", browser.person_id)
    assert secret.hex() not in page.html
    assert "known." not in page.text


async def test_home_says_what_became_of_an_idea(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, browser.person_id, state="declined")
    await insert(
        api.connection,
        "decisions",
        id=uuid4(),
        idea_id=idea_id,
        challenge_id=challenge_id,
        outcome="declined",
        reason="The lease forbids it.",
        decided_by=await make_person(api.connection),
        decided_at=NOW,
    )
    assert "Answer: The lease forbids it." in (await browser.open("/")).text
