"""All cards, patterns and programmes, read from TOML and checked; a therapist's own cards beside the shipped ones.

Therapists write cards by hand, so a reader gets every fault of every file at once, each with its file, field,
value and what is allowed; what is faulty is left out, and the rest works.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from coach import CoachError
from coach.exercise import Card, Exercise, Pattern
from coach.programme import Programme, unfit

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXERCISES = Path(__file__).resolve().parent.parent / "exercises"
PATTERNS_FILE = "patterns.toml"
PROGRAMMES_FILE = "programmes.toml"
LARGEST_FILE = 200_000  # bytes; the longest of our own files has a tenth of it

Tables = dict[str, Any]
Named = TypeVar("Named", bound=Card)


class LibraryError(CoachError):
    """The cards hold faults; `faults` lists every one of them, one sentence each."""

    def __init__(self, folder: Path, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__(
            f"Exercise cards need mending (files named without a folder are in {folder}):\n"
            + "\n".join(f"  {fault}" for fault in faults)
        )


@dataclass(frozen=True, slots=True)
class Library:
    """All exercises, patterns and programmes that are in order, by id; the ids of a therapist's own; and all faults."""

    exercises: Mapping[str, Exercise]
    patterns: Mapping[str, Pattern]
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def own_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where a therapist's own cards lie: `exercises` in the folder COACH_DATA (`./data` unless set)."""
    return Path(environment.get("COACH_DATA") or "data").absolute() / "exercises"


def load_library(folder: Path = EXERCISES, own: Path | None = None) -> Library:
    """Read everything, as `open_library` does; raises LibraryError with all faults of all files."""
    library = open_library(folder, own)
    if library.faults:
        raise LibraryError(folder, library.faults)
    return library


def current_library(folder: Path = EXERCISES, own: Path | None = None) -> Library:
    """The cards as they lie in their folders now; read again only when one has come, gone or changed."""
    theirs = own_folder() if own is None else own
    return _library_as(folder, theirs, (*_stamps(folder), *_stamps(theirs)))


@lru_cache(maxsize=4)
def _library_as(folder: Path, own: Path, stamps: tuple[object, ...]) -> Library:
    return open_library(folder, own)


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in sorted(folder.glob("*.toml")):
        try:
            found = path.stat()
        except OSError:
            continue  # gone in this moment
        yield path.name, found.st_mtime_ns, found.st_size


def open_library(folder: Path = EXERCISES, own: Path | None = None) -> Library:
    """Read everything and leave out what is faulty; `own` is `own_folder()` unless given. Never raises."""
    faults: list[str] = []
    pattern_tables = _read(folder / PATTERNS_FILE, PATTERNS_FILE, faults)
    patterns = _models(pattern_tables or {}, Pattern, PATTERNS_FILE, faults)

    shipped = _cards_in(folder)
    if not shipped:
        faults.append("no card found; allowed: at least one <id>.toml")
    taken = {path.stem for path in shipped}
    theirs = own_folder() if own is None else own
    others = _cards_in(theirs) if os.path.realpath(theirs) != os.path.realpath(folder) else []

    exercises: dict[str, Exercise] = {}
    waiting: list[str] = []
    for path in (*shipped, *others):
        name = path.name if path.parent == folder else str(path)
        if path in others and path.stem in taken:
            faults.append(
                f"{name}: id is {path.stem!r}, which a shipped card has; allowed: another name and id"
            )
            continue
        card = _read(path, name, faults)
        if card is None:
            continue
        told = list(_faults_of_card(card, path.stem, pattern_tables, patterns))
        faults += [f"{name}: {fault}" for fault in told]
        if told:
            continue
        exercise = Exercise.model_validate(card)
        if all(watch.pattern in patterns for watch in exercise.watch):
            exercises[exercise.id] = exercise
        else:
            waiting.append(exercise.id)

    tables = _read(folder / PROGRAMMES_FILE, PROGRAMMES_FILE, faults)
    programmes = _models(tables or {}, Programme, PROGRAMMES_FILE, faults)
    for programme in list(programmes.values()):
        told = [f"{PROGRAMMES_FILE}: {programme.id}.{fault}" for fault in unfit(programme, exercises, taken)]
        faults += told
        if told or any(item.card not in exercises for item in programme.items):
            del programmes[programme.id]
        if not told and programme.id not in programmes:
            waiting.append(programme.id)
    if waiting:
        faults.append(f"until this is mended, left out as well: {', '.join(waiting)}")
    return Library(
        MappingProxyType(exercises),
        MappingProxyType(patterns),
        MappingProxyType(programmes),
        tuple(path.stem for path in others if path.stem in exercises and path.stem not in taken),
        tuple(faults),
    )


def _cards_in(folder: Path) -> list[Path]:
    try:
        return sorted(
            path for path in folder.glob("*.toml") if path.name not in (PATTERNS_FILE, PROGRAMMES_FILE)
        )
    except OSError:
        return []


