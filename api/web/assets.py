"""Style sheet and scripts, under addresses that change with their content, so that browsers may keep them for ever."""

import hashlib
from importlib import resources

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_NAMES = ("app.css", "app.js", "icon.svg")


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is sent."""

    content: bytes
    digest: str
    media_type: str


def _load(name: str) -> Asset:
    content = resources.files("api.web").joinpath("static", name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content=content, digest=digest, media_type=_MEDIA_TYPES[name.rsplit(".", 1)[-1]])


ASSETS = {name: _load(name) for name in _NAMES}


def asset_path(name: str) -> str:
    """Where a page finds the file."""
    return f"/assets/{ASSETS[name].digest}/{name}"


@get("/assets/{digest:str}/{name:str}", opt={"uncounted": True})
async def read_asset(digest: str, name: str) -> Response[bytes]:
    """The file, if it is still the one asked for."""
    asset = ASSETS.get(name)
    if asset is None or asset.digest != digest:
        raise NotFoundException
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(asset.content, media_type=asset.media_type, headers=headers)


handlers = [read_asset]
