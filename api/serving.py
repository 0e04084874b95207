"""The API process: from settings to a server that on SIGTERM answers what it has begun, and ends."""

import gc
import os
import resource
import sys
from socket import socket

import uvicorn

from api.app import create_app
from api.platform import Platform, platform_of
from ideation.logs import set_up_logs
from ideation.settings import SettingsError, load_settings

GRACE_SECONDS = 25


class _Server(uvicorn.Server):
    """Before it waits for answers that are under way, it ends those that would go on for minutes."""

    def __init__(self, config: uvicorn.Config, platform: Platform) -> None:
        super().__init__(config)
        self._platform = platform

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen. What has been made by now stays to the end, so no collection needs to look through it."""
        await super().startup(sockets)
        gc.freeze()
        gc.enable()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop serving."""
        self._platform.live.end_streams()
        await super().shutdown(sockets)


def _allow_files() -> None:
    """Open as many files as the machine lets us: every page that is kept up to date holds one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft not in (hard, resource.RLIM_INFINITY):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def serve() -> None:
    """Serve until told to stop; a setting that is not allowed ends the start with its name."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    set_up_logs(settings)
    _allow_files()
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _Server(config, platform_of(app)).run()
