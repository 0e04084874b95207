"""The OpenAPI 3.1 description of the API, and where it is served: /v1/openapi.json and, to read, /docs."""

from typing import Any

from litestar import Request, Response, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.serialization import encode_json

TITLE = "Ideation engine"


def openapi_config() -> OpenAPIConfig:
    """What Litestar needs to describe the API."""
    return OpenAPIConfig(
        title=TITLE,
        version="1",
        path="/docs",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
    )


@get("/v1/openapi.json", include_in_schema=False)
async def describe_api(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description itself."""
    document = encode_json(request.app.openapi_schema.to_schema())
    return Response(document, media_type="application/vnd.oai.openapi+json")
