"""Where local servers live and who runs them: PostgreSQL refuses root, and sockets refuse long paths."""

import hashlib
import os
import pwd
import shutil
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import msgspec

UNPRIVILEGED_ACCOUNT = "nobody"
# Root-owned, so that nobody else can lay a folder in our way, and every account may pass through it.
SHARED_HOME = Path("/var/lib/ideation-local")
# The shortest limit of any system we run on is macOS's 104 bytes, with the closing zero.
MAX_SOCKET_PATH_BYTES = 103


class LocalServersError(Exception):
    """The local servers cannot run; the message says why and what to do."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The operating-system account a server runs under."""

    uid: int
    gid: int
    name: str

    @property
    def is_ours(self) -> bool:
        """Whether it is the account of this process."""
        return self.uid == os.geteuid()


def own_account() -> Account:
    """The account of this process."""
    return Account(uid=os.geteuid(), gid=os.getegid(), name=_account_name(os.geteuid()))


def server_account() -> Account:
    """Our own account, or an unprivileged one when we are root."""
    if os.geteuid() != 0:
        return own_account()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    except KeyError:
        raise LocalServersError(
            f"PostgreSQL does not run as root, and this machine has no account named {UNPRIVILEGED_ACCOUNT}; "
            "start as an ordinary user, or set IDEATION_DATABASE_URL and IDEATION_REDIS_URL"
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def is_reachable(path: Path, account: Account) -> bool:
    """Whether the account may pass through every folder down to `path`."""
    return account.is_ours or all(_may_enter(folder, account) for folder in [path, *path.parents])


def home_for(directory: Path, account: Account) -> Path:
    """`directory` itself, or a folder under /var/lib when the account cannot reach it (as in /root)."""
    return directory if is_reachable(directory, account) else SHARED_HOME / _digest(directory)


def owned_directory(path: Path, account: Account) -> Path:
    """Make `path` for the account alone; refuse one that belongs to somebody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.mkdir(mode=0o700)
        os.chown(path, account.uid, account.gid)
    require_owner(path, account)
    return path


def require_owner(path: Path, account: Account) -> None:
    """Raise when `path` belongs to another account than the one that has to use it."""
    owner = path.stat().st_uid
    if owner != account.uid:
        raise LocalServersError(
            f"{path} belongs to {_account_name(owner)}, but the server would run as {account.name}; "
            "start as the user who made it, or remove that folder"
        )


def socket_directory(data: Path, socket_name: str) -> Path:
    """`data`, or a short folder in the temporary one when the socket's path would be too long."""
    if len(os.fsencode(data / socket_name)) <= MAX_SOCKET_PATH_BYTES:
        return data
    return Path(tempfile.gettempdir()) / f"ideation-{_digest(data)}"


def remove_short_directory(sockets: Path, data: Path) -> None:
    """Remove what was made in the temporary folder for the sockets of a long path, once it is empty."""
    if sockets != data:
        with suppress(OSError):
            sockets.rmdir()


def package_directory(package: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LocalServersError(
            f"{package} is not installed; install ideation-engine[local], "
            "or set IDEATION_DATABASE_URL and IDEATION_REDIS_URL to servers of your own"
        )
    return Path(spec.submodule_search_locations[0])


def reachable_copy(source: Path, parts: list[Path], account: Account, *, name: str) -> Path:
    """`source` itself, or a copy of its `parts` where the account can reach them."""
    if is_reachable(source, account):
        return source
    target = SHARED_HOME / name
    if not target.exists():
        SHARED_HOME.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=SHARED_HOME))
        for part in parts:
            shutil.copytree(source / part, unfinished / part, symlinks=True)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    return target


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a server's log, for an error message."""
    if not log.exists():
        return "(it wrote no log)"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def _may_enter(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == account.gid else 0o001))


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
