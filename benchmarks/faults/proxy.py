"""A socket between the engine and a server, which can be cut: every connection through it breaks in the middle."""

import contextlib
import socket
import threading
from pathlib import Path

_PIECE = 65_536


class Proxy:
    """Listens on one Unix socket and passes everything on to another."""

    def __init__(self, listening: Path, target: Path) -> None:
        self._target = str(target)
        self._open: set[socket.socket] = set()
        self._refusing = False
        self._lock = threading.Lock()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(listening))
        self._server.listen(200)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> int:
        """Break every connection and refuse new ones until `mend`; returns how many broke."""
        self._refusing = True
        with self._lock:
            broken = list(self._open)
            self._open.clear()
        for end in broken:
            _break(end)
        return len(broken) // 2

    def mend(self) -> None:
        """Let connections through again."""
        self._refusing = False

    def close(self) -> None:
        """Stop listening and break what is open."""
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            if self._refusing or not self._connect(client):
                client.close()

    def _connect(self, client: socket.socket) -> bool:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self._target)
        except OSError:
            server.close()
            return False
        with self._lock:
            self._open |= {client, server}
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()
        return True

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                sink.sendall(piece)
        with self._lock:
            self._open -= {source, sink}
        _break(source)
        _break(sink)


def _break(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
