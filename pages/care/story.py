"""The story: each measure by itself over one calendar, treatments marked across, what was before and what after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from string import ascii_uppercase
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coach.clinic.access import Who
from coach.clinic.around import BOUNDS, MEASURES, Around, Measure, around, weeks_around
from coach.clinic.band import WEEKS_BEFORE
from coach.clinic.story import Story, treatment_words
from coach.records import Patient, listing, resting_words, telling
from coach.records import resting as at_rest
from coach.records.care_history import Treatment
from coach.records.trends import JUDGED_ENOUGH, Comparison, compare
from pages import charts, entry, rooms
from pages.care import story_charts, story_words
from pages.care.repetition_words import theirs
from pages.care.story_charts import JOINED, QUIET, Axis, Held, Mark, Span
from pages.care.story_words import Figure, Ways
from pages.patient_row import plain

PERIODS = {"3 months": 13, "6 months": 26, "a year": 52, "all": 0}
RATINGS = {"pain": "pain", "tightness": "tightness", "effort": "effort", "eye_comfort": "eye comfort"}
START = "the start"
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
_BY_ID: dict[str, Measure] = {measure.id: measure for measure in MEASURES}
_MM_AXIS = Axis("mm", story_words.mm)
_SHARE = Axis("share", telling.percent, 0.0, 1.0, form=".0%")


def draw(patient: Patient, who: Who) -> None:
    """Everything that was practised, felt and done to a face, over time."""
    entry.require("/patient", patient.uid)
    zone = charts.zone()
    story = Story.read(rooms.records(), patient.uid, rooms.library().exercises, zone)
    if not story.practised and story.ratings.empty:
        st.write("Nothing has been practised yet. From the first practice on, its course is drawn here.")
        return
    View(story, rooms.now().astimezone(zone).date()).draw()


@dataclass(frozen=True)
class View:
    """One story as it is looked at on a day."""

    story: Story
    today: date

    def draw(self) -> None:
        """Onset first, then the other measures of the exercise, then what belongs to no exercise."""
        left, right = st.columns(2, gap="large")
        with left:
            period = st.segmented_control(
                "Time shown", list(PERIODS), default="6 months", key="story-period", required=True
            )
        with right:
            against = self._against()
        look = _Look(self, self._span(PERIODS[period or "6 months"]), against)
        self._treated(against)
        if self.story.practised:
            left, right = st.columns(2, gap="large")
            with left:
                card = self._exercise()
            with right:
                area = look.area(card)
            look.exercise(card, area)
        look.everything()

    # --- what is looked at

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The treatments with their letters; visits have none."""
        letters = iter(f"{letter}{turn or ''}" for turn in range(100) for letter in ascii_uppercase)
        return tuple(
            Mark(
                one.day,
                one.kind,
                "" if one.kind == "therapy_visit" else next(letters),
                treatment_words(one),
            )
            for one in self.story.treatments
        )

    def _span(self, weeks: int) -> Span:
        """The time that is shown; no longer than there is anything."""
        began = [at for at in (self.story.practised[:1], self.story.sessions[:1]) if at]
        first = min(
            (one[0].started_at.astimezone(self.story.zone).date() for one in began), default=self.today
        )
        if weeks:
            first = max(first, self.today - timedelta(weeks=weeks))
        return Span(min(first, self.today - timedelta(days=6)), self.today)

    def _against(self) -> Treatment | None:
        """What the charts are held against: the start, or the time before one treatment."""
        there = [one for one in self.story.treatments if one.day <= self.today]
        if not there:
            return None
        by_uid = {one.uid: (one, mark) for one, mark in zip(self.story.treatments, self.marks, strict=True)}
        names = {one.uid: _before(by_uid[one.uid][1]) for one in reversed(there)}
        weighty = [one.uid for one in there if one.kind in BOUNDS and self._practised_before(one)]
        choices = [*names, START]
        chosen = st.selectbox(
            "Held against",
            choices,
            index=choices.index(weighty[-1]) if weighty else len(choices) - 1,
            format_func=lambda uid: names.get(uid, START),
            key="story-against",
            help=story_words.HOW,
        )
        return None if chosen == START else by_uid[chosen][0]

    def _practised_before(self, treatment: Treatment) -> bool:
        """Whether there was practice for long enough before a treatment to hold anything against it."""
        first = self.story.clean["day"].min() if self.story.practised else self.today
        return bool(first <= treatment.day - timedelta(weeks=WEEKS_BEFORE))

    def _treated(self, against: Treatment | None) -> None:
        """The treatments by their letters, in words."""
        told = [
            f"**{mark.letter}** {telling.long_day(mark.day)}: {plain(mark.words)}"
            + (" (planned)" if mark.day > self.today else "")
            for mark in self.marks
            if mark.letter
        ]
        visits = [telling.day(mark.day) for mark in self.marks if not mark.letter]
        if visits:
            told.append(f"Visits (dotted): {', '.join(visits)}")
        if told:
            st.markdown(" · ".join(told))
        else:
            st.caption("Treatments that are entered under History are marked across all charts.")
        if against is not None:
            st.caption(story_words.NO_PROOF)

    def _exercise(self) -> str:
        """The exercise whose course is drawn; at first the one in which something joined in most often."""
        names = {one.card_id: one.card_name for one in self.story.practised}
        often = self.story.clean.groupby("card").size().to_dict()
        joined = self.story.onset.groupby("card")["joined_in"].sum().to_dict()
        cards = sorted(names, key=lambda card: (-joined.get(card, 0), -often.get(card, 0), card))
        if len(cards) == 1:
            st.subheader(names[cards[0]], anchor=False)
            return cards[0]
        return str(
            st.pills(
                "Exercise",
                cards,
                default=cards[0],
                format_func=lambda card: f"{names[card]} ({often.get(card, 0)})",
                key="story-exercise",
                required=True,
            )
            or cards[0]
        )


