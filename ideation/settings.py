"""Settings: one frozen struct, read once from the environment by the entry point and passed on.

Every field is an environment variable `IDEATION_<FIELD>`; a secret may stand in a file: `IDEATION_<FIELD>_FILE`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

PREFIX = "IDEATION_"
SECRET_FIELDS = frozenset({"database_url", "redis_url", "secret_key"})

DatabaseUrl = Annotated[
    str, Meta(pattern=r"^postgres(ql)?://", description="postgresql://user:password@host:port/name")
]
RedisUrl = Annotated[
    str, Meta(pattern=r"^(rediss?://|unix:///.)", description="redis://, rediss:// or unix:// address")
]
PublicUrl = Annotated[str, Meta(pattern=r"^https?://[^/\s]", description="http:// or https:// address people use")]
Port = Annotated[int, Meta(ge=1, le=65535, description="a TCP port, 1 to 65535")]
PositiveInt = Annotated[int, Meta(ge=1, le=1_000_000, description="a whole number from 1 to 1000000")]
# Three centuries, so that no date computed with it is beyond the calendar, before or after today.
Days = Annotated[int, Meta(ge=1, le=100_000, description="a number of days from 1 to 100000")]
ByteCount = Annotated[int, Meta(ge=1, le=10**12, description="a number of bytes from 1 to 10^12")]


class SettingsError(Exception):
    """A setting is missing or not allowed; the message names it and says what is allowed."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation can be told. Durations carry their unit in the name."""

    database_url: DatabaseUrl
    redis_url: RedisUrl
    secret_key: Annotated[str, Meta(min_length=32, description="at least 32 random characters; signs cursors")]
    public_url: PublicUrl = "http://127.0.0.1:8000"
    host: Annotated[str, Meta(min_length=1, description="the address to listen on")] = "127.0.0.1"
    port: Port = 8000
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    database_pool_size: Annotated[int, Meta(ge=1, le=200, description="a whole number from 1 to 200")] = 10
    session_hours: PositiveInt = 12
    token_max_days: Days = 365
    requests_per_minute: PositiveInt = 600
    writes_per_minute: PositiveInt = 240
    max_body_bytes: ByteCount = 1_000_000
    import_max_bytes: ByteCount = 500_000_000
    worker_count: Annotated[int, Meta(ge=1, le=64, description="a whole number from 1 to 64")] = 1
    job_attempts: Annotated[int, Meta(ge=1, le=20, description="a whole number from 1 to 20")] = 5
    job_timeout_seconds: PositiveInt = 600
    job_retention_days: Days = 14
    # How long ended sessions, links and tokens and read messages are kept.
    retention_days: Days = 365
    ranking_interval_seconds: PositiveInt = 60
    # Whether the workers refine vectors with the sentence-transformer; without, a worker needs 150 MB less.
    refine_ideas: Annotated[bool, Meta(description="true or false")] = True
    reminder_days_before: Days = 3


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingsError naming the first bad variable and what it may be."""
    values = {field.name: _read(environment, field.name) for field in msgspec.structs.fields(Settings)}
    given = {name: value for name, value in values.items() if value is not None}
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_explain(str(error))) from None
    for field in msgspec.structs.fields(Settings):
        if field.name.endswith("_url") and not _names_servers(getattr(settings, field.name)):
            raise SettingsError(f"{variable_name(field.name)} is not allowed; it must be {allowed_values(field)}")
    return settings


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: misspelled, or of another version."""
    known = {variable_name(field.name) for field in msgspec.structs.fields(Settings)}
    known |= {f"{variable_name(field)}_FILE" for field in SECRET_FIELDS}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)


def _names_servers(url: str) -> bool:
    """Whether host and port of an address can be read, of each server where there are several."""
    try:
        for server in urlsplit(url).netloc.rpartition("@")[2].split(","):
            urlsplit(f"//{server}").port  # noqa: B018 - reading it is the check
    except ValueError:
        return False
    return True


def variable_name(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def _read(environment: Mapping[str, str], field: str) -> str | None:
    variable = variable_name(field)
    path = environment.get(f"{variable}_FILE")
    if path is None or field not in SECRET_FIELDS:
        return environment.get(variable) or None
    if environment.get(variable):
        raise SettingsError(f"{variable} and {variable}_FILE are both set; set one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable}_FILE names {path}, which cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{variable}_FILE names {path}, which cannot be read: it holds no text") from None


def _explain(message: str) -> str:
    """Turn msgspec's message into one that names the environment variable and what is allowed."""
    for field in msgspec.structs.fields(Settings):
        if f"`$.{field.name}`" in message or f"required field `{field.name}`" in message:
            problem = "is required" if "required field" in message else "is not allowed"
            return f"{variable_name(field.name)} {problem}; it must be {allowed_values(field)}"
    return message


def allowed_values(field: msgspec.structs.FieldInfo) -> str:
    """What a setting may be, in words."""
    schema = msgspec.json.schema(field.type)
    if "enum" in schema:
        return "one of " + ", ".join(str(choice) for choice in schema["enum"])
    return str(schema.get("description", f"of type {schema.get('type')}"))
