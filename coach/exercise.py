"""Exercise cards and patterns: what to practise, how far, and which areas stay quiet.

Only what a card may say stands here; library.py reads the files.
"""

from __future__ import annotations

import hashlib
import string
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Stage = Literal["initiation", "facilitation", "movement_control", "relaxation"]
Region = Literal["whole face", "brows", "eyes", "nose", "cheeks", "mouth", "chin and neck"]
Area = Literal["eye", "mouth_corner", "chin", "cheek", "brow", "nose", "neck"]
Unit = Literal["mm", "percent_of_rest_gap"]

# movement: measured against a band, areas watched. areas: led by the clock, areas watched. stillness: the whole face
# stays at rest. nothing: a timer, no camera. range: the guided calibration, nothing judged.
Judged = Literal["movement", "areas", "stillness", "nothing", "range"]

TargetMovement = Literal[
    "smile",
    "pucker",
    "eye_closing",
    "brow_raise",
    "frown",
    "nose_wrinkle",
    "upper_lip_raise",
    "lower_lip_drop",
]
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
WatchedMovement = Literal[SideMovement, MidlineMovement, "corner_travel"]
DrawnMovement = Literal[SideMovement, "pucker", "mouth_open", "chin_raise", "cheek_puff", "lip_press"]

MIDLINE: tuple[str, ...] = get_args(MidlineMovement)
# Only where healthy eyes and mouths move alike on both sides may the other side be taken off (clinical.md 5.7); in a
# pucker and in eye closure the other side of a person with synkinesis joins in too (S33): it would hide the finding.
COMPARED_WITH_THE_OTHER_SIDE = ("smile", "brow_raise")


def between(low: float, high: float, unit: str, default: Any = ...) -> Any:
    """A number within bounds; the bounds are also the words of the fault."""
    words = f"{low:g} to {high:g} {unit}"
    return Field(default, ge=low, le=high, strict=True, allow_inf_nan=False, description=words)


def text(longest: int = 600, default: Any = ...) -> Any:
    """Words, up to a length."""
    words = f"text of 1 to {longest} characters"
    return Field(default, min_length=1, max_length=longest, pattern=r"\S", description=words)


def origin() -> Any:
    """Where a number comes from."""
    return Field(pattern=r"^(S\d+|proposal): \S", description='"S<number>: ..." or "proposal: <why>"')


def identifier() -> Any:
    """A name for files and links."""
    return Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower case words joined by hyphens")


def yes_or_no(default: Any = ...) -> Any:
    """True or false, and nothing that looks like it."""
    return Field(default, strict=True, description="true or false")


Source = Annotated[str, origin()]


def origins() -> Any:
    """Where the words and numbers of a whole card come from."""
    return Field(min_length=1, description='a list of "S<number>: ..." or "proposal: <why>", at least one')


