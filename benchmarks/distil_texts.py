"""English prose the encoders' teacher reads: descriptions, help, manuals, release notes, dictionaries, messages.

Everything comes from Debian packages, fetched by `apt-get` and unpacked by `dpkg-deb`; nothing is installed. No
labelled set of the benchmarks is among them.
"""

import gettext
import gzip
import hashlib
import html
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGES = [
    "anarchism",
    "apache2-doc",
    "calibre",
    "debian-edu-doc-en",
    "debian-faq",
    "debian-handbook",
    "debian-policy",
    "debian-reference-en",
    "developers-reference",
    "dict-foldoc",
    "dict-gcide",
    "dict-jargon",
    "evolution-common",
    "fortunes",
    "freeciv-data",
    "git-doc",
    "gnome-user-docs",
    "gnucash-docs",
    "gnumeric-doc",
    "gramps",
    "kdenlive-data",
    "kmymoney-common",
    "krita-data",
    "kstars-data",
    "libreoffice-help-en-us",
    "linux-doc-6.1",
    "lintian",
    "manpages",
    "manpages-dev",
    "parley-data",
    "perl-doc",
    "pidgin-data",
    "postgresql-doc-15",
    "python-django-doc",
    "python-pandas-doc",
    "python-sqlalchemy-doc",
    "python3.11-doc",
    "shotwell-common",
    "sphinx-doc",
    "vim-doc",
    "wordnet-base",
]
"""Packages of Debian 12 (bookworm), with what they hold: prose about many things, in sentences people would write."""

LARGEST = {
    "descriptions": 120_000,
    "glosses": 110_000,
    "examples": 47_500,
    "entries": 25_000,
    "terms": 30_000,
    "quotes": 15_000,
    "changes": 70_000,
    "pages": 120_000,
    "messages": 27_500,
}
"""At most so many texts of each kind, chosen by their hash."""

