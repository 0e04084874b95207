"""A slow disk and a stepped clock, through a library preloaded into the processes; needs a C compiler."""

import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("shim.c")


class Shim:
    """The compiled library with one control file: what is written there holds from that moment on."""

    def __init__(self, library: Path, control: Path) -> None:
        self._library = library
        self._control = control
        self._control.write_bytes(bytes(16))
        self._control.chmod(0o644)

    @property
    def environment(self) -> dict[str, str]:
        """What a process is started with so that it obeys."""
        return {"LD_PRELOAD": str(self._library), "FAULTS_CONTROL": str(self._control)}

    def set(self, *, sync_seconds: float = 0.0, clock_seconds: int = 0) -> None:
        """Let every fsync take this much longer and the clock be this much ahead (behind, when negative)."""
        with self._control.open("r+b") as file:
            file.write(struct.pack("=qq", round(sync_seconds * 1e6), clock_seconds))


def compile_library(directory: Path) -> Path | None:
    """The library, compiled into this folder; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    library = directory / "shim.so"
    done = subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"], check=False)
    if done.returncode != 0:
        return None
    library.chmod(0o755)
    return library