class Card(BaseModel):
    """What all parts of a card share: values that never change, and no field that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(Card):
    """The wanted movement and the band to reach, per side: at least its lower edge, never more than its upper one.

    `low` to `high` holds until the person's own range is known; from then on `share_low` to `share_high` percent of
    the healthy side's own comfortable maximum. With `one_side` the sides take turns, the affected one first.
    """

    movement: TargetMovement
    unit: Unit
    low: float = between(0.2, 150, "mm or percent")
    high: float = between(0.2, 150, "mm or percent")
    share_low: float = between(5, 60, "percent", default=20)
    share_high: float = between(5, 60, "percent", default=40)
    one_side: bool = yes_or_no(default=False)
    source: str = origin()

    @model_validator(mode="after")
    def _band_makes_sense(self) -> Target:
        unit = "percent_of_rest_gap" if self.movement == "eye_closing" else "mm"
        if self.unit != unit:
            raise ValueError(f"unit is {self.unit}; a {self.movement} is counted in {unit}")
        if self.low >= self.high:
            raise ValueError(f"low is {self.low:g}; allowed: less than high, which is {self.high:g}")
        if self.share_low >= self.share_high:
            raise ValueError(
                f"share_low is {self.share_low:g}; allowed: less than share_high, which is {self.share_high:g}"
            )
        if self.unit == "mm" and self.high > 15:
            raise ValueError(f"high is {self.high:g}; allowed: at most 15 mm, practice is small")
        return self


class Dose(Card):
    """How long and how often; seconds. In a card with tasks, `repetitions` is how often each task is done."""

    ramp_seconds: float = between(1, 10, "seconds", default=3)
    hold_seconds: float = between(1, 120, "seconds", default=5)
    release_seconds: float = between(1, 10, "seconds", default=3)
    rest_seconds: float = between(2, 60, "seconds", default=8)
    repetitions: int = between(1, 20, "repetitions", default=5)
    source: str = origin()


class Tolerance(Card):
    """How much of an unwanted movement is still let pass, at three sensitivities, in the unit of its watch."""

    sensitive: float = between(0.3, 60, "mm or percent")
    default: float = between(0.3, 60, "mm or percent")
    lenient: float = between(0.3, 60, "mm or percent")

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

    pattern: str = text(60)
    compare: Literal["own_rest", "minus_other_side"]
    unit: Unit
    tolerance: Tolerance
    source: str = origin()


class Drawing(Card):
    """The animated line face: how far, in mm, each drawn thing goes; and where fingers lie in a massage or stretch."""

    moves: dict[DrawnMovement, Annotated[float, between(0.2, 15, "mm")]] = Field(
        default={}, description="a table of movements, each 0.2 to 15 mm"
    )
    touch: tuple[Area, ...] = Field(default=(), description="a list of areas")

    def __hash__(self) -> int:
        return hash((tuple(self.moves.items()), self.touch))


class Task(Card):
    """One movement of the guided calibration."""

    id: str = identifier()
    name: str = text(60)
    movement: TargetMovement
    prompt: str = text(80)
    eyes_closed: bool = yes_or_no(default=False)
    drawing: Drawing = Drawing()
    source: str = origin()


class Exercise(Card):
    """One exercise card."""

    id: str = identifier()
    name: str = text(60)
    clinical_id: str = Field(pattern=r"^(E\d\d|ASSESSMENT)$", description="E and two digits, or ASSESSMENT")
    region: Region
    muscle: str = text(120)
    branch: str = text(120)
    stages: tuple[Stage, ...] = Field(min_length=1, description="a list of at least one stage")
    instruction: str = text(400)
    prompt: str = text(80)
    in_words: str | None = text(120, default=None)
    judged: Judged
    eyes_closed: bool = yes_or_no()
    talking: bool = yes_or_no(default=False)
    not_before_months: int = between(0, 60, "whole months", default=0)
    quality: str = text()
    target: Target | None = None
    tasks: tuple[Task, ...] = Field(default=(), description="a list of tasks, [[tasks]]")
    dose: Dose
    watch: tuple[Watch, ...] = Field(default=(), description="a list of watched areas, [[watch]]")
    drawing: Drawing
    sources: tuple[Source, ...] = origins()

    @property
    def version(self) -> str:
        """Twelve letters that change whenever anything on the card changes; kept with every practice."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def seconds(self, repetitions: int | None = None, hold_seconds: float | None = None) -> float:
        """How long the exercise takes when nothing holds it up; a prescription may set its own dose."""
        dose = self.dose
        hold = dose.hold_seconds if hold_seconds is None else hold_seconds
        times = (dose.repetitions if repetitions is None else repetitions) * max(len(self.tasks), 1)
        return times * (dose.rest_seconds + dose.ramp_seconds + hold + dose.release_seconds)

    @model_validator(mode="after")
    def _parts_agree(self) -> Exercise:
        faults = [*self._parts_that_do_not_fit(), *self._watches_that_do_not_fit()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _parts_that_do_not_fit(self) -> list[str]:
        judged, faults = self.judged, []
        if self.target is None and judged == "movement":
            faults.append("target is missing; allowed where judged is movement: a table, [target]")
        if self.target is not None and judged != "movement":
            faults.append(f"target is given; allowed where judged is {judged}: no [target]")
        if not self.tasks and judged == "range":
            faults.append("tasks is missing; allowed where judged is range: at least one [[tasks]]")
        if self.tasks and judged != "range":
            faults.append(f"tasks is given; allowed where judged is {judged}: no [[tasks]]")
        if not self.watch and judged in ("movement", "areas", "stillness"):
            faults.append(f"watch is missing; allowed where judged is {judged}: at least one [[watch]]")
        if self.watch and judged in ("nothing", "range"):
            faults.append(f"watch is given; allowed where judged is {judged}: no [[watch]]")
        if not self.drawing.moves and judged in ("movement", "areas"):
            faults.append(f"drawing.moves is empty; allowed where judged is {judged}: at least one movement")
        if len(set(self.stages)) < len(self.stages):
            faults.append(f"stages is {', '.join(self.stages)}; allowed: each stage once")
        ids = [task.id for task in self.tasks]
        faults += [
            f"tasks.{number}.id is {name} again; allowed: each id once"
            for number, name in enumerate(ids)
            if name in ids[:number]
        ]
        return faults

    def _watches_that_do_not_fit(self) -> list[str]:
        faults = []
        seen = set()
        target = self.target
        for number, watch in enumerate(self.watch):
            place = f"watch.{number}"
            if watch.compare == "minus_other_side":
                if target is None or target.movement not in COMPARED_WITH_THE_OTHER_SIDE:
                    faults.append(
                        f"{place}.compare is minus_other_side; allowed: own_rest, save in a smile or a brow raise"
                    )
                elif target.one_side:
                    faults.append(
                        f"{place}.compare is minus_other_side; allowed where one side moves at a time: own_rest"
                    )
            if (watch.pattern, watch.compare) in seen:
                faults.append(
                    f"{place}.pattern is {watch.pattern} again, with the same compare; allowed: each once"
                )
            seen.add((watch.pattern, watch.compare))
        return faults


class Pattern(Card):
    """One unwanted movement people know by sight: where it shows, and the calm words for it.

    `judged` says whether it is watched while practising (`live`), followed from rest to rest (`at_rest`), or left to
    people's own eyes (`not_by_camera`). `direction` is the sense in which a movement counts: "less" for a corner that
    is pulled down. `resting_side` is the side that is not asked in a one-sided task.
    """

    id: str = identifier()
    name: str = text(60)
    judged: Literal["live", "at_rest", "not_by_camera"]
    area: Area
    movement: WatchedMovement | None = None
    direction: Literal["more", "less"] | None = None
    where: Literal["affected_side", "both_sides", "resting_side", "midline"] | None = None
    seen_as: str = text()
    say: str = text(120)
    camera: str = text()
    sources: tuple[Source, ...] = origins()

    @model_validator(mode="after")
    def _judged_as_it_can_be(self) -> Pattern:
        for name in ("movement", "direction", "where"):
            value = getattr(self, name)
            if self.judged == "live" and value is None:
                raise ValueError(f"{name} is missing; allowed where judged is live: a value")
            if self.judged != "live" and value is not None:
                raise ValueError(f"{name} is {value}; allowed where judged is {self.judged}: no such field")
        return self

    @model_validator(mode="after")
    def _sides_agree(self) -> Pattern:
        midline = self.movement in MIDLINE
        if self.judged == "live" and midline != (self.where == "midline"):
            raise ValueError(
                f"where is {self.where}; {self.movement} is {'on' if midline else 'not on'} the midline"
            )
        try:
            blanks = [name for _, name, _, _ in string.Formatter().parse(self.say) if name is not None]
        except ValueError as fault:
            raise ValueError(f"say cannot be filled in ({fault})") from fault
        sided = self.judged == "live" and not midline
        if blanks != (["side"] if sided else []):
            place = "{side} exactly once" if sided else "no {} at all where no side is told"
            raise ValueError(f"say is {self.say!r}; allowed: {place}")
        return self


def closes_eyes(exercise: Exercise, level: int) -> bool:
    """Whether eyes are shut in it: not at rest, and not in the tiny movement, where lids sink a part of the way."""
    return exercise.eyes_closed and level > 2
