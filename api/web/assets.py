"""Style sheet and scripts, under addresses that change with their content, so that browsers may keep them for ever."""

import gzip
import hashlib
from importlib import resources

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException

from api.dependencies import AnyRequest

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_NAMES = ("app.css", "app.js", "htmx.min.js", "icon.svg", "live.js", "map.js", "import.js", "running.js")


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is sent."""

    content: bytes
    compressed: bytes
    digest: str
    media_type: str


def _load(name: str) -> Asset:
    content = resources.files("api.web").joinpath("static", name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    compressed = gzip.compress(content, 9, mtime=0)
    return Asset(
        content=content, compressed=compressed, digest=digest, media_type=_MEDIA_TYPES[name.rsplit(".", 1)[-1]]
    )


ASSETS = {name: _load(name) for name in _NAMES}


def asset_path(name: str) -> str:
    """Where a page finds the file."""
    return f"/assets/{ASSETS[name].digest}/{name}"


# Pages themselves are not compressed: their size would tell about the secrets in their forms (the BREACH attack).
@get("/assets/{digest:str}/{name:str}", opt={"uncounted": True})
async def read_asset(request: AnyRequest, digest: str, name: str) -> Response[bytes]:
    """The file, if it is still the one asked for."""
    asset = ASSETS.get(name)
    if asset is None or asset.digest != digest:
        raise NotFoundException
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if not _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    headers["content-encoding"] = "gzip"
    return Response(asset.compressed, media_type=asset.media_type, headers=headers)


def _takes_gzip(accepted: str) -> bool:
    codings = (part.replace(" ", "").partition(";q=") for part in accepted.lower().split(","))
    return any(coding == "gzip" and quality not in ("0", "0.0", "0.00", "0.000") for coding, _, quality in codings)


handlers = [read_asset]
