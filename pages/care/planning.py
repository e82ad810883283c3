"""The plan on the therapist's table: what is being put together, which version it began with, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from coach import session
from coach.clinic import choice
from coach.clinic.draft import Draft
from coach.exercise import Exercise
from coach.levels import assignment_of, has_levels
from coach.prescription import Item, Prescription
from coach.records import telling
from pages.care.forms import Theirs
from pages.day import whole


@dataclass(frozen=True)
class Planning:
    """A draft in this window, beside what the log says; `months` are those since onset, None: not known."""

    day: Theirs
    months: int | None

    @property
    def uid(self) -> str:
        """Whose plan it is."""
        return self.day.patient.uid

    @property
    def draft(self) -> Draft:
        """What is on the table."""
        return self._slot["draft"]

    @property
    def base(self) -> Prescription | None:
        """The version that the draft began with."""
        return self.day.version(self._slot["base"])

    @property
    def latest(self) -> Prescription | None:
        """The version that is valid now."""
        return self.day.prescription

    @property
    def overtaken(self) -> bool:
        """Whether another version has been written since the draft began."""
        return self._slot["base"] != (self.latest.uid if self.latest else None)

    @property
    def changes(self) -> tuple[str, ...]:
        """What the draft changes, each in a few words."""
        return self.draft.changes_from(Draft.of(self.base), self.names)

    @property
    def names(self) -> dict[str, str]:
        """The names of the cards and of the patterns."""
        library = self.day.library
        return {one.id: one.name for one in (*library.exercises.values(), *library.patterns.values())}

    def put(self, draft: Draft) -> None:
        """Keep a change of the draft."""
        self._slot["draft"] = draft

    def afresh(self, draft: Draft, base: Prescription | None) -> None:
        """Another draft in its place, with all its fields filled in anew."""
        slot = self._slot
        turn = slot["turn"] + 1
        slot.update(draft=draft, base=base.uid if base else None, turn=turn, open=None)

    def key(self, name: str) -> str:
        """The key of a field, of this person and this draft alone."""
        return f"{name}-{self._slot['turn']}-{self.uid[:8]}"

    @property
    def opened(self) -> str | None:
        """The card whose settings are open."""
        return self._slot["open"]

    def open(self, card: str | None) -> None:
        """Open the settings of one card, or of none."""
        self._slot["open"] = card

    def against(self, item: Item) -> str | None:
        """Why an item may not be prescribed; None where it may, or where its card is gone."""
        exercise = self.day.library.exercises.get(item.card)
        return None if exercise is None else choice.against(exercise, self.draft.stage, self.months)

    @property
    def _slot(self) -> dict:
        slots = st.session_state.setdefault("plans", {})
        if self.uid not in slots:
            latest = self.latest
            slots[self.uid] = {
                "draft": Draft.of(latest),
                "base": latest.uid if latest else None,
                "turn": 0,
                "open": None,
            }
        return slots[self.uid]


def follow(planning: Planning) -> None:
    """Go on from the newest version where nothing of the draft is one's own."""
    if planning.overtaken and not planning.changes:
        planning.afresh(Draft.of(planning.latest), planning.latest)


def seconds(planning: Planning) -> float:
    """How long all of the draft takes in one session, whether or not it has room there."""
    known = planning.day.known(planning.draft)
    return session.session_seconds((exercise, whole(item, exercise)) for item, exercise in known)


def in_short(item: Item, exercise: Exercise, planning: Planning) -> str:
    """What is planned of one exercise, in one line."""
    times = item.repetitions or exercise.dose.repetitions
    hold = item.hold_seconds or exercise.dose.hold_seconds
    lasts = session.estimate_seconds(exercise, whole(item, exercise))
    often = "once" if times == 1 else f"{times} times"
    parts = [f"{often} {hold:g} s", f"{lasts / 60:.1f} min"]
    if has_levels(exercise):
        parts.append(f"level {item.level}")
        low_high = band_mm(item, exercise, planning)
        if low_high:
            parts.append(f"{low_high[0]:.1f} to {low_high[1]:.1f} mm")
        if item.sensitivity != "default":
            parts.append("speaks up early" if item.sensitivity == "sensitive" else "speaks up late")
    return " · ".join(parts).replace(" mm", "\N{NO-BREAK SPACE}mm").replace(" min", "\N{NO-BREAK SPACE}min")


def band_mm(item: Item, exercise: Exercise, planning: Planning) -> tuple[float, float] | None:
    """The band to reach in mm; None where nothing is to move, or where it is counted in another unit."""
    target = exercise.target
    if target is None or target.unit != "mm" or item.level == 1:
        return None
    band = assignment_of(item, exercise, planning.day.ranges).band
    return band or (target.low, target.high)


def band_words(item: Item, exercise: Exercise, planning: Planning) -> str:
    """How far the movement is to go, and what that goes by."""
    target = exercise.target
    if target is None:
        return "How far it goes is not measured: only the rest of the face is watched."
    if item.level == 1:
        return "At level 1 nothing is to move."
    if target.unit != "mm":
        low, high = assignment_of(item, exercise, {}).band or (target.low, target.high)
        return f"{low:g} to {high:g} % of the eye's own opening at rest."
    low, high = band_mm(item, exercise, planning) or (target.low, target.high)
    reach = f"**{low:.1f} to {high:.1f}\N{NO-BREAK SPACE}mm**"
    own = planning.day.ranges.get(target.movement)
    if own is None:
        return f"{reach}: the comfortable range is not tested yet, so the card's own size is used."
    return f"{reach} of the {telling.mm(own.mm)} that the healthy side went in comfort on {telling.day(own.day)}."
