"""Settings from the environment: what is taken, and what ends the start."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideation.settings import SECRET_FIELDS, Settings, SettingsError, load_settings, unknown_variables, variable_name

GOOD = {
    "IDEATION_DATABASE_URL": "postgresql://user@host/name",
    "IDEATION_REDIS_URL": "redis://host",
    "IDEATION_SECRET_KEY": "x" * 32,
}


def test_required_settings_suffice() -> None:
    settings = load_settings(GOOD)
    assert (settings.database_url, settings.port, settings.log_format) == (GOOD["IDEATION_DATABASE_URL"], 8000, "json")


def test_text_of_the_environment_becomes_numbers() -> None:
    assert load_settings(GOOD | {"IDEATION_PORT": "9000", "IDEATION_WORKER_COUNT": "2"}).port == 9000


def test_empty_variable_counts_as_absent() -> None:
    assert load_settings(GOOD | {"IDEATION_PORT": ""}).port == 8000


def test_other_variables_are_left_alone() -> None:
    assert load_settings(GOOD | {"PATH": "/bin", "IDEATION_UNKNOWN": "x"}) == load_settings(GOOD)


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_missing_setting_is_named(missing: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{missing} is required; it must be "):
        load_settings({name: value for name, value in GOOD.items() if name != missing})


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("IDEATION_DATABASE_URL", "mysql://x", "postgresql://user:password@host:port/name"),
        ("IDEATION_REDIS_URL", "http://x", "redis://, rediss:// or unix:// address"),
        ("IDEATION_SECRET_KEY", "short", "at least 32 random characters; signs cursors"),
        ("IDEATION_PORT", "0", "a TCP port, 1 to 65535"),
        ("IDEATION_PORT", "http", "a TCP port, 1 to 65535"),
        ("IDEATION_LOG_LEVEL", "loud", "one of debug, error, info, warning"),
        ("IDEATION_SESSION_HOURS", "0", "a whole number from 1 to 1000000"),
        ("IDEATION_SESSION_HOURS", "99999999999999999999", "a whole number from 1 to 1000000"),
        ("IDEATION_RETENTION_DAYS", "100001", "a number of days from 1 to 100000"),
        ("IDEATION_DATABASE_URL", "postgresql://u:p@host:port/name", "postgresql://user:password@host:port/name"),
        ("IDEATION_DATABASE_URL", "postgresql://u:p@h:99999/name", "postgresql://user:password@host:port/name"),
        ("IDEATION_DATABASE_URL", "postgresql://u:p@a:5432,b:x/name", "postgresql://user:password@host:port/name"),
        ("IDEATION_DATABASE_URL", "postgresql://u:p@[::1/name", "postgresql://user:password@host:port/name"),
        ("IDEATION_REDIS_URL", "redis://host:abc/0", "redis://, rediss:// or unix:// address"),
        ("IDEATION_REDIS_URL", "unix://", "redis://, rediss:// or unix:// address"),
        ("IDEATION_PUBLIC_URL", "https://", "http:// or https:// address people use"),
        ("IDEATION_WORKER_COUNT", "1.5", "a whole number from 1 to 64"),
    ],
)
def test_bad_setting_is_named_with_what_is_allowed(variable: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings(GOOD | {variable: value})
    assert str(refusal.value) == f"{variable} is not allowed; it must be {allowed}"


@given(st.sampled_from([field.name for field in msgspec.structs.fields(Settings)]), st.text(min_size=1))
def test_any_text_is_taken_or_refused_by_name(field: str, text: str) -> None:
    assert outcome(GOOD | {variable_name(field): text}) in ("taken", f"{variable_name(field)} is not allowed")


def outcome(environment: dict[str, str]) -> str:
    """What becomes of these variables."""
    try:
        load_settings(environment)
    except SettingsError as error:
        return str(error).partition("; it must be ")[0]
    return "taken"


@pytest.mark.parametrize("field", sorted(SECRET_FIELDS))
def test_secret_may_stand_in_a_file(field: str, tmp_path: Path) -> None:
    variable = variable_name(field)
    path = tmp_path / "secret"
    path.write_text(GOOD[variable] + "\n")
    environment = {name: value for name, value in GOOD.items() if name != variable}
    assert load_settings(environment | {f"{variable}_FILE": str(path)}) == load_settings(GOOD)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///name",
        "postgresql://u:p%40%3A@host/name",
        "postgresql://u@a:5432,b:5433/name?target_session_attrs=primary",
        "postgresql://u@/name?host=%2Frun%2Fpostgresql",
        "postgresql://u@[::1]:5432/name",
    ],
)
def test_addresses_that_postgresql_knows_are_taken(url: str) -> None:
    assert load_settings(GOOD | {"IDEATION_DATABASE_URL": url}).database_url == url


def test_variables_that_set_nothing_are_found() -> None:
    known = {"IDEATION_SECRET_KEY_FILE": "/x", "IDEATION_PORT": "1", "PATH": "/bin"}
    unknown = {"IDEATION_WORKERS": "2", "IDEATION_PORT_FILE": "/x"}
    assert unknown_variables(known | unknown) == ["IDEATION_PORT_FILE", "IDEATION_WORKERS"]


def test_secret_file_without_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(b"\xff" * 40)
    environment = {name: value for name, value in GOOD.items() if name != "IDEATION_SECRET_KEY"}
    with pytest.raises(SettingsError) as refusal:
        load_settings(environment | {"IDEATION_SECRET_KEY_FILE": str(path)})
    assert str(refusal.value) == f"IDEATION_SECRET_KEY_FILE names {path}, which cannot be read: it holds no text"


def test_secret_in_both_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="both set"):
        load_settings(GOOD | {"IDEATION_SECRET_KEY_FILE": str(tmp_path)})


def test_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    environment = {name: value for name, value in GOOD.items() if name != "IDEATION_SECRET_KEY"}
    path = tmp_path / "absent"
    with pytest.raises(SettingsError) as refusal:
        load_settings(environment | {"IDEATION_SECRET_KEY_FILE": str(path)})
    assert str(refusal.value) == (
        f"IDEATION_SECRET_KEY_FILE names {path}, which cannot be read: No such file or directory"
    )
