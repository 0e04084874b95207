"""What to send to each route so that whoever may use it succeeds.

Places in a path and in a body, such as `{idea}`, are ids of the world. A route that needs neither a body nor another
object than the usual one is not listed.
"""

from typing import Any

import msgspec

LATER = "2026-06-01T00:00:00Z"
REASON = {"reason": "Because."}

# Which object of the world stands for a parameter of a path, unless the route says otherwise.
USUAL = {
    "assignment_id": "assignment",
    "card_id": "card",
    "challenge_id": "challenge",
    "comment_id": "comment",
    "flag_id": "flag",
    "idea_id": "idea",
    "import_id": "import",
    "job_id": "job",
    "notification_id": "notification",
    "pair_id": "dealt_pair",
    "person_id": "bystander",
    "ranking_id": "ranking",
    "report_id": "report",
    "reviewer_id": "panelist",
    "session_id": "session",
    "theme_id": "theme",
    "token_id": "token",
    "unsealing_id": "unsealing",
}
# Parameters of a path that are no ids.
FIXED = {
    "role": "moderator",
    "version": "1",
    "slug": "not-found",
    "secret": "unknown",
    "digest": "unknown",
    "step": "question",
    "name": "unknown",
    "path": "unknown",
}


class Ask(msgspec.Struct, frozen=True):
    """How to ask one route."""

    body: Any = None
    on: dict[str, str] = {}
    query: str = ""
    if_match: bool = False
    raw: bytes | None = None
    media_type: str = "application/octet-stream"
    form: bool = False


# A form with a file, as a browser sends it.
FILE_FORM = (
    b'--b\r\nContent-Disposition: form-data; name="holds"\r\n\r\njsonl\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.jsonl"\r\n\r\n{"kind":"idea"}\n\r\n--b--\r\n'
)
CLOSED = {"challenge_id": "closed_challenge"}
VOTED = {"idea_id": "voted_idea"}
DRAFT = {"challenge_id": "draft_challenge"}
PAIR_OF_REVIEW = CLOSED | {"idea_id": "unassigned_idea"}
PENDING_REVIEW = CLOSED | {"idea_id": "reviewed_idea"}
TWO_IDEAS = {"idea_ids": ["{idea}", "{second_idea}"]}
LATER_CLOSING = REASON | {"submit_closes_at": LATER, "vote_closes_at": LATER}

