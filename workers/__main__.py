"""`python -m workers work|drain|schedule`: the background processes."""

import argparse
import os
import sys

from ideation.logs import set_up_logs
from ideation.settings import SettingsError, load_settings
from workers import drain, lanes, schedule


def main() -> None:
    """Start one kind of process; it ends gracefully on SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    work = kinds.add_parser("work", help="run jobs, in a quick, a large and IDEATION_WORKER_COUNT heavy lanes")
    work.add_argument("--lane", choices=sorted(lanes.LANES), help="be one lane instead of the parent of all")
    kinds.add_parser("drain", help="hand staged jobs to the queue")
    kinds.add_parser("schedule", help="start what is due by date")
    arguments = parser.parse_args()
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    set_up_logs(settings)
    if arguments.kind == "drain":
        drain.serve(settings)
    elif arguments.kind == "schedule":
        schedule.serve(settings)
    elif arguments.lane:
        lanes.serve_lane(settings, arguments.lane)
    else:
        lanes.Lanes(settings).serve()


if __name__ == "__main__":
    main()
