"""The story of one exercise: onset and coupling of one area, evenness, excursion and clean repetitions."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from coach.clinic.story import Story
from coach.records import course_words, listing, telling
from coach.records.trends import compare
from pages import charts, rooms
from pages.care import story_words
from pages.care.repetition_words import theirs
from pages.care.story_charts import JOINED, QUIET, Axis
from pages.care.story_look import MM_AXIS, SHARE, Look, grid, named, of
from pages.care.story_words import Ways

_SEPARATOR = "|"  # between a pattern and its side

_WAYS: dict[str, Ways] = {
    "onset": story_words.ONSET,
    "joined": story_words.JOINED,
    "coupling": story_words.COUPLING,
    "symmetry": story_words.EVENNESS,
    "excursion": story_words.EXCURSION,
    "clean": story_words.CLEAN,
    "pain": Ways(story_words.of_ten, "more", "less", 0.0, 10.0),
    "tightness": Ways(story_words.of_ten, "more", "less", 0.0, 10.0),
}


def choose_area(story: Story, card: str) -> tuple[str, str] | None:
    """The area whose onset and coupling are drawn; at first the one that joined in most often."""
    onset = story.onset[story.onset["card"] == card]
    watched = story.coupling[story.coupling["card"] == card]
    joined = onset[onset["joined_in"] > 0].groupby(["pattern", "side"]).size().to_dict()
    known = onset.dropna(subset=["joined_in"]).groupby(["pattern", "side"]).size().to_dict()
    areas = list(dict.fromkeys([*zip(watched["pattern"], watched["side"], strict=True), *joined]))
    if not areas:
        return None
    areas.sort(key=lambda area: (-joined.get(area, 0), area))
    names = {}
    for area in areas:
        name = telling.sentence_case(named(*area).removeprefix("the "))
        often = f"in {joined[area]} of {known.get(area, joined[area])}" if area in joined else "never"
        names[_SEPARATOR.join(area)] = f"{name}: {often}"
    chosen = st.pills(
        "Area, and in how many practices it was seen to join in",
        list(names),
        default=next(iter(names)),
        format_func=names.__getitem__,
        key=f"story-area-{card}",
        required=True,
    )
    pattern, side = (chosen or next(iter(names))).split(_SEPARATOR)
    return pattern, side


@dataclass(frozen=True)
class OneExercise:
    """An exercise, and the area whose onset and coupling are drawn; None: none is watched."""

    look: Look
    card: str
    area: tuple[str, str] | None

    @property
    def movement(self) -> str:
        """What moves in it, in a word."""
        return charts.movement_word(self.card)

    def draw(self) -> None:
        """Onset and coupling of one area, evenness, excursion and clean repetitions."""
        measured = of(self.look.story.excursion, self.card)["reached_mm"].notna().any()
        if self.area is None:
            st.markdown(story_words.title("How far before something joins in"))
            st.markdown(theirs(course_words.nothing_yet(of(self.look.story.clean, self.card))))
        elif measured:
            self._onset(self.area)
        cells = grid()
        if self.area is not None:
            with next(cells):
                (self._coupling if measured else self._joined_share)(self.area)
        if measured:
            with next(cells):
                self._evenness()
            with next(cells):
                self._excursion()
        with next(cells):
            self._clean()
        if not measured:
            st.caption(story_words.NOT_MEASURED)
        st.caption(self._reading())
        charts.in_numbers(self._table())
        if self.look.against is not None:
            with st.expander(f"Before and after {self.look.treatment}, in numbers"):
                st.table(self._before_and_after())

    def _onset(self, area: tuple[str, str]) -> None:
        course = of(self.look.story.onset, self.card, area)
        name = named(*area)
        st.markdown(story_words.title(f"How far the {self.movement} gets before {name} joins in"))
        went = course.assign(went=course["onset_mm"].fillna(course["quiet_mm"]))
        points = self.look.points(went, "went", story_words.mm)
        points["what"] = [QUIET if pd.isna(far) else JOINED for far in course["onset_mm"]]
        comparison = compare(course["day"], course["onset_mm"])
        self.look.chart(
            points,
            MM_AXIS,
            f"{story_words.onset(course, name, self.movement)}{self._joined(area)}",
            story_words.ONSET,
            comparison,
            ("onset", self.card, *area),
            tall=True,
        )

    def _reading(self) -> str:
        """How the charts are to be read."""
        shade = (
            "the start, with its ups and downs"
            if self.look.against is None
            else f"the ups and downs before {self.look.treatment}"
        )
        return (
            f"Shaded: {shade} (2 SD). Line: the middle of each week with at least three practices. "
            "A click on a point looks closer at that practice."
        )

    def _joined(self, area: tuple[str, str]) -> str:
        """How often it joined in before a treatment and after it: a quiet area has no onset to compare."""
        one = self.look.all_around.get(("joined", self.card, *area))
        if one is None or one.before is None or one.after is None:
            return ""
        share, after = telling.percent(one.before), telling.percent(one.after)
        return (
            f" It joined in during {share} of the repetitions before {self.look.treatment}, during {after} after it: "
            f"{story_words.course_words(one.course, story_words.JOINED)}."
        )

    def _joined_share(self, area: tuple[str, str]) -> None:
        """How often an area joined in, where no movement is measured before which it could."""
        course = of(self.look.story.onset, self.card, area)
        name = named(*area)
        st.markdown(story_words.title(f"How often {name} joins in"))
        self.look.chart(
            self.look.points(course, "joined_share", telling.percent),
            SHARE,
            story_words.joined(course, name),
            story_words.JOINED,
            self.look.since_start("joined", course),
            ("joined", self.card, *area),
        )

    def _coupling(self, area: tuple[str, str]) -> None:
        course = of(self.look.story.coupling, self.card, area)
        name = named(*area)
        st.markdown(story_words.title(f"Coupling: how much {name} moves along"))
        self.look.chart(
            self.look.points(course, "coupling", story_words.ratio),
            Axis("mm for each mm", story_words.ratio, room=0.2),
            story_words.coupling(course, name, self.movement),
            story_words.COUPLING,
            self.look.since_start("coupling", course),
            ("coupling", self.card, *area),
        )

    def _evenness(self) -> None:
        frame = of(self.look.story.evenness, self.card)
        st.markdown(story_words.title("Symmetry: the smaller side beside the larger"))
        low = 0.5 if frame["symmetry"].min() >= 0.5 else 0.0
        self.look.chart(
            self.look.points(frame, "symmetry", telling.percent),
            Axis("smaller / larger", telling.percent, low, 1.0, form=".0%"),
            story_words.evenness(frame),
            story_words.EVENNESS,
            self.look.since_start("symmetry", frame),
            ("symmetry", self.card, "", ""),
        )

    def _excursion(self) -> None:
        frame = of(self.look.story.excursion, self.card)
        st.markdown(story_words.title(f"Excursion: how far the {self.movement} goes"))
        self.look.chart(
            self.look.points(frame, "reached_mm", story_words.mm),
            MM_AXIS,
            story_words.excursion(frame, self.movement),
            story_words.EXCURSION,
            self.look.since_start("excursion", frame),
            ("excursion", self.card, "", ""),
            reach=self._reach(frame),
        )

    def _clean(self) -> None:
        frame = of(self.look.story.clean, self.card)
        st.markdown(story_words.title("Clean repetitions"))
        points = self.look.points(frame, "clean_share", telling.percent)
        points["words"] = [
            "" if pd.isna(clean) else f"{clean:.0f} of {done}"
            for clean, done in zip(frame["clean"], frame["done"], strict=True)
        ]
        self.look.chart(
            points,
            SHARE,
            story_words.clean(frame),
            story_words.CLEAN,
            self.look.since_start("clean", frame),
            ("clean", self.card, "", ""),
        )

    def _reach(self, frame: pd.DataFrame) -> list[dict[str, float]]:
        """The band to reach, from each change of it to the next."""
        rows: list[dict[str, float]] = []
        for row in frame.dropna(subset=["low_mm"]).itertuples():
            at = max(self.look.span.number(row.started_at.to_pydatetime()), 0.0)
            if rows and (rows[-1]["value"], rows[-1]["top"]) == (row.low_mm, row.high_mm):
                continue
            if rows:
                rows[-1]["to"] = at
            rows.append({"at": at, "to": float(self.look.span.days), "value": row.low_mm, "top": row.high_mm})
        return [row for row in rows if row["to"] > row["at"]]

    def _before_and_after(self) -> pd.DataFrame:
        """Every measure around the treatment, in a row each; those of other exercises are left out."""
        rows = []
        for one in self.look.all_around.values():
            if one.card not in ("", self.card):
                continue
            ways = _WAYS.get(one.measure.id, Ways(story_words.signed_mm, "more", "less"))
            area = f", {named(one.pattern, one.side)}" if one.pattern else ""
            low, high = one.low, one.high
            known = low is not None and high is not None
            rows.append(
                {
                    "Measure": f"{telling.sentence_case(one.measure.words)}{area}",
                    "Before": "too few weeks" if one.before is None else ways.figure(one.before),
                    "Ups and downs": "" if low is None or high is None else ways.between(low, high),
                    "After": "too few weeks" if one.after is None else ways.figure(one.after),
                    "Said": story_words.course_words(one.course, ways)
                    if known and one.after is not None
                    else "",
                }
            )
        return pd.DataFrame(rows).set_index("Measure")

    def _table(self) -> pd.DataFrame:
        """The figures behind the charts of an exercise, practice by practice, the newest first."""
        clean = of(self.look.story.clean, self.card)
        courses = self.look.story.onset[self.look.story.onset["card"] == self.card]
        told = listing.practice_table(clean, courses, rooms.library().patterns)
        excursion = (
            of(self.look.story.excursion, self.card).set_index("practice").loc[clean["practice"]].iloc[::-1]
        )
        told.insert(1, "Reached, mm", [story_words.cell(v, "{:.1f}".format) for v in excursion["reached_mm"]])
        coupling = of(self.look.story.coupling, self.card)
        for (pattern, side), some in coupling.groupby(["pattern", "side"], sort=False):
            by_practice = some.set_index("practice")["coupling"].reindex(clean["practice"]).iloc[::-1]
            name = telling.sentence_case(named(str(pattern), str(side)).removeprefix("the "))
            told[f"{name}, coupling"] = [story_words.cell(v, story_words.ratio) for v in by_practice]
        return told
