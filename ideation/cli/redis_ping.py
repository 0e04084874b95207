"""Asks Redis whether it is there, in its own protocol: the domain needs no Redis library for one word."""

import socket
import ssl
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 3.0


class RedisUnreachable(Exception):
    """Redis did not answer as it should; the message says what happened."""


def ping(redis_url: str) -> None:
    """Return when Redis answered; raise RedisUnreachable otherwise."""
    parts = urlsplit(redis_url)
    try:
        with _connect(redis_url) as channel:
            for words in [*_sign_in(parts.username, parts.password, parse_qs(parts.query)), ["PING"]]:
                answer = _ask(channel, words)
                if not answer.startswith(b"+"):
                    raise RedisUnreachable(answer[1:].decode("utf-8", "replace").strip() or "it closed the connection")
    except (OSError, ValueError) as error:
        raise RedisUnreachable(str(error)) from None


def _connect(redis_url: str) -> socket.socket:
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        channel.settimeout(TIMEOUT_SECONDS)
        channel.connect(unquote(parts.path))
        return channel
    host = parts.hostname or "localhost"
    channel = socket.create_connection((host, parts.port or 6379), timeout=TIMEOUT_SECONDS)
    return (
        ssl.create_default_context().wrap_socket(channel, server_hostname=host) if parts.scheme == "rediss" else channel
    )


def _sign_in(username: str | None, password: str | None, query: dict[str, list[str]]) -> list[list[str]]:
    secret = password or query.get("password", [""])[0]
    if not secret:
        return []
    return [["AUTH", *([unquote(username)] if username else []), unquote(secret)]]


def _ask(channel: socket.socket, words: list[str]) -> bytes:
    encoded = [word.encode() for word in words]
    lines = [b"*%d" % len(encoded), *(b"$%d\r\n%s" % (len(word), word) for word in encoded)]
    channel.sendall(b"\r\n".join(lines) + b"\r\n")
    return channel.recv(4096)
