"""What happened, on the first page, since somebody was last here."""

from datetime import timedelta

import pytest

from api.web.visits import VISIT_COOKIE, Visits, visits_at
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.web.conftest import MakeBrowser

HOUR = timedelta(hours=1)


async def test_home_tells_ideas_comments_and_results_of_the_time_since(api: Api, browser_of: MakeBrowser) -> None:
    me, other = await make_person(api.connection), await make_person(api.connection)
    browser = await browser_of(me)
    browser.client.cookies.set(VISIT_COOKIE, Visits(NOW - 30 * HOUR, NOW - 5 * HOUR).text)
    challenge_id = await make_challenge(api.connection, question="How could we waste less?")
    mine = await make_idea(api.connection, challenge_id, me, title="Fewer cups", submitted_at=NOW - HOUR)
    for hours in (1, 2, 6):
        await make_idea(api.connection, challenge_id, other, submitted_at=NOW - hours * HOUR)
    await make_idea(api.connection, challenge_id, other, submitted_at=NOW - HOUR, hidden_at=NOW)
    for author, hours, deleted in ((other, 1, None), (me, 1, None), (other, 6, None), (other, 1, NOW)):
        comment = {"id": new_id(), "idea_id": mine, "author_id": author, "body": "Yes."}
        await insert(api.connection, "comments", created_at=NOW - hours * HOUR, deleted_at=deleted, **comment)
    decided = {"stage": "decided", "decided_at": NOW - HOUR}
    await make_challenge(api.connection, question="How could we travel less?", **decided)
    elsewhere = await make_challenge(api.connection, audience_departments=["Elsewhere"])
    await make_idea(api.connection, elsewhere, other, submitted_at=NOW - HOUR)
    page = await browser.open("/")
    assert "Since your last visit" in page.text
    news = page.html.split('id="new"')[1].split("</section>")[0]
    assert news.count("<li>") == 3
    assert "2 new ideas<" in news
    assert "1 new comment on your idea" in news
    assert "The results are out." in news
    assert "2 Mar 2026, 04:00 UTC" in news


async def test_nothing_new_is_no_heading(api: Api, browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    browser.client.cookies.set(VISIT_COOKIE, Visits(NOW, NOW).text)
    assert "Since your last visit" not in (await browser.open("/")).text


@pytest.mark.parametrize("cookie", [None, "", "x", "1.2.3", "9.1", "99999999999.99999999999", "-5.3"])
def test_cookie_that_makes_no_sense_tells_of_a_week(cookie: str | None) -> None:
    assert visits_at(NOW, cookie) == Visits(NOW - timedelta(days=7), NOW)


def test_visit_lasts_while_somebody_is_here_and_a_later_one_begins_where_it_ended() -> None:
    first = visits_at(NOW, Visits(NOW - 9 * HOUR, NOW - 5 * HOUR).text)
    assert first == Visits(NOW - 5 * HOUR, NOW)
    on = visits_at(NOW + HOUR / 3, first.text)
    assert on == Visits(NOW - 5 * HOUR, NOW + HOUR / 3)
    assert visits_at(NOW + 9 * HOUR, on.text) == Visits(NOW + HOUR / 3, NOW + 9 * HOUR)
