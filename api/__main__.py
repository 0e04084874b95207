"""`python -m api`: the API process."""

import gc
import os
import sys


def main() -> None:
    """Start quickly: no search for rubbish where nearly all that is made stays, and no library that nothing uses."""
    gc.disable()
    # structlog imports rich when it finds it, for a kind of traceback that our logs do not have.
    sys.modules["rich"] = None  # type: ignore[assignment]
    # One idea is encoded sooner here than handed to other threads and back.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from api.serving import serve  # noqa: PLC0415

    serve()


if __name__ == "__main__":
    main()
