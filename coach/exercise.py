"""Exercise cards: what to practise, how far, and which areas stay quiet; read from exercises/*.toml and checked.

Therapists write cards by hand, so a reader gets every fault of every file at once, each with its file, field,
value and what is allowed.
"""

from __future__ import annotations

import hashlib
import string
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coach import CoachError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXERCISES = Path(__file__).resolve().parent.parent / "exercises"
PATTERNS_FILE = "patterns.toml"

SideMovement = Literal[
    "brow_raise",
    "eye_narrowing",
    "cheek_raise",
    "fold_raise",
    "nose_wrinkle",
    "corner_up",
    "corner_out",
    "upper_lip_raise",
    "lower_lip_drop",
    "brow_draw_in",
]
MidlineMovement = Literal["pucker", "mouth_open", "chin_raise", "mouth_shift"]
Unit = Literal["mm", "percent_of_rest_gap"]

MIDLINE: tuple[str, ...] = get_args(MidlineMovement)


class LibraryError(CoachError):
    """The cards hold faults; `faults` lists every one of them, one sentence each."""

    def __init__(self, folder: Path, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"The exercise cards in {folder} need mending:\n" + "\n".join(f"  {f}" for f in faults)
        )


def _between(low: float, high: float, unit: str, default: Any = ...) -> Any:
    """A number within bounds; the bounds are also the words of the fault."""
    words = f"{low:g} to {high:g} {unit}"
    return Field(default, ge=low, le=high, strict=True, allow_inf_nan=False, description=words)


def _words(longest: int = 600) -> Any:
    return Field(min_length=1, max_length=longest, description=f"text of 1 to {longest} characters")


def _source() -> Any:
    return Field(pattern=r"^(S\d+|proposal): \S", description='"S<number>: ..." or "proposal: <why>"')