def _read(path: Path, name: str, faults: list[str]) -> Tables | None:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            faults.append(f"{name}: longer than {LARGEST_FILE} bytes; allowed: a card of a page or two")
            return None
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except FileNotFoundError:
        faults.append(f"{name}: not found")
    except OSError as error:
        faults.append(f"{name}: cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        faults.append(f"{name}: not UTF-8 text (byte {error.start})")
    except (
        ValueError,
        RecursionError,
    ) as error:  # a TOMLDecodeError is a ValueError, as is a number too long
        faults.append(f"{name}: not TOML: {error}")
    return None


def _models(tables: Tables, model: type[Named], name: str, faults: list[str]) -> dict[str, Named]:
    """Each table of a file as a model whose id is the table's name."""
    found: dict[str, Named] = {}
    for table_id, table in tables.items():
        if not isinstance(table, dict):
            faults.append(f"{name}: {table_id} is {_shown(table)}; allowed: a table, [{table_id}]")
            continue
        try:
            found[table_id] = model.model_validate({**table, "id": table_id})
        except ValidationError as error:
            faults += [f"{name}: {fault}" for fault in _sentences(error, model, prefix=f"{table_id}.")]
    return found


def _faults_of_card(
    card: Tables, stem: str, pattern_tables: Tables | None, patterns: Mapping[str, Pattern]
) -> Iterator[str]:
    if isinstance(card.get("id"), str) and card["id"] != stem:
        yield f"id is {_shown(card['id'])}; allowed: the file's name, {_shown(stem)}"
    if pattern_tables is not None:
        yield from _unknown_patterns(card, pattern_tables)
    try:
        exercise = Exercise.model_validate(card)
    except ValidationError as error:
        yield from _sentences(error, Exercise)
    else:
        yield from _unfit_watches(exercise, patterns)


def _unknown_patterns(card: Tables, known: Tables) -> Iterator[str]:
    """Looked up in the raw tables, so that a fault inside a pattern is not told twice."""
    watches = card.get("watch")
    for number, watch in enumerate(watches if isinstance(watches, list) else []):
        name = watch.get("pattern") if isinstance(watch, dict) else None
        if isinstance(name, str) and name not in known:
            yield f"watch.{number}.pattern is {_shown(name)}; allowed: {', '.join(sorted(known))}"


def _unfit_watches(exercise: Exercise, patterns: Mapping[str, Pattern]) -> Iterator[str]:
    one_side = exercise.target is not None and exercise.target.one_side
    for number, watch in enumerate(exercise.watch):
        pattern = patterns.get(watch.pattern)
        if pattern is None:
            continue
        if pattern.judged != "live":
            yield f"watch.{number}.pattern is {pattern.id}, which is {pattern.judged}; allowed: live patterns"
            continue
        if watch.unit != "mm" and pattern.movement != "eye_narrowing":
            yield f"watch.{number}.unit is {watch.unit}; allowed for {pattern.id}: mm"
        if watch.compare == "minus_other_side" and pattern.where == "midline":
            yield f"watch.{number}.compare is minus_other_side; allowed on the midline: own_rest"
        if pattern.where == "resting_side" and not one_side:
            yield f"watch.{number}.pattern is {pattern.id}; allowed only where target.one_side is true"
        if watch.unit == "mm" and watch.tolerance.lenient > 10:
            yield f"watch.{number}.tolerance.lenient is {watch.tolerance.lenient:g}; allowed: at most 10 mm"


def _sentences(error: ValidationError, model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """One sentence for each fault pydantic found: field, value, what is allowed."""
    for detail in error.errors(include_url=False):
        place = tuple(part for part in detail["loc"] if part != "[key]")
        name = prefix + ".".join(str(part) for part in place)
        if detail["type"] == "value_error":  # a rule of ours: its words already hold value and range
            rule = str(detail["ctx"]["error"])
            yield f"{name.rstrip('.')}.{rule}" if name else rule
        elif detail["type"] == "missing":
            yield f"{name} is missing; allowed: {_allowed(model, place) or 'a value'}"
        elif detail["type"] == "extra_forbidden":
            yield f"{name} is {_shown(detail['input'])}; no card has such a field"
        else:
            listed = detail["type"] == "literal_error"  # pydantic names every one of them
            allowed = (None if listed else _allowed(model, place)) or detail["msg"]
            yield f"{name} is {_shown(detail['input'])}; allowed: {allowed.removeprefix('Input should be ')}"


def _allowed(model: type[BaseModel], place: tuple[int | str, ...]) -> str | None:
    """The words beside the field that `place` leads to, if it has any."""
    part: Any = model
    words = None
    for step in place:
        if isinstance(step, int):
            continue
        if not hasattr(part, "model_fields"):
            return words  # inside a table whose keys are names of movements
        found = part.model_fields.get(step)
        if found is None:
            return None
        words = found.description
        inner = getattr(found.annotation, "__args__", ())
        part = inner[0] if inner else found.annotation
    return words


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
