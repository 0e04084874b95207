"""The words of the pages: one TOML file per language, all with the same keys."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

DEFAULT_LANGUAGE = "en"
# Parts "one | many" of a text that counts something.
_PLURAL = " | "


class Texts:
    """The texts of one language: `texts("home.title")`, with `n` choosing between singular and plural."""

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self.catalogue = catalogue

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, with its {placeholders} filled in; a key that does not exist is a KeyError."""
        text = self.catalogue[key]
        if "n" in values and _PLURAL in text:
            one, many = text.split(_PLURAL)
            text = one if values["n"] == 1 else many
        return text.format(**values) if values else text

    def find(self, key: str, default: str) -> str:
        """The text of a key that may not exist."""
        return self.catalogue.get(key, default)


def choose_language(cookie: str | None, accept_language: str) -> Texts:
    """The language somebody chose, else the first of the browser's that there is, else English."""
    wanted = [cookie or "", *(part.split(";")[0].strip()[:2].lower() for part in accept_language.split(","))]
    return next((CATALOGUES[language] for language in wanted if language in CATALOGUES), CATALOGUES[DEFAULT_LANGUAGE])


def _load(language: str) -> Texts:
    source = resources.files("api.web.texts").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Texts(language, dict(_flatten("", tomllib.loads(source))))


def _flatten(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(f"{prefix}{name}.", value)
        else:
            yield prefix + name, value


CATALOGUES = {language: _load(language) for language in ("en", "de")}