def _before(mark: Mark) -> str:
    """The time before a treatment, as it is chosen."""
    return (
        f"the time before {mark.name}, {telling.long_day(mark.day)}"
        if mark.letter
        else f"the time before {mark.name}"
    )


@dataclass(frozen=True)
class _Look:
    """A view through one span of time, held against one treatment or the start."""

    view: View
    span: Span
    against: Treatment | None

    @property
    def story(self) -> Story:
        """Whose it is."""
        return self.view.story

    # --- one exercise

    def exercise(self, card: str, area: tuple[str, str] | None) -> None:
        """Onset and coupling of one area, evenness, excursion and clean repetitions."""
        movement = charts.movement_word(card)
        measured = _of(self.story.excursion, card)["reached_mm"].notna().any()
        if area is None:
            st.markdown(story_words.title("How far before something joins in"))
            st.markdown(theirs(telling.nothing_yet(_of(self.story.clean, card))))
        elif measured:
            self._onset(card, area, movement)
        cells = _cells()
        if area is not None:
            with next(cells):
                (self._coupling if measured else self._joined_share)(card, area, movement)
        if measured:
            with next(cells):
                self._evenness(card)
            with next(cells):
                self._excursion(card, movement)
        with next(cells):
            self._clean(card)
        if not measured:
            st.caption(story_words.NOT_MEASURED)
        st.caption(self._reading())
        charts.in_numbers(self._table(card))
        if self.against is not None:
            with st.expander(f"Before and after {self._treatment}, in numbers"):
                st.table(self._before_and_after(card))

    def area(self, card: str) -> tuple[str, str] | None:
        """The area whose onset and coupling are drawn; at first the one that joined in most often."""
        onset = self.story.onset[self.story.onset["card"] == card]
        watched = self.story.coupling[self.story.coupling["card"] == card]
        joined = onset[onset["joined_in"] > 0].groupby(["pattern", "side"]).size().to_dict()
        known = onset.dropna(subset=["joined_in"]).groupby(["pattern", "side"]).size().to_dict()
        areas = list(dict.fromkeys([*zip(watched["pattern"], watched["side"], strict=True), *joined]))
        if not areas:
            return None
        areas.sort(key=lambda area: (-joined.get(area, 0), area))
        names = {}
        for area in areas:
            name = telling.sentence_case(self._named(*area).removeprefix("the "))
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

    def _named(self, pattern: str, side: str) -> str:
        return theirs(telling.area(pattern, side, rooms.library().patterns))

    def _onset(self, card: str, area: tuple[str, str], movement: str) -> None:
        course = _of(self.story.onset, card, area)
        name = self._named(*area)
        st.markdown(story_words.title(f"How far the {movement} gets before {name} joins in"))
        went = course.assign(went=course["onset_mm"].fillna(course["quiet_mm"]))
        points = self._points(went, "went", story_words.mm)
        points["what"] = [QUIET if pd.isna(far) else JOINED for far in course["onset_mm"]]
        comparison = compare(course["day"], course["onset_mm"])
        self._chart(
            points,
            _MM_AXIS,
            f"{story_words.onset(course, name, movement)}{self._joined(card, area)}",
            story_words.ONSET,
            comparison,
            ("onset", card, *area),
            tall=True,
        )

    def _reading(self) -> str:
        """How the charts are to be read."""
        shade = (
            "the start, with its ups and downs"
            if self.against is None
            else f"the ups and downs before {self._treatment}"
        )
        return (
            f"Shaded: {shade} (2 SD). Line: the middle of each week with at least three practices. "
            "A click on a point looks closer at that practice."
        )

    def _joined(self, card: str, area: tuple[str, str]) -> str:
        """How often it joined in before a treatment and after it: a quiet area has no onset to compare."""
        one = self._around.get(("joined", card, *area))
        if one is None or one.before is None or one.after is None:
            return ""
        share, after = telling.percent(one.before), telling.percent(one.after)
        return (
            f" It joined in during {share} of the repetitions before {self._treatment}, during {after} after it: "
            f"{story_words.course_words(one.course, story_words.JOINED)}."
        )

    def _joined_share(self, card: str, area: tuple[str, str], movement: str) -> None:
        """How often an area joined in, where there is no movement before which it could."""
        course = _of(self.story.onset, card, area)
        name = self._named(*area)
        st.markdown(story_words.title(f"How often {name} joins in"))
        self._chart(
            self._points(course, "joined_share", telling.percent),
            _SHARE,
            story_words.joined(course, name),
            story_words.JOINED,
            self._since_start("joined", course),
            ("joined", card, *area),
        )

    def _coupling(self, card: str, area: tuple[str, str], movement: str) -> None:
        course = _of(self.story.coupling, card, area)
        name = self._named(*area)
        st.markdown(story_words.title(f"Coupling: how much {name} moves along"))
        self._chart(
            self._points(course, "coupling", story_words.ratio),
            Axis("mm for each mm", story_words.ratio, room=0.2),
            story_words.coupling(course, name, movement),
            story_words.COUPLING,
            self._since_start("coupling", course),
            ("coupling", card, *area),
        )

    def _evenness(self, card: str) -> None:
        frame = _of(self.story.evenness, card)
        st.markdown(story_words.title("Symmetry: the smaller side beside the larger"))
        low = 0.5 if frame["symmetry"].min() >= 0.5 else 0.0
        self._chart(
            self._points(frame, "symmetry", telling.percent),
            Axis("smaller / larger", telling.percent, low, 1.0, form=".0%"),
            story_words.evenness(frame),
            story_words.EVENNESS,
            self._since_start("symmetry", frame),
            ("symmetry", card, "", ""),
        )

    def _excursion(self, card: str, movement: str) -> None:
        frame = _of(self.story.excursion, card)
        st.markdown(story_words.title(f"Excursion: how far the {movement} goes"))
        self._chart(
            self._points(frame, "reached_mm", story_words.mm),
            _MM_AXIS,
            story_words.excursion(frame, movement),
            story_words.EXCURSION,
            self._since_start("excursion", frame),
            ("excursion", card, "", ""),
            reach=self._reach(frame),
        )

    def _clean(self, card: str) -> None:
        frame = _of(self.story.clean, card)
        st.markdown(story_words.title("Clean repetitions"))
        points = self._points(frame, "clean_share", telling.percent)
        points["words"] = [
            "" if pd.isna(clean) else f"{clean:.0f} of {done}"
            for clean, done in zip(frame["clean"], frame["done"], strict=True)
        ]
        self._chart(
            points,
            _SHARE,
            story_words.clean(frame),
            story_words.CLEAN,
            self._since_start("clean", frame),
            ("clean", card, "", ""),
        )

    def _reach(self, frame: pd.DataFrame) -> list[dict[str, float]]:
        """The band to reach, from each change of it to the next."""
        rows: list[dict[str, float]] = []
        for row in frame.dropna(subset=["low_mm"]).itertuples():
            at = max(self.span.number(row.started_at.to_pydatetime()), 0.0)
            if rows and (rows[-1]["value"], rows[-1]["top"]) == (row.low_mm, row.high_mm):
                continue
            if rows:
                rows[-1]["to"] = at
            rows.append({"at": at, "to": float(self.span.days), "value": row.low_mm, "top": row.high_mm})
        return [row for row in rows if row["to"] > row["at"]]

    # --- what belongs to no exercise

    def everything(self) -> None:
        """Adherence, how it felt, what could be judged, and the face at rest."""
        st.subheader("All exercises together", anchor=False)
        cells = _cells(3)
        with next(cells):
            self._adherence()
        with next(cells):
            self._ratings()
        with next(cells):
            self._judged()
        self._resting()

    def _adherence(self) -> None:
        days = self.story.adherence(self.view.today)
        st.markdown(story_words.title("Days of practice"))
        sentence = story_words.adherence(days)
        if days.empty:
            st.markdown(sentence)
            return
        story_charts.show(story_charts.calendar(self.span, days, self.view.marks), sentence)

    def _judged(self) -> None:
        frame = self.story.clean
        st.markdown(story_words.title("Share judged"))
        sentence = story_words.judged(frame)
        points = self._points(frame, "judged_share", telling.percent)
        if points["value"].notna().any():
            enough = [{"at": 0.0, "to": float(self.span.days), "value": JUDGED_ENOUGH, "top": 1.0}]
            story_charts.show(
                story_charts.course(self.span, points, _SHARE, self.view.marks, reach=enough), sentence
            )
        else:
            st.markdown(sentence)

    def _ratings(self) -> None:
        frame = self.story.ratings
        st.markdown(story_words.title("As the patient felt it, after each session"))
        shown = frame[frame["day"] >= self.span.first]
        sentence = story_words.ratings(shown, RATINGS)
        if shown[list(RATINGS)].notna().any(axis=None):
            story_charts.show(story_charts.ratings(self.span, frame, RATINGS, self.view.marks), sentence)
        else:
            st.markdown(sentence)

    def _resting(self) -> None:
        affected = self.story.person.affected
        st.subheader("The face at rest", anchor=False)
        rests = at_rest.rest_frame(self.story.practised, affected, self.story.zone)
        if rests.dropna(subset=list(at_rest.MEASURES), how="all")["day"].nunique() < at_rest.NOT_BEFORE_DAYS:
            st.markdown("It has not been seen at rest on two days yet.")
            return
        st.caption(resting_words.ABOUT.replace("you rested", "the patient rested"))
        days = {measure: at_rest.by_day(rests, measure) for measure in at_rest.MEASURES}
        cells = _cells(3)
        for measure in at_rest.MEASURES:
            with next(cells):
                self._at_rest(measure, rests, days[measure])
        charts.in_numbers(resting_words.table(days, affected))

    def _at_rest(self, measure: str, rests: pd.DataFrame, days: pd.DataFrame) -> None:
        affected = self.story.person.affected
        less, more = resting_words.ways(measure)
        st.markdown(story_words.title(f"{resting_words.NAMES[measure]}: {less}, {more}"))
        comparison = at_rest.course(rests, measure)
        said = theirs(resting_words.said(measure, days, comparison, affected))
        points = self._points(self.story.resting, measure, story_words.signed_mm)
        if len(days) < at_rest.NOT_BEFORE_DAYS:
            st.markdown(said)
            return
        held = self._held(f"resting_{measure}", "", "", "")
        if self.against is not None:
            last, _, _ = said.partition(". ")
            ways = Ways(story_words.signed_mm, more[2:], less[2:])
            said = f"{last}. {story_words.around(held.around if held else None, self._treatment, ways)}"
        chart = story_charts.course(
            self.span,
            points,
            Axis("mm", story_words.signed_mm, low=None, room=2.0, form="+~g"),
            self.view.marks,
            band=_band(comparison) if self.against is None else None,
            held=held,
            zero=True,
        )
        story_charts.show(chart, said)

    # --- what they share

    def _chart(
        self,
        points: pd.DataFrame,
        axis: Axis,
        lead: str,
        ways: Ways,
        comparison: Comparison,
        key: tuple[str, str, str, str],
        *,
        reach: Sequence[Mapping[str, float]] = (),
        tall: bool = False,
    ) -> None:
        """A chart under its sentence: the last figure, then what it is held against."""
        if not points["value"].notna().any():
            st.markdown(lead)
            return
        held = self._held(*key)
        if self.against is None:
            told = story_words.since_start(comparison, ways)
        else:
            told = story_words.around(held.around if held else None, self._treatment, ways)
        chart = story_charts.course(
            self.span,
            points,
            axis,
            self.view.marks,
            band=_band(comparison) if self.against is None else None,
            held=held,
            reach=reach,
            tall=tall,
        )
        story_charts.show(chart, f"{lead} {told}")

    def _before_and_after(self, card: str) -> pd.DataFrame:
        """Every measure around the treatment, in a row each; those of other exercises are left out."""
        rows = []
        for one in self._around.values():
            if one.card not in ("", card):
                continue
            ways = _WAYS.get(one.measure.id, Ways(story_words.signed_mm, "more", "less"))
            area = f", {self._named(one.pattern, one.side)}" if one.pattern else ""
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

    @property
    def _treatment(self) -> str:
        """What the treatment is called that everything is held against."""
        marks = zip(self.story.treatments, self.view.marks, strict=True)
        return next(mark.name for one, mark in marks if self.against and one.uid == self.against.uid)

    @cached_property
    def _around(self) -> dict[tuple[str, str, str, str], Around]:
        if self.against is None:
            return {}
        return {
            (one.measure.id, one.card, one.pattern, one.side): one for one in around(self.story, self.against)
        }

    def _held(self, measure: str, card: str, pattern: str, side: str) -> Held | None:
        one = self._around.get((measure, card, pattern, side))
        if self.against is None or one is None or one.before is None:
            return None
        return Held(one, *weeks_around(self.against, self.story.treatments))

    def _since_start(self, measure: str, frame: pd.DataFrame) -> Comparison:
        """The start against now, with the noise of the measure."""
        return compare(frame["day"], frame[_BY_ID[measure].column], _BY_ID[measure].noise)

    def _points(self, frame: pd.DataFrame, column: str, figure: Figure) -> pd.DataFrame:
        """The practices as points of a chart; each leads to its repetitions."""
        values = frame[column].astype(float)
        return pd.DataFrame(
            {
                "at": [self.span.number(at.to_pydatetime()) for at in frame["started_at"]],
                "day": frame["day"].to_numpy(),
                "value": values.to_numpy(),
                "what": "a practice",
                "when": [f"{telling.day(at)}, {at:%H:%M}" for at in frame["started_at"]],
                "words": ["" if pd.isna(value) else figure(value) for value in values],
                "href": [self._closer(uid) for uid in frame["practice"]],
            }
        )

    def _closer(self, practice: str) -> str:
        return "/patient?" + urlencode(
            {"patient": self.story.person.uid, "part": "closer", "practice": practice}
        )

    def _table(self, card: str) -> pd.DataFrame:
        """The figures behind the charts of an exercise, practice by practice, the newest first."""
        clean = _of(self.story.clean, card)
        courses = self.story.onset[self.story.onset["card"] == card]
        told = listing.practice_table(clean, courses, rooms.library().patterns)
        excursion = _of(self.story.excursion, card).set_index("practice").loc[clean["practice"]].iloc[::-1]
        told.insert(1, "Reached, mm", [story_words.cell(v, "{:.1f}".format) for v in excursion["reached_mm"]])
        coupling = _of(self.story.coupling, card)
        for (pattern, side), some in coupling.groupby(["pattern", "side"], sort=False):
            by_practice = some.set_index("practice")["coupling"].reindex(clean["practice"]).iloc[::-1]
            name = telling.sentence_case(self._named(str(pattern), str(side)).removeprefix("the "))
            told[f"{name}, coupling"] = [story_words.cell(v, story_words.ratio) for v in by_practice]
        return told


def _of(frame: pd.DataFrame, card: str, area: tuple[str, str] | None = None) -> pd.DataFrame:
    """The rows of one exercise, and of one area."""
    rows = frame[frame["card"] == card]
    if area is None:
        return rows
    return rows[(rows["pattern"] == area[0]) & (rows["side"] == area[1])]


def _band(comparison: Comparison) -> tuple[float, float] | None:
    """The ups and downs of the start."""
    if comparison.low is None or comparison.high is None:
        return None
    return comparison.low, comparison.high


def _cells(columns: int = 2) -> Iterator[DeltaGenerator]:
    """Cells beside each other, row by row; one below the other on a phone."""
    while True:
        yield from st.columns(columns, gap="large")
