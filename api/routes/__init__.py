"""The JSON API: one module per topic, each with its `handlers`."""

from litestar.types import ControllerRouterHandler

from api import openapi
from api.routes import (
    health,
)

# Below /v1, one line per topic.
API_HANDLERS: list[ControllerRouterHandler] = []

# Not versioned, and not part of the API's description.
PLATFORM_HANDLERS: list[ControllerRouterHandler] = [*health.handlers, openapi.describe_api]