ASKS: dict[str, Ask] = {
    # Challenges
    "POST /v1/challenges": Ask({"question": "What next?"}),
    "PATCH /v1/challenges/{challenge_id}": Ask({"brief": "More."}, if_match=True),
    "DELETE /v1/challenges/{challenge_id}": Ask(on=DRAFT),
    "POST /v1/challenges/{challenge_id}/publish": Ask(on=DRAFT, if_match=True),
    "POST /v1/challenges/{challenge_id}/extend": Ask(LATER_CLOSING, if_match=True),
    "POST /v1/challenges/{challenge_id}/close": Ask(REASON, if_match=True),
    "POST /v1/challenges/{challenge_id}/reopen": Ask(LATER_CLOSING, CLOSED, if_match=True),
    "POST /v1/challenges/{challenge_id}/archive": Ask(on=CLOSED, if_match=True),
    # Ideas, comments, votes
    "POST /v1/challenges/{challenge_id}/ideas": Ask({"title": "Use less"}),
    "POST /v1/challenges/{challenge_id}/drafts": Ask({"title": "Use less"}),
    "PATCH /v1/ideas/{idea_id}": Ask({"title": "Use even less"}, if_match=True),
    "DELETE /v1/ideas/{idea_id}": Ask(on={"idea_id": "draft_idea"}, if_match=True),
    "POST /v1/ideas/{idea_id}/submit": Ask(on={"idea_id": "draft_idea"}, if_match=True),
    "POST /v1/ideas/{idea_id}/withdraw": Ask(if_match=True),
    "POST /v1/ideas/{idea_id}/restore": Ask(on={"idea_id": "withdrawn_idea"}, if_match=True),
    "POST /v1/ideas/{idea_id}/co-authors": Ask({"person_id": "{other_panelist}"}),
    "DELETE /v1/ideas/{idea_id}/co-authors/{person_id}": Ask(on={"person_id": "co_author"}),
    "PUT /v1/ideas/{idea_id}/invitation": Ask({"agree": True}),
    "POST /v1/ideas/{idea_id}/comments": Ask({"body": "Yes."}),
    "PATCH /v1/comments/{comment_id}": Ask({"body": "Better said."}, if_match=True),
    "DELETE /v1/comments/{comment_id}": Ask(if_match=True),
    "PUT /v1/cards/{card_id}/answer": Ask({"answer": "yes"}),
    "POST /v1/challenges/{challenge_id}/pairs": Ask({}, {"challenge_id": "paired_challenge"}),
    "PUT /v1/pairs/{pair_id}/answer": Ask({"answer": "left"}),
    "PUT /v1/ideas/{idea_id}/vote": Ask({"answer": "yes"}, VOTED),
    "DELETE /v1/ideas/{idea_id}/vote": Ask(on=VOTED),
    "POST /v1/challenges/{challenge_id}/similar": Ask({"title": "Use less"}),
    # Moderation
    "POST /v1/ideas/{idea_id}/reports": Ask(REASON),
    "POST /v1/comments/{comment_id}/reports": Ask(REASON),
    "PUT /v1/reports/{report_id}/outcome": Ask({"outcome": "kept"}),
    "POST /v1/ideas/{idea_id}/hide": Ask(REASON),
    "POST /v1/ideas/{idea_id}/show": Ask(REASON, {"idea_id": "hidden_idea"}),
    "POST /v1/comments/{comment_id}/hide": Ask(REASON),
    "POST /v1/comments/{comment_id}/show": Ask(REASON, {"comment_id": "hidden_comment"}),
    "POST /v1/ideas/{idea_id}/unsealings": Ask({"role": "moderator"} | REASON, {"idea_id": "other_sealed_idea"}),
    "POST /v1/unsealings/{unsealing_id}/approve": Ask({"role": "moderator"}),
    "GET /v1/challenges/{challenge_id}/unsealings": Ask(on={"challenge_id": "sealed_challenge"}),
    # Duplicates and themes
    "POST /v1/challenges/{challenge_id}/duplicates": Ask(TWO_IDEAS),
    "POST /v1/challenges/{challenge_id}/duplicates/verdicts": Ask({"pair_ids": ["{pair}"], "verdict": "dismissed"}),
    "POST /v1/challenges/{challenge_id}/merges": Ask(TWO_IDEAS),
    "POST /v1/challenges/{challenge_id}/unmerges": Ask({"idea_ids": ["{merged_idea}"]}),
    "PATCH /v1/themes/{theme_id}": Ask({"name": "Warmth"}),
    "POST /v1/challenges/{challenge_id}/themes/join": Ask({"theme_ids": ["{second_theme}"], "into_id": "{theme}"}),
    "POST /v1/themes/{theme_id}/split": Ask({"idea_ids": ["{idea}"], "name": "Warmth"}),
    "PUT /v1/challenges/{challenge_id}/stop-words": Ask({"words": ["idea"]}),
    # Panels, reviews, decisions
    "PUT /v1/challenges/{challenge_id}/panel/{person_id}": Ask({}, {"person_id": "other_panelist"}),
    "DELETE /v1/challenges/{challenge_id}/panel/{person_id}": Ask(on=CLOSED | {"person_id": "panelist"}),
    "POST /v1/challenges/{challenge_id}/assignments": Ask({}, CLOSED),
    "POST /v1/challenges/{challenge_id}/assignments/directed": Ask({}, CLOSED),
    "PUT /v1/challenges/{challenge_id}/assignments/{idea_id}/{reviewer_id}": Ask(on=PAIR_OF_REVIEW),
    "DELETE /v1/challenges/{challenge_id}/assignments/{idea_id}/{reviewer_id}": Ask(on=PENDING_REVIEW),
    "PUT /v1/assignments/{assignment_id}/review": Ask({"comment": "Good."}, if_match=True),
    "POST /v1/assignments/{assignment_id}/review/send": Ask(on={"assignment_id": "begun_assignment"}, if_match=True),
    "POST /v1/assignments/{assignment_id}/conflict": Ask(REASON),
    "GET /v1/challenges/{challenge_id}/panel/ranking": Ask(on=CLOSED),
    "POST /v1/challenges/{challenge_id}/panel/ranking": Ask(on=CLOSED),
    "GET /v1/challenges/{challenge_id}/shortlist": Ask(on=CLOSED),
    "POST /v1/challenges/{challenge_id}/shortlist": Ask({}, CLOSED),
    "POST /v1/challenges/{challenge_id}/shortlist/changes": Ask(
        {"change": "remove", "idea_id": "{reviewed_idea}"} | REASON, CLOSED, if_match=True
    ),
    "POST /v1/challenges/{challenge_id}/decisions": Ask(
        {"idea_ids": ["{undecided_idea}"], "outcome": "selected"}, CLOSED
    ),
    "POST /v1/challenges/{challenge_id}/decide": Ask({"answers_owed": 4}, CLOSED, if_match=True),
    "GET /v1/ideas/{idea_id}/reviews": Ask(on={"idea_id": "reviewed_idea"}),
    "PUT /v1/challenges/{challenge_id}/panel/plan": Ask({"target_wrong_calls": 1, "review_budget": 10}, CLOSED),
    "GET /v1/challenges/{challenge_id}/panel/plan": Ask(on=CLOSED),
    "DELETE /v1/challenges/{challenge_id}/panel/plan": Ask(on=CLOSED),
    "PUT /v1/challenges/{challenge_id}/costs": Ask({"costs": [{"idea_id": "{idea}", "cost": 12.5}]}),
    "POST /v1/integrity-flags/{flag_id}/dismissal": Ask(REASON),
    # Transfer
    "POST /v1/imports/{import_id}/lines": Ask(raw=b'{"kind":"idea","id":"x","author":"a","title":"t"}\n'),
    # People, policies, sessions
    "POST /v1/people": Ask({"name": "New", "email": "new@example.org", "department": "Sales"}),
    "PATCH /v1/people/{person_id}": Ask({"site": "Rome"}, if_match=True),
    "POST /v1/people/{person_id}/reactivate": Ask(on={"person_id": "deactivated"}),
    "POST /v1/people/{person_id}/sign-in-links": Ask({}),
    "DELETE /v1/people/{person_id}/tokens/{token_id}": Ask(on={"token_id": "bystander_token"}),
    "POST /v1/policies": Ask({"title": "Fair use", "body": "Be kinder."}),
    "POST /v1/sessions": Ask({"link": "unknown"}),
    "POST /v1/me/tokens": Ask({"name": "script", "scopes": ["read"]}),
    # Pages
    "POST /challenges/{challenge_id}/feed": Ask({"card": "{card}.{voted_idea}", "answer": "yes"}, form=True),
    "POST /challenges/{challenge_id}/ideas/new": Ask({"title": "Use less", "button": "submit"}, form=True),
    "POST /challenges/{challenge_id}/pairs": Ask(
        {"pair": "{dealt_pair}", "answer": "left"}, {"challenge_id": "paired_challenge"}, form=True
    ),
    "POST /challenges/{challenge_id}/stop-words": Ask({"words": "idea"}, form=True),
    "POST /challenges/{challenge_id}/themes/{theme_id}": Ask({"name": "Warmth", "idea": "{idea}"}, form=True),
    "GET /challenges/{challenge_id}/answers": Ask(on=CLOSED),
    "POST /challenges/{challenge_id}/answers": Ask(
        {"outcome": "selected", "idea": "{undecided_idea}"}, CLOSED, form=True
    ),
    "GET /challenges/{challenge_id}/meeting": Ask(on=CLOSED),
    "POST /challenges/{challenge_id}/meeting": Ask(
        {"outcome": "selected", "idea": "{undecided_idea}"}, CLOSED, form=True
    ),
    "POST /challenges/{challenge_id}/flags/{flag_id}": Ask(REASON, form=True),
    "POST /ideas/{idea_id}/co-authors": Ask({"person": "{other_panelist}"}, form=True),
    "POST /ideas/{idea_id}/co-authors/remove": Ask({"person": "{co_author}"}, form=True),
    "POST /ideas/{idea_id}/invitation": Ask({"button": "agree"}, form=True),
    "POST /admin/people/{person_id}/tokens/{token_id}": Ask({}, {"token_id": "bystander_token"}, form=True),
    "POST /challenges/{challenge_id}/ideas/similar": Ask({"title": "Use less"}, form=True),
    "POST /challenges/{challenge_id}/ideas/keep": Ask({"title": "Use less"}, form=True),
    "POST /challenges/new": Ask({"question": "What next?"}, form=True),
    "POST /challenges/{challenge_id}/edit/{step}": Ask({"question": "What now?", "version": "1"}, form=True),
    "POST /challenges/{challenge_id}/delete": Ask({}, DRAFT, form=True),
    "POST /ideas/{idea_id}/comments": Ask({"body": "Yes."}, form=True),
    "POST /comments/{comment_id}/delete": Ask({"version": "1"}, form=True),
    "POST /ideas/{idea_id}/support": Ask({"answer": "yes"}, VOTED, form=True),
    "POST /ideas/{idea_id}/report": Ask(REASON, form=True),
    "POST /ideas/{idea_id}/edit": Ask({"title": "Use even less", "version": "1"}, form=True),
    "POST /ideas/{idea_id}/withdraw": Ask({"version": "1"}, form=True),
    "POST /ideas/{idea_id}/restore": Ask({"version": "1"}, {"idea_id": "withdrawn_idea"}, form=True),
    "POST /ideas/{idea_id}/delete": Ask({"version": "1"}, {"idea_id": "draft_idea"}, form=True),
    "GET /challenges/{challenge_id}/panel": Ask(on=CLOSED),
    "GET /challenges/{challenge_id}/report": Ask(on=CLOSED),
    "GET /challenges/{challenge_id}/budget": Ask(on=CLOSED),
    "POST /challenges/{challenge_id}/budget": Ask(
        {"button": "save", "idea-0": "{undecided_idea}", "cost-0": "5"}, CLOSED, form=True
    ),
    "GET /challenges/{challenge_id}/plan": Ask(on=CLOSED),
    "POST /challenges/{challenge_id}/plan": Ask({"target_wrong_calls": "1", "review_budget": "9"}, CLOSED, form=True),
    "POST /challenges/{challenge_id}/shortlist": Ask({"change": "make"}, CLOSED, form=True),
    "POST /challenges/{challenge_id}/decisions": Ask(
        {"outcome": "selected", "idea": "{undecided_idea}"}, CLOSED, form=True
    ),
    "POST /reviews/{assignment_id}": Ask({"version": "1", "comment": "Good."}, form=True),
    "POST /reviews/{assignment_id}/conflict": Ask(REASON, form=True),
    "POST /challenges/{challenge_id}/stage": Ask({"step": "close", "version": "1"} | REASON, form=True),
    "POST /challenges/{challenge_id}/imports": Ask(raw=FILE_FORM, media_type="multipart/form-data; boundary=b"),
    "POST /challenges/{challenge_id}/members": Ask({"person_id": "{other_panelist}"}, form=True),
    "POST /challenges/{challenge_id}/assign": Ask({}, CLOSED, form=True),
    "POST /challenges/{challenge_id}/duplicates": Ask({"pair": "{pair}", "verdict": "dismissed"}, form=True),
    "POST /challenges/{challenge_id}/themes": Ask({"theme_id": "{theme}", "name": "Warmth"}, form=True),
    "POST /reports/{report_id}": Ask({"outcome": "kept"}, form=True),
    "POST /hidden": Ask({"comment_id": "{hidden_comment}"} | REASON, form=True),
    "POST /admin": Ask({"name": "New", "email": "new@example.org", "department": "Sales"}, form=True),
    "POST /admin/people/{person_id}": Ask({"button": "deactivate"}, form=True),
    "POST /admin/policy": Ask({"title": "Fair use", "body": "Be kinder."}, form=True),
    "POST /profile/tokens": Ask({"name": "script", "scopes": ["read", "take_part"], "days": "30"}, form=True),
    "POST /policy": Ask({"version": "1"}, form=True),
    "POST /language": Ask({"language": "en"}, form=True),
}
