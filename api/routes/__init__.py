"""The JSON API: one module per topic, each with its `handlers`."""

from litestar.types import ControllerRouterHandler

from api import openapi
from api.routes import (
    assignments,
    audit,
    challenges,
    comments,
    costs,
    decisions,
    duplicates,
    feed,
    health,
    ideas,
    integrity,
    jobs,
    me,
    merges,
    moderation,
    notifications,
    pairs,
    panels,
    people,
    policies,
    problem_types,
    rankings,
    review_plans,
    reviews,
    sessions,
    shortlists,
    similar,
    themes,
    tokens,
    transfer,
    votes,
)

# Below /v1, one line per topic.
API_HANDLERS: list[ControllerRouterHandler] = [
    *assignments.handlers,
    *audit.handlers,
    *challenges.handlers,
    *comments.handlers,
    *costs.handlers,
    *decisions.handlers,
    *duplicates.handlers,
    *feed.handlers,
    *ideas.handlers,
    *integrity.handlers,
    *jobs.handlers,
    *me.handlers,
    *merges.handlers,
    *moderation.handlers,
    *notifications.handlers,
    *pairs.handlers,
    *panels.handlers,
    *people.handlers,
    *policies.handlers,
    *rankings.handlers,
    *review_plans.handlers,
    *reviews.handlers,
    *sessions.handlers,
    *shortlists.handlers,
    *similar.handlers,
    *themes.handlers,
    *tokens.handlers,
    *transfer.handlers,
    *votes.handlers,
]

# Not versioned, and not part of the API's description.
PLATFORM_HANDLERS: list[ControllerRouterHandler] = [
    *health.handlers,
    *problem_types.handlers,
    openapi.describe_api,
]