SHORTEST, LONGEST = 12, 600
_WORDS = re.compile("[a-zà-ÿ]+")
_ENGLISH = frozenset(
    _WORDS.findall(
        "the of to and is in for a an with you it be this that are or on as by from at can if not which will when"
    )
)
_FOREIGN = frozenset(
    _WORDS.findall("der die und das nicht ist le les des une est el los del una il che een het para não dla")
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")
_BLOCK = re.compile(
    r"<(p|li|dd|dt|td|title|h[1-6]|para|term|desc|summary)\b[^>]*>(.*?)(?=</\1>|<(?:p|li|dd|dt|td|ul|ol|para|h[1-6])\b)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>")
_BULLET = re.compile(r"^\s*(?:[*+-]|\[[^\]]*\]|\(?bpo-\d+[:)]?|gh-\d+:)\s+", re.MULTILINE)


def fetch(folder: Path) -> None:
    """Downloads the packages' descriptions and the packages into a folder and unpacks them there; once."""
    lists = folder / "lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "unpacked").mkdir(exist_ok=True)
    if not any(lists.glob("*Translation-en*")):
        state = ["-o", f"Dir::State::lists={lists}", "-o", "Acquire::Languages=en"]
        subprocess.run(["/usr/bin/apt-get", "update", *state], check=True)
    for name in PACKAGES:
        if not (folder / "unpacked" / name).exists():
            subprocess.run(["/usr/bin/apt-get", "download", name], check=True, cwd=folder)
            [archive] = folder.glob(f"{name}_*.deb")
            subprocess.run(["/usr/bin/dpkg-deb", "-x", str(archive), str(folder / "unpacked" / name)], check=True)


def prose(folder: Path) -> dict[str, list[str]]:
    """Texts of 12 to 600 characters by kind, from a folder filled by `fetch`; each once, in the order of a hash."""
    unpacked = folder / "unpacked"
    manuals = [unpacked / name for name in PACKAGES if name != "linux-doc-6.1"]
    kinds: dict[str, Callable[[], Iterator[str]]] = {
        "descriptions": lambda: _descriptions(folder / "lists"),
        "glosses": lambda: _glosses(unpacked),
        "examples": lambda: _examples(unpacked),
        "entries": lambda: _entries(unpacked),
        "terms": lambda: _terms(unpacked),
        "quotes": lambda: _quotes(unpacked),
        "changes": lambda: _changes(unpacked),
        "pages": lambda: _pages(manuals),
        "messages": lambda: _messages(unpacked),
    }
    chosen = {}
    for kind, texts in kinds.items():
        found = _distinct(texts())
        chosen[kind] = [found[key] for key in sorted(found)[: LARGEST[kind]]]
        print(f"{kind}: {len(chosen[kind]):,} of {len(found):,} texts", file=sys.stderr, flush=True)
    return chosen


def mixtures(vocabulary: Sequence[str], single: NDArray[np.float32], count: int) -> list[str]:
    """Word mixtures about a random word, for the words the prose lacks; frequent words (early rows) come up more often.

    single: the teacher's vector of each token alone, shape (tokens, d).
    """
    generator = np.random.default_rng(0)
    chosen = np.array([at for at, token in enumerate(vocabulary) if at > 1_990 and re.fullmatch("[a-z]{3,}", token)])
    function_words = [token for token in vocabulary[1_996:2_300] if re.fullmatch("[a-z]+", token)][:160]
    unit = single[chosen] / np.linalg.norm(single[chosen], axis=1, keepdims=True)
    share = 1 / np.sqrt(np.arange(10, len(chosen) + 10))
    share /= share.sum()
    subjects = generator.choice(len(chosen), count, p=share)
    near_to = _nearest(unit, np.unique(subjects), 150)
    texts = []
    for about in subjects.tolist():
        words = int(generator.integers(1, 8))
        near = generator.choice(near_to[about], (words + 1) // 2)
        picked = [about, *near, *generator.choice(len(chosen), words // 2, p=share)]
        said = [vocabulary[chosen[at]] for at in picked]
        said += list(generator.choice(function_words, generator.integers(0, len(said) + 2)))
        generator.shuffle(said)
        texts.append(" ".join(said))
    return texts


def _nearest(unit: NDArray[np.float32], asked: NDArray[np.int64], count: int) -> dict[int, NDArray[np.int64]]:
    """The rows with the largest cosine to each of the rows asked for, in no order but the same each time."""
    near: dict[int, NDArray[np.int64]] = {}
    for part in np.array_split(asked, len(asked) // 256 + 1):
        found = np.sort(np.argpartition(-(unit[part] @ unit.T), count, axis=1)[:, :count], axis=1)
        near |= dict(zip(part.tolist(), found, strict=True))
    return near


def _distinct(texts: Iterable[str]) -> dict[bytes, str]:
    """Texts that read as prose by the hash of their letters."""
    found: dict[bytes, str] = {}
    for raw in texts:
        text = " ".join(raw.replace("¶", "").split())
        letters = re.findall("[A-Za-z]{2,}", text)
        if SHORTEST <= len(text) <= LONGEST and len(letters) > 1 and sum(map(len, letters)) > 0.65 * len(text):
            key = "".join(letters).lower().encode()
            found.setdefault(hashlib.sha256(key).digest(), text)
    return found


def _pieces(paragraph: str) -> Iterator[str]:
    """A paragraph as people write ideas: single sentences, and runs of two to four of them."""
    sentences = _SENTENCE_END.split(" ".join(paragraph.split()))
    taken = 0
    while taken < len(sentences):
        count = 1 + hashlib.sha256(sentences[taken].encode("utf-8", "ignore")).digest()[0] % 6 // 2 * (taken % 2)
        yield " ".join(sentences[taken : taken + count])
        taken += count
    if 1 < len(sentences) < 5:
        yield " ".join(sentences)


def _descriptions(lists: Path) -> Iterator[str]:
    """What Debian's packages are: the line that names them, their paragraphs, and both together."""
    for file in sorted(lists.glob("*_Translation-en.lz4")):
        listed = subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", str(file)], check=True, capture_output=True)
        for stanza in listed.stdout.decode("utf-8").split("\n\n"):
            _, _, description = stanza.partition("Description-en: ")
            title, _, body = description.partition("\n")
            paragraphs = [part for part in re.split(r"\n \.\n", body) if not re.search(r"^ {2,}", part, re.MULTILINE)]
            yield title
            yield f"{title}. {' '.join(paragraphs[:1])}"[:LONGEST]
            for paragraph in paragraphs:
                yield from _pieces(paragraph)


def _glosses(unpacked: Path) -> Iterator[str]:
    for word, definition, _ in _synsets(unpacked):
        yield f"{word}: {definition}"


def _examples(unpacked: Path) -> Iterator[str]:
    for _, _, examples in _synsets(unpacked):
        yield from examples


def _synsets(unpacked: Path) -> Iterator[tuple[str, str, list[str]]]:
    for file in sorted((unpacked / "wordnet-base/usr/share/wordnet").glob("data.*")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("  "):
                fields, _, gloss = line.partition(" | ")
                words = fields.split()
                names = [words[4 + 2 * at].replace("_", " ") for at in range(int(words[3], 16))]
                definition = gloss.split('; "')[0]
                yield ", ".join(names[:3]), definition, re.findall(r'"([^"]+)"', gloss)


def _entries(unpacked: Path) -> Iterator[str]:
    """Definitions of the Collaborative International Dictionary of English, without what surrounds them."""
    file = unpacked / "dict-gcide/usr/share/dictd/gcide.dict.dz"
    for entry in gzip.decompress(file.read_bytes()).decode("utf-8", "ignore").split("\n\n"):
        word, found, rest = entry.partition(" \\")
        definition = re.sub(r"\[[^\]]*\]|\([A-Z][^)]*\.\)|[{}]|^\s*\d+\.", "", "".join(rest.split("\n   ", 1)[1:]))
        if found and word.isalpha():
            yield f"{word}: {definition}"


def _terms(unpacked: Path) -> Iterator[str]:
    """What words about computers mean, in two dictionaries: paragraphs without marks of subject and reference."""
    for name in ("foldoc", "jargon"):
        file = unpacked / f"dict-{name}/usr/share/dictd/{name}.dict.dz"
        for paragraph in gzip.decompress(file.read_bytes()).decode("utf-8", "ignore").split("\n\n"):
            if paragraph.startswith("   "):
                yield from _pieces(re.sub(r"<[^>]*>|^\s*\d+\.|[{}]", "", paragraph))


def _quotes(unpacked: Path) -> Iterator[str]:
    """Sayings and short stories, without who said them."""
    for file in sorted((unpacked / "fortunes/usr/share/games/fortunes").iterdir()):
        if not file.suffix and file.is_file() and not file.is_symlink():
            for saying in _read(file).split("\n%\n"):
                yield from _pieces(saying.partition("\n\t\t")[0])


def _changes(unpacked: Path) -> Iterator[str]:
    """Entries of changelogs and release notes: what was wrong, what is new."""
    files = [*unpacked.rglob("changelog*.gz"), *unpacked.rglob("NEWS*.gz"), *unpacked.rglob("RelNotes*")]
    for file in sorted(path for path in files if path.is_file() and not path.is_symlink()):
        for entry in _BULLET.split(_read(file)):
            lines = re.split(r"\n\s*\n|\n\S", entry)[0].strip()
            yield from _pieces(re.sub(r"\(?(?:Closes|LP|Bug|Thanks)\b.*|\[[^\]]*\]|#\d+", "", lines, flags=re.DOTALL))


def _pages(roots: Sequence[Path]) -> Iterator[str]:
    """Paragraphs and headings of manuals and help, in English."""
    for file in sorted(file for root in roots for file in root.rglob("*")):
        place = file.as_posix()
        foreign = ("/share/help/" in place and "/C/" not in place) or ("/handbook" in place and "/en-US/" not in place)
        if not foreign and file.is_file() and not file.is_symlink():
            for paragraph in _paragraphs(file, place):
                if _is_english(paragraph):
                    yield from _pieces(paragraph)


def _is_english(paragraph: str) -> bool:
    """By its small words; a heading may have none."""
    words = _WORDS.findall(paragraph.lower())
    return not _FOREIGN.intersection(words) and (len(words) < 5 or not _ENGLISH.isdisjoint(words))


def _paragraphs(file: Path, place: str) -> Iterator[str]:
    """Those of HTML, Mallard and DocBook, of manual pages, and of lintian's explanations."""
    if re.search(r"\.(x?html|page|xml|docbook)(\.gz)?$", place):
        for block in _BLOCK.finditer(_read(file)):
            yield html.unescape(_TAG.sub("", block[2]))
    elif "/share/man/" in place and "/man/man" in place:
        for paragraph in re.split(r"\n\.[A-Z]{1,2}\b.*\n", _read(file)):
            if not re.search(r"^[.']", paragraph, re.MULTILINE):
                yield re.sub(r"\\f.|\\&|\\", "", paragraph)
    elif place.endswith(".tag"):
        explanation = _read(file).partition("Explanation:")[2]
        for paragraph in re.split(r"\n \.\n", explanation.split("\n\n")[0]):
            yield html.unescape(_TAG.sub("", paragraph))


def _messages(unpacked: Path) -> Iterator[str]:
    """The English messages of programs, taken from their German catalogues."""
    for file in sorted(unpacked.rglob("locale/de/LC_MESSAGES/*.mo")):
        with file.open("rb") as catalogue:
            messages = gettext.GNUTranslations(catalogue)._catalog  # type: ignore[attr-defined]
        for message in messages:
            if isinstance(message, str):
                yield from _pieces(re.sub(r"[_&](?=\w)|%\(?\w+\)?s?|<[^>]*>", "", message.split("\x04")[-1]))


def _read(file: Path) -> str:
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return raw.decode("utf-8", "ignore")
