"""What every answer carries, of whatever kind it is."""

import httpx
import pytest

from api.app import create_app
from api.platform import platform_of
from api.web.assets import ASSETS, asset_path
from tests.api.conftest import Api, make_settings
from tests.safety.matrix import ask, read_table
from tests.safety.world import World

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
TELL_TALE = {"server", "x-powered-by", "access-control-allow-origin"}


def require_safe(answer: httpx.Response, *, kept: bool = False) -> None:
    """The headers are those that protect; only what never changes may be kept by a browser or a proxy."""
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy == POLICY
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert [name for name in TELL_TALE if name in answer.headers] == []
    assert answer.headers["cache-control"] == ("public, max-age=31536000, immutable" if kept else "no-store")
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("route", [row.route for row in read_table()])
async def test_every_route_answers_strangers_and_administrators_with_all_headers(
    api: Api, world: World, route: str
) -> None:
    require_safe(await ask(api.anonymous, world, route, None))
    if route.startswith("GET"):
        require_safe(await ask(api.anonymous, world, route, world.tokens["administrator"]))


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/v1/nowhere", {}, 404),
        ("GET", "/nowhere", {"Accept": "text/html"}, 404),
        ("TRACE", "/v1/people", {}, 405),
        ("OPTIONS", "/v1/people", {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}, 204),
        ("HEAD", "/v1/people", {}, 401),
        ("HEAD", "/v1/nowhere", {}, 404),
        ("HEAD", "/sign-out", {}, 405),
        ("GET", "/v1/people", {"Authorization": "Bearer idt_wrong"}, 401),
        ("GET", "/v1/people?limit=x", {}, 401),
        ("GET", "/assets/0/app.css", {}, 404),
    ],
)
async def test_refusals_carry_them_too(api: Api, method: str, path: str, headers: dict[str, str], status: int) -> None:
    answer = await api.anonymous.request(method, path, headers=headers)
    assert answer.status_code == status
    require_safe(answer)


async def test_files_carry_them_too(api: Api) -> None:
    for name in ASSETS:
        answer = await api.anonymous.get(asset_path(name))
        assert answer.status_code == 200
        require_safe(answer, kept=True)


async def test_unexpected_errors_carry_them_and_tell_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("api.callers.Callers.by_token", fail)
    for path, accepted in (("/v1/me", "application/json"), ("/", "text/html")):
        answer = await api.anonymous.get(path, headers={"Authorization": "Bearer idt_x", "Accept": accepted})
        assert answer.status_code == 500
        assert "hunter2" not in answer.text
        assert "Traceback" not in answer.text
        require_safe(answer)


async def test_behind_tls_browsers_are_told_to_stay_there(api: Api) -> None:
    settings = make_settings(api.settings.database_url, api.settings.redis_url, public_url="https://ideas.example")
    app = create_app(settings)
    await platform_of(app).open()
    try:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="https://ideas.example") as client:
            page = await client.get("/sign-in")
            language = await client.post("/language", data={"language": "de"})
    finally:
        await platform_of(app).close()
    assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert "Secure" in language.headers["set-cookie"]
    assert "HttpOnly" in language.headers["set-cookie"]