class Card(BaseModel):
    """What all parts of a card share: values that never change, and no field that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(Card):
    """The wanted movement and the band to reach: `low` to `high`, per side, in `unit`, never more."""

    movement: Literal["smile", "pucker", "eye_closing"]
    unit: Unit
    low: float = _between(0.2, 150, "mm or percent")
    high: float = _between(0.2, 150, "mm or percent")
    source: str = _source()

    @model_validator(mode="after")
    def _band_makes_sense(self) -> Target:
        unit = "percent_of_rest_gap" if self.movement == "eye_closing" else "mm"
        if self.unit != unit:
            raise ValueError(f"unit is {self.unit}; a {self.movement} is counted in {unit}")
        if self.low >= self.high:
            raise ValueError(f"low is {self.low:g}; allowed: less than high, which is {self.high:g}")
        if self.unit == "mm" and self.high > 15:
            raise ValueError(f"high is {self.high:g}; allowed: at most 15 mm, practice is small")
        return self


class Dose(Card):
    """How long and how often; seconds."""

    ramp_seconds: float = _between(1, 10, "seconds", default=3)
    hold_seconds: float = _between(1, 30, "seconds", default=5)
    release_seconds: float = _between(1, 10, "seconds", default=3)
    rest_seconds: float = _between(2, 60, "seconds", default=8)
    repetitions: int = _between(1, 20, "repetitions", default=5)
    source: str = _source()


class Tolerance(Card):
    """How much of an unwanted movement is still let pass, at three sensitivities, in the unit of its watch."""

    sensitive: float = _between(0.3, 60, "mm or percent")
    default: float = _between(0.3, 60, "mm or percent")
    lenient: float = _between(0.3, 60, "mm or percent")

    @model_validator(mode="after")
    def _ascends(self) -> Tolerance:
        if not self.sensitive < self.default < self.lenient:
            raise ValueError(
                f"sensitive, default, lenient are {self.sensitive:g}, {self.default:g}, {self.lenient:g}; "
                "allowed: ascending numbers"
            )
        return self


class Watch(Card):
    """One area that stays quiet in this exercise: a pattern, what it is held against, and how much may pass.

    `own_rest` compares with the same area at rest. `minus_other_side` first takes off what the other side does.
    """

    pattern: str = _words(60)
    compare: Literal["own_rest", "minus_other_side"]
    unit: Unit
    tolerance: Tolerance
    source: str = _source()


class Exercise(Card):
    """One exercise card."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower case words joined by hyphens")
    name: str = _words(60)
    clinical_id: str = Field(pattern=r"^E\d\d$", description="E and two digits")
    muscle: str = _words(120)
    instruction: str = _words(400)
    eyes_closed: bool = Field(strict=True, description="true or false")
    quality: str = _words()
    target: Target
    dose: Dose
    watch: tuple[Watch, ...] = Field(min_length=1, description="at least one watched area")
    sources: tuple[str, ...] = Field(min_length=1, description="at least one source")

    @property
    def version(self) -> str:
        """Twelve letters that change whenever anything on the card changes; kept with every practice."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @model_validator(mode="after")
    def _watches_agree_with_the_target(self) -> Exercise:
        faults = []
        seen = set()
        for number, watch in enumerate(self.watch):
            # In a pucker and in eye closing the other side of a person with synkinesis moves too (S33): taking
            # it off would hide the finding. Only a smile narrows both eyes of healthy people alike (S32).
            if watch.compare == "minus_other_side" and self.target.movement != "smile":
                faults.append(
                    f"watch.{number}.compare is minus_other_side; allowed: own_rest, save in a smile"
                )
            if (watch.pattern, watch.compare) in seen:
                faults.append(f"watch.{number}.pattern is {watch.pattern} again, with the same compare")
            seen.add((watch.pattern, watch.compare))
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Pattern(Card):
    """One unwanted movement people know by sight: where it shows, and the calm words for it.

    `direction` is the sense in which its movement counts: "less" for a corner that is pulled down.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower case words joined by hyphens")
    name: str = _words(60)
    area: Literal["eye", "mouth_corner", "chin", "cheek", "brow", "nose"]
    movement: SideMovement | MidlineMovement
    direction: Literal["more", "less"]
    where: Literal["affected_side", "midline"]
    seen_as: str = _words()
    say: str = _words(120)
    camera: str = _words()
    sources: tuple[str, ...] = Field(min_length=1, description="at least one source")

    @model_validator(mode="after")
    def _sides_agree(self) -> Pattern:
        midline = self.movement in MIDLINE
        if midline != (self.where == "midline"):
            raise ValueError(
                f"where is {self.where}; {self.movement} is {'on' if midline else 'not on'} the midline"
            )
        try:
            blanks = [name for _, name, _, _ in string.Formatter().parse(self.say) if name is not None]
        except ValueError as fault:
            raise ValueError(f"say cannot be filled in ({fault})") from fault
        wanted = [] if midline else ["side"]
        if blanks != wanted:
            place = "no {} at all on the midline" if midline else "{side} exactly once"
            raise ValueError(f"say is {self.say!r}; allowed: {place}")
        return self


@dataclass(frozen=True, slots=True)
class Library:
    """All cards and all patterns, by id."""

    exercises: Mapping[str, Exercise]
    patterns: Mapping[str, Pattern]


