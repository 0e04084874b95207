"""`python -m api`: the API process. On SIGTERM it answers what it has begun, and ends."""

import os
import sys

import uvicorn

from api.app import create_app
from ideation.logs import set_up_logs
from ideation.settings import SettingsError, load_settings

GRACE_SECONDS = 25


def main() -> None:
    """Serve until told to stop; a setting that is not allowed ends the start with its name."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    set_up_logs(settings)
    uvicorn.run(
        create_app(settings),
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


if __name__ == "__main__":
    main()