def load_library(folder: Path = EXERCISES) -> Library:
    """Read every card of a folder; raises LibraryError with all faults of all files."""
    faults: list[str] = []
    patterns: dict[str, Pattern] = {}
    pattern_tables = _read(folder / PATTERNS_FILE, faults)
    for pattern_id, table in (pattern_tables or {}).items():
        if not isinstance(table, dict):
            faults.append(
                f"{PATTERNS_FILE}: {pattern_id} is {_shown(table)}; allowed: a table, [{pattern_id}]"
            )
            continue
        try:
            patterns[pattern_id] = Pattern.model_validate({"id": pattern_id, **table})
        except ValidationError as error:
            faults += [
                f"{PATTERNS_FILE}: {fault}" for fault in _sentences(error, Pattern, prefix=f"{pattern_id}.")
            ]

    exercises: dict[str, Exercise] = {}
    files = sorted(path for path in folder.glob("*.toml") if path.name != PATTERNS_FILE)
    if not files:
        faults.append("no card found; allowed: at least one <id>.toml")
    for path in files:
        card = _read(path, faults)
        if card is None:
            continue
        if isinstance(card.get("id"), str) and card["id"] != path.stem:
            faults.append(
                f"{path.name}: id is {_shown(card['id'])}; allowed: the file's name, {_shown(path.stem)}"
            )
        if pattern_tables is not None:
            faults += [f"{path.name}: {fault}" for fault in _unknown_patterns(card, pattern_tables)]
        try:
            exercise = Exercise.model_validate(card)
        except ValidationError as error:
            faults += [f"{path.name}: {fault}" for fault in _sentences(error, Exercise)]
            continue
        faults += [f"{path.name}: {fault}" for fault in _unfit_watches(exercise, patterns)]
        exercises[exercise.id] = exercise

    if faults:
        raise LibraryError(folder, faults)
    return Library(MappingProxyType(exercises), MappingProxyType(patterns))


def _read(path: Path, faults: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{path.name}: not found")
    except OSError as error:
        faults.append(f"{path.name}: cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        faults.append(f"{path.name}: not UTF-8 text (byte {error.start})")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path.name}: not TOML: {error}")
    return None


def _unknown_patterns(card: dict[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    """Looked up in the raw tables, so that a fault inside a pattern is not told twice."""
    watches = card.get("watch")
    for number, watch in enumerate(watches if isinstance(watches, list) else []):
        name = watch.get("pattern") if isinstance(watch, dict) else None
        if isinstance(name, str) and name not in known:
            yield f"watch.{number}.pattern is {_shown(name)}; allowed: {', '.join(sorted(known))}"


def _unfit_watches(exercise: Exercise, patterns: Mapping[str, Pattern]) -> Iterator[str]:
    for number, watch in enumerate(exercise.watch):
        pattern = patterns.get(watch.pattern)
        if pattern is None:
            continue
        if watch.unit != "mm" and pattern.movement != "eye_narrowing":
            yield f"watch.{number}.unit is {watch.unit}; allowed for {pattern.id}: mm"
        if watch.compare == "minus_other_side" and pattern.where == "midline":
            yield f"watch.{number}.compare is minus_other_side; allowed on the midline: own_rest"
        if watch.unit == "mm" and watch.tolerance.lenient > 10:
            yield f"watch.{number}.tolerance.lenient is {watch.tolerance.lenient:g}; allowed: at most 10 mm"


def _sentences(error: ValidationError, model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """One sentence for each fault pydantic found: field, value, what is allowed."""
    for detail in error.errors(include_url=False):
        field = prefix + ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "value_error":  # a rule of ours: its words already hold value and range
            rule = str(detail["ctx"]["error"])
            yield f"{field.rstrip('.')}.{rule}" if field else rule
        elif detail["type"] == "missing":
            yield f"{field} is missing; allowed: {_allowed(model, detail['loc']) or 'a value'}"
        elif detail["type"] == "extra_forbidden":
            yield f"{field} is {_shown(detail['input'])}; no card has such a field"
        else:
            allowed = _allowed(model, detail["loc"]) or detail["msg"].removeprefix("Input should be ")
            yield f"{field} is {_shown(detail['input'])}; allowed: {allowed}"


def _allowed(model: type[BaseModel], place: tuple[int | str, ...]) -> str | None:
    """The words beside the field that `place` leads to, if it has any."""
    part: Any = model
    words = None
    for step in place:
        if isinstance(step, int):
            continue
        field = part.model_fields.get(step) if hasattr(part, "model_fields") else None
        if field is None:
            return None
        words = field.description
        inner = getattr(field.annotation, "__args__", ())
        part = inner[0] if inner else field.annotation
    return words


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
