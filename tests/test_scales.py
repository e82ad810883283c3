"""The clinical scales: the arithmetic against published figures, what a change may be called, and every refusal."""

from __future__ import annotations

import ast
import json
import pickle
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.clinic import asked, rated, scales
from coach.clinic.entries import SHEETS, Entry
from coach.clinic.scales import SCALES, Scale, said
from coach.clinic.sheet import EntryRefused, Figure, Item, Sheet

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("scales", "sheet", "rated", "asked", "entries")
EXPRESSIONS = ("brow", "eye", "smile", "snarl", "pucker")

every_scale = pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
every_sheet = pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)


def sunnybrook(
    rest: tuple[str, str, str] = ("normal", "normal", "normal"),
    move: tuple[int, ...] = (5, 5, 5, 5, 5),
    joins_in: tuple[int, ...] = (0, 0, 0, 0, 0),
) -> Entry:
    at_rest = dict(zip(("rest_eye", "rest_cheek", "rest_mouth"), rest, strict=True))
    moving = {f"move_{name}": value for name, value in zip(EXPRESSIONS, move, strict=True)}
    joining = {f"synkinesis_{name}": value for name, value in zip(EXPRESSIONS, joins_in, strict=True)}
    return Entry.of(rated.SUNNYBROOK, at_rest | moving | joining)


def fdi(physical: tuple[int | None, ...], social: tuple[int | None, ...] = (None,) * 5) -> Entry:
    return Entry(asked.FDI, (*physical, *social))


def saq_of(total: int) -> Entry:
    """Nine statements with this sum."""
    each, more = divmod(total - 9, 9)
    return Entry.of(asked.SAQ, {f"statement_{n}": 1 + each + (n <= more) for n in range(1, 10)})


def face_of(total: int) -> Entry:
    """Fifteen statements with this sum."""
    each, more = divmod(total - 15, 15)
    ids = [item.id for item in asked.FACE.items if item.choices]
    return Entry.of(asked.FACE, {name: 1 + each + (n < more) for n, name in enumerate(ids)})


def raw(entry: Entry) -> dict[str, Fraction | None]:
    return {figure.scale.id: figure.raw for figure in entry.figures}


def figure_of(entry: Entry, scale: Scale) -> Figure:
    return next(figure for figure in entry.figures if figure.scale == scale)


def refused(sheet: Sheet, answers: dict[str, object]) -> tuple[str, ...]:
    with pytest.raises(EntryRefused) as fault:
        Entry.of(sheet, answers)
    return fault.value.faults


def any_answer(item: Item) -> st.SearchStrategy[object]:
    if item.choices:
        return st.sampled_from([choice.id for choice in item.choices])
    return st.decimals(min_value=item.lowest, max_value=item.highest, places=2)


@st.composite
def any_entry(draw: st.DrawFn) -> Entry:
    """Any sheet as somebody might fill it in, with gaps."""
    sheet = draw(st.sampled_from(list(SHEETS.values())))
    left_out = draw(st.sampled_from(sheet.either))
    items = [item for item in sheet.items if item.id not in left_out]
    answers = {item.id: draw(st.none() | any_answer(item)) for item in items}
    sure = draw(st.sampled_from(items))
    return Entry.of(sheet, answers | {sure.id: draw(any_answer(sure))})


# --- Sunnybrook (clinical.md 4.1)


def test_a_normal_face_has_100_on_sunnybrook() -> None:
    assert raw(sunnybrook()) == {
        "sunnybrook": 100,
        "sunnybrook_resting": 0,
        "sunnybrook_movement": 100,
        "sunnybrook_synkinesis": 0,
    }


def test_a_flaccid_face_has_20_less_20_less_0() -> None:
    assert raw(sunnybrook(("wide", "absent", "drooped"), (1,) * 5)) == {
        "sunnybrook": 0,
        "sunnybrook_resting": 20,
        "sunnybrook_movement": 20,
        "sunnybrook_synkinesis": 0,
    }


def test_what_comes_out_below_0_is_shown_as_0_and_said() -> None:
    whole = sunnybrook(("wide", "absent", "drooped"), (1,) * 5, (3,) * 5).figures[0]
    assert (whole.raw, whole.shown) == (-15, 0)
    assert whole.words == "0 points (the arithmetic gives -15 points)"


@pytest.mark.parametrize(("cheek", "counts"), [("normal", 0), ("absent", 10), ("less", 5), ("more", 5)])
def test_the_cheek_counts_0_to_2_not_0_to_1(cheek: str, counts: int) -> None:
    """A public calculator has 0 to 1 (S97)."""
    assert raw(sunnybrook(("normal", cheek, "normal")))["sunnybrook_resting"] == counts


@pytest.mark.parametrize("eye", ["narrow", "wide", "surgery"])
@pytest.mark.parametrize("mouth", ["drooped", "pulled"])
def test_eye_and_mouth_at_rest_count_0_or_1(eye: str, mouth: str) -> None:
    assert raw(sunnybrook((eye, "normal", mouth)))["sunnybrook_resting"] == 10


def test_a_course_like_that_of_mime_therapy() -> None:
    """Made up to lie near its mean effect of 20.4 points (S14): three figures that each change with therapy."""
    before = sunnybrook(("narrow", "more", "pulled"), (2, 3, 2, 2, 3), (1, 2, 2, 1, 2))
    after = sunnybrook(("narrow", "more", "normal"), (3, 3, 3, 3, 3), (1, 1, 1, 1, 1))
    assert list(raw(before).values()) == [48 - 15 - 8, 15, 48, 8]
    assert list(raw(after).values()) == [60 - 10 - 5, 10, 60, 5]
    change = after.figures[0].since(before.figures[0])
    assert change is not None
    assert (change.kind, change.points) == ("no_band", 20)
    assert change.words == (
        "20 points higher. Higher is better here, but no agreed figure for its noise was found."
    )


def test_one_expression_just_short_of_complete_is_the_median_of_healthy_people() -> None:
    """95 to 96 (S80)."""
    assert raw(sunnybrook(move=(4, 5, 5, 5, 5)))["sunnybrook"] == 96


@pytest.mark.parametrize("item", rated.SUNNYBROOK.items, ids=lambda item: item.id)
def test_sunnybrook_with_a_gap_has_no_total_but_the_parts_that_are_complete(item: Item) -> None:
    full = sunnybrook(("narrow", "less", "normal"), (3, 4, 3, 4, 3), (1, 0, 1, 0, 1))
    answers = {i.id: a for i, a in zip(rated.SUNNYBROOK.items, full.answers, strict=True)}
    gap = Entry.of(rated.SUNNYBROOK, answers | {item.id: None})
    assert gap.unanswered == (item,)
    whole, *parts = gap.figures
    assert (whole.raw, whole.shown, whole.words) == (None, None, "not known")
    assert whole.remarks == ("1 of 13 not answered",)
    assert sum(part.raw is None for part in parts) == 1
    assert whole.since(full.figures[0]) is None
    assert full.figures[0].since(whole) is None


def test_the_arithmetic_of_sunnybrook_by_itself() -> None:
    moving, at_rest = rated.movement([1, 2, 3, 4, 5]), rated.resting([1, 2, 1])
    joining_in = rated.synkinesis([0, 1, 2, 3, 0])
    assert (moving, at_rest, joining_in) == (60, 20, 6)
    assert rated.composite(moving, at_rest, joining_in) == 34


# --- House-Brackmann and eFACE


@pytest.mark.parametrize(("step", "value"), [("I", 1), ("II", 2), ("III", 3), ("IV", 4), ("V", 5), ("VI", 6)])
def test_house_brackmann_is_one_of_six(step: str, value: int) -> None:
    (figure,) = Entry.of(rated.HOUSE_BRACKMANN, {"step": step}).figures
    assert (figure.raw, figure.words) == (value, step)


def test_a_change_of_house_brackmann_shows_no_progress() -> None:
    change = scales.HOUSE_BRACKMANN.change(4, 3)
    assert change.kind == "no_band"
    assert change.words.startswith("1 grade lower. Lower is better here, but ")


def test_eface_takes_the_figures_of_its_own_app_and_reckons_none() -> None:
    entry = Entry.of(rated.EFACE, {"static": 81.5, "synkinesis": 62})
    assert raw(entry) == {
        "eface_total": None,
        "eface_static": Fraction("81.5"),
        "eface_dynamic": None,
        "eface_synkinesis": 62,
    }
    assert entry.figures[0].remarks == ("not answered",)


# --- FDI (clinical.md 4.5)


def test_the_best_answers_of_the_fdi_are_100() -> None:
    assert raw(fdi((5,) * 5, (6,) * 5)) == {"fdi_physical": 100, "fdi_social": 100}


def test_the_lowest_answers_of_the_fdi_are_0() -> None:
    assert raw(fdi((1,) * 5, (1,) * 5)) == {"fdi_physical": 0, "fdi_social": 0}


@pytest.mark.parametrize(("total", "published"), [(19, 70), (17, 60), (21, 80)])
def test_fdi_physical_reaches_the_published_median_and_quartiles(total: int, published: int) -> None:
    """70.0 (60.0; 80.0) in 88 people (S51)."""
    assert asked.fdi_physical([total - 12, 3, 3, 3, 3]) == published


@pytest.mark.parametrize(("total", "published"), [(24, 76), (22, 68), (27, 88)])
def test_fdi_social_reaches_the_published_median_and_quartiles(total: int, published: int) -> None:
    """76.0 (68.0; 88.0) in 88 people (S51)."""
    assert asked.fdi_social([total - 20, 5, 5, 5, 5]) == published


def test_fdi_goes_by_the_items_that_are_answered() -> None:
    entry = fdi((5, None, 4, 3, None), (6, 6, None, 3, 1))
    assert raw(entry) == {"fdi_physical": 75, "fdi_social": 60}
    assert [figure.remarks for figure in entry.figures] == [
        ("2 of 5 not answered",),
        ("1 of 5 not answered",),
    ]


@pytest.mark.parametrize("place", range(5))
def test_one_answered_item_is_enough_for_the_fdi_and_none_is_not(place: int) -> None:
    one = fdi(tuple(4 if n == place else None for n in range(5)))
    assert raw(one) == {"fdi_physical": 75, "fdi_social": None}
    assert one.figures[1].remarks == ("not answered",)


@pytest.mark.parametrize(
    ("item", "best", "worst"),
    [
        ("calm", "all of the time", "none of the time"),
        ("withdrawn", "none of the time", "all of the time"),
        ("irritable", "none of the time", "all of the time"),
        ("sleep", "no night", "every night"),
        ("outings", "none of the time", "all of the time"),
    ],
)
def test_calm_counts_upwards_and_the_other_social_items_downwards(item: str, best: str, worst: str) -> None:
    choices = {c.words: c.points for i in asked.FDI.items if i.id == item for c in i.choices}
    assert (choices[best], choices[worst]) == (6, 1)


@pytest.mark.parametrize(
    ("physical", "gives", "words", "remark"),
    [
        ((0,) * 5, -25, "0 points (the arithmetic gives -25 points)", "5 of 5"),
        ((0, 1, 1, 1, 1), -5, "0 points (the arithmetic gives -5 points)", "1 of 5"),
        ((0, 5, 5, 5, 5), 75, "75 points", "1 of 5"),
    ],
)
def test_what_is_not_done_for_other_reasons_is_flagged_and_never_below_0(
    physical: tuple[int, ...], gives: int, words: str, remark: str
) -> None:
    figure = fdi(physical).figures[0]
    assert (figure.raw, figure.words) == (gives, words)
    assert figure.remarks == (f"{remark} not done for other reasons, which counts 0",)


# --- SAQ (clinical.md 4.4)


@pytest.mark.parametrize(
    ("total", "published"), [(10, "22.2"), (12, "26.7"), (16, "35.6"), (23, "51.1"), (27, "60")]
)
def test_saq_reaches_the_published_medians_and_quartiles(total: int, published: str) -> None:
    """S51, two groups: all of them multiples of 100/45."""
    (figure,) = saq_of(total).figures
    assert figure.raw == Fraction(100 * total, 45)
    assert figure.words == f"{published} points"


def test_saq_runs_from_20_to_100() -> None:
    assert raw(saq_of(9)) == {"saq": 20}
    assert raw(saq_of(45)) == {"saq": 100}


def test_saq_may_be_entered_as_a_total_and_stays_as_it_was_typed() -> None:
    (figure,) = Entry.of(asked.SAQ, {"total": 22.2}).figures
    assert (figure.raw, figure.remarks) == (Fraction(222, 10), ("by entry",))


def test_saq_with_a_gap_has_no_total() -> None:
    (figure,) = Entry.of(asked.SAQ, {f"statement_{n}": 3 for n in range(1, 9)}).figures
    assert (figure.raw, figure.remarks) == (None, ("1 of 9 not answered",))
    with pytest.raises(ValueError, match=r"8 items are answered; allowed: all 9"):
        asked.saq([3] * 8)


# --- FaCE (clinical.md 4.6)


@pytest.mark.parametrize(
    ("total", "published"), [(41, "43.3"), (48, "55"), (39, "40"), (52, "61.7"), (46, "51.7"), (38, "38.3")]
)
def test_face_reaches_the_published_medians_and_quartiles(total: int, published: str) -> None:
    """S51 in two groups (43.3; 55.0; 40.0; 61.7), S53 in one (51.7; 38.3): multiples of 100/60, so it goes by items."""
    assert figure_of(face_of(total), scales.FACE).words == f"{published} points"


def test_face_runs_from_0_to_100_in_the_total_and_each_part() -> None:
    assert set(raw(face_of(15)).values()) == {Fraction(0)}
    assert set(raw(face_of(75)).values()) == {Fraction(100)}
    assert len(raw(face_of(15))) == 7


@given(st.lists(st.integers(1, 5), min_size=15, max_size=15))
def test_each_part_of_face_weighs_as_many_statements_as_it_has(answers: list[int]) -> None:
    """S53: the regression weights are exactly proportional to the counts."""
    ids = [item.id for item in asked.FACE.items if item.choices]
    total, *parts = Entry.of(asked.FACE, dict(zip(ids, answers, strict=True))).figures
    counts = (3, 3, 2, 2, 1, 4)
    assert total.raw == sum(n * (part.raw or 0) for n, part in zip(counts, parts, strict=True)) / 15


def test_face_may_be_entered_as_total_and_parts() -> None:
    entry = Entry.of(asked.FACE, {"total": Decimal("55.0"), "social_function": 68.75})
    assert figure_of(entry, scales.FACE).raw == 55
    assert figure_of(entry, SCALES["face_social_function"]).raw == Fraction("68.75")
    assert figure_of(entry, SCALES["face_comfort"]).remarks == ("not answered",)


def test_face_with_a_gap_has_no_total_but_the_parts_that_are_complete() -> None:
    entry = Entry.of(asked.FACE, {"movement_1": 2, "movement_2": 3, "movement_3": 4, "social_function_1": 5})
    assert figure_of(entry, scales.FACE).remarks == ("11 of 15 not answered",)
    assert figure_of(entry, SCALES["face_movement"]).raw == 50
    assert figure_of(entry, SCALES["face_social_function"]).remarks == ("3 of 4 not answered",)


@pytest.mark.parametrize("formula", [asked.face, asked.fdi_physical, asked.fdi_social])
def test_nothing_is_reckoned_from_nothing(formula: object) -> None:
    with pytest.raises(ValueError, match="allowed: at least one"):
        formula([])  # type: ignore[operator]


# --- what a change may be called


@pytest.mark.parametrize(
    ("scale", "before", "after", "kind", "words"),
    [
        (
            scales.SAQ,
            Fraction(100 * 23, 45),
            Fraction(100 * 18, 45),
            "within_noise",
            "11.11 points lower: within the noise (MDC95 13.14, S50; SDC 28.2, S51).",
        ),
        (
            scales.SAQ,
            Fraction(100 * 23, 45),
            Fraction(100 * 16, 45),
            "within_noise",
            "15.56 points lower: beyond the noise by one study (MDC95 13.14, S50) but within it by another "
            "(SDC 28.2, S51), so not taken for a change.",
        ),
        (
            scales.SAQ,
            60,
            Fraction(100 * 13, 45),
            "beyond_noise",
            "31.11 points lower, which is better: beyond the noise (MDC95 13.14, S50; SDC 28.2, S51).",
        ),
        (
            scales.FACE,
            55,
            30,
            "beyond_noise",
            "25 points lower, which is worse: beyond the noise (SDC 17.6, S51).",
        ),
        (scales.FACE, 55, 56, "within_noise", "1 point higher: within the noise (SDC 17.6, S51)."),
        (
            scales.FDI_PHYSICAL,
            70,
            90,
            "beyond_noise",
            "20 points higher, which is better: beyond the noise (SDC 17.6, S52).",
        ),
        (scales.FDI_SOCIAL, 76, 60, "within_noise", "16 points lower: within the noise (SDC 17.7, S52)."),
        (scales.FDI_SOCIAL, 76, 76, "within_noise", "No change."),
        (scales.SUNNYBROOK, 50, 50, "no_band", "No change."),
        (
            SCALES["face_comfort"],
            50,
            75,
            "no_band",
            "25 points higher. Higher is better here, but the noise was published for the total only.",
        ),
        (
            scales.SUNNYBROOK_SYNKINESIS,
            8,
            5,
            "no_band",
            "3 points lower. Lower is better here, but no agreed figure for its noise was found.",
        ),
    ],
)
def test_a_change_is_called_by_the_published_noise(
    scale: Scale, before: Fraction, after: Fraction, kind: str, words: str
) -> None:
    change = scale.change(before, after)
    assert (change.kind, change.points) == (kind, after - before)
    assert change.words == words


@pytest.mark.parametrize("way", [1, -1])
def test_a_change_as_large_as_the_noise_is_still_noise(way: int) -> None:
    limit = way * Fraction("28.2")
    assert scales.SAQ.change(Decimal("60"), 60 + limit).kind == "within_noise"
    assert ": within the noise (SDC 17.6" in scales.FACE.change(50, 50 + way * Fraction("17.6")).words
    assert scales.SAQ.change(60, 60 + limit + way * Fraction(1, 10**9)).kind == "beyond_noise"


def test_a_tiny_change_is_not_called_0() -> None:
    words = scales.SAQ.change(Fraction(1000, 45), Fraction("22.22")).words
    assert words.startswith("less than 0.01 points lower")


def test_figures_are_compared_before_they_are_brought_into_their_scale() -> None:
    lowest = sunnybrook(("wide", "absent", "drooped"), (1,) * 5, (3,) * 5).figures[0]
    flaccid = sunnybrook(("wide", "absent", "drooped"), (1,) * 5).figures[0]
    change = flaccid.since(lowest)
    assert change is not None
    assert change.points == 15


def test_figures_of_two_scales_are_not_compared() -> None:
    with pytest.raises(ValueError, match="scale is sunnybrook; allowed: saq"):
        saq_of(12).figures[0].since(sunnybrook().figures[0])


def test_the_published_figures_are_those_of_the_sources() -> None:
    cited = {scale.id: [study.words for study in scale.noise] for scale in SCALES.values() if scale.noise}
    assert cited == {
        "fdi_physical": ["SDC 17.6, S52"],
        "fdi_social": ["SDC 17.7, S52"],
        "saq": ["MDC95 13.14, S50", "SDC 28.2, S51"],
        "face": ["SDC 17.6, S51"],
    }
    important = {scale.id: scale.important.words for scale in SCALES.values() if scale.important}
    assert important == {
        "fdi_physical": "MIC 4.4, S51",
        "fdi_social": "MIC 0.4, S51",
        "saq": "MIC 2.8, S51",
        "face": "MIC 0.7, S51",
    }


@given(
    scale=st.sampled_from(list(SCALES.values())), before=st.fractions(-25, 100), after=st.fractions(-25, 100)
)
def test_a_change_there_and_back_is_the_same_size_and_kind(
    scale: Scale, before: Fraction, after: Fraction
) -> None:
    there, back = scale.change(before, after), scale.change(after, before)
    assert (there.kind, there.points) == (back.kind, -back.points)
    called = {word for word in ("better:", "worse:") if word in there.words}
    assert len(called) == (there.kind == "beyond_noise")
    if called:
        assert (called == {"better:"}) == ((after > before) == (scale.better == "higher"))


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (Fraction(0), 1, "0"),
        (Fraction(1, 20), 1, "0.1"),
        (Fraction(-1, 20), 1, "-0.1"),
        (Fraction(-1, 100), 1, "0"),
        (Fraction(2000, 75), 1, "26.7"),
        (Fraction(100), 1, "100"),
        (Fraction("13.14"), 2, "13.14"),
        (Fraction("28.2"), 2, "28.2"),
    ],
)
def test_numbers_are_rounded_as_on_paper(value: Fraction, places: int, words: str) -> None:
    assert said(value, places) == words


# --- bounds


@given(any_entry())
def test_every_figure_that_is_shown_lies_within_its_scale(entry: Entry) -> None:
    assert entry.figures
    for figure in entry.figures:
        if figure.raw is None or figure.shown is None:
            assert (figure.raw, figure.shown, figure.words) == (None, None, "not known")
            assert figure.remarks
        else:
            assert figure.scale.lowest <= figure.shown <= figure.scale.highest
            assert figure.words.startswith(figure.scale.say(figure.shown))
            assert (figure.raw != figure.shown) == ("arithmetic" in figure.words)


@given(any_entry())
def test_only_sunnybrook_and_fdi_physical_leave_their_scale_and_only_downwards(entry: Entry) -> None:
    for figure in entry.figures:
        if figure.raw != figure.shown:
            assert figure.scale in (scales.SUNNYBROOK, scales.FDI_PHYSICAL)
            assert figure.raw is not None
            assert -25 <= figure.raw < 0


@given(any_entry())
def test_the_figures_are_of_the_scales_of_the_sheet_each_once(entry: Entry) -> None:
    ids = [figure.scale.id for figure in entry.figures]
    assert len(set(ids)) == len(ids)
    assert all(SCALES[name].id.startswith(entry.sheet.id) for name in ids)


# --- as JSON


@given(any_entry())
def test_an_entry_comes_back_from_json_as_it_was(entry: Entry) -> None:
    back = Entry.of_json(json.loads(json.dumps(entry.as_json())))
    assert back == entry
    assert back.figures == entry.figures
    assert hash(back) == hash(entry)


@given(any_entry())
def test_an_entry_can_be_copied_by_pickle(entry: Entry) -> None:
    assert pickle.loads(pickle.dumps(entry)) == entry


def test_what_is_kept_names_every_item_and_numbers_as_they_were_typed() -> None:
    assert Entry.of(rated.EFACE, {"total": 81.55, "dynamic": Decimal("70.0")}).as_json() == {
        "sheet": "eface",
        "answers": {"total": 81.55, "static": None, "dynamic": 70, "synkinesis": None},
    }


STORED = fdi((5, 4, None, 3, 2), (6, 5, 4, 3, 2)).as_json()


def answering(**change: object) -> dict[str, object]:
    return {"sheet": "fdi", "answers": {**STORED["answers"], **change}}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        (None, ("The entry is None; allowed: an object with sheet and answers",)),
        ([1], ("The entry is [1]; allowed: an object with sheet and answers",)),
        (
            {"sheets": "fdi"},
            (
                "sheet is missing; allowed: an object with sheet and answers",
                "answers is missing; allowed: an object with sheet and answers",
                "'sheets' is no field; allowed: sheet, answers",
            ),
        ),
        (
            {"sheet": "smile", "answers": 3},
            (
                "sheet is 'smile'; allowed: sunnybrook, house_brackmann, eface, fdi, saq, face",
                "answers is 3; allowed: an object with one answer, or null, for each item",
            ),
        ),
        (
            {"sheet": ["fdi"], "answers": {}},
            ("sheet is ['fdi']; allowed: sunnybrook, house_brackmann, eface, fdi, saq, face",),
        ),
        (
            {"sheet": "house_brackmann", "answers": {}},
            (
                "step is missing; allowed: I, II, III, IV, V, VI, or null for not answered",
                "house_brackmann is empty; allowed: at least one answer",
            ),
        ),
        (answering(eating=6), ("eating is 6; allowed: 5, 4, 3, 2, 1, 0",)),
        (
            answering(eating="5", calm=0, mood=3),
            (
                "'mood' is no item; allowed: eating, drinking, speaking, eye, rinsing, "
                "calm, withdrawn, irritable, sleep, outings",
                "eating is '5'; allowed: 5, 4, 3, 2, 1, 0",
                "calm is 0; allowed: 6, 5, 4, 3, 2, 1",
            ),
        ),
    ],
)
def test_foreign_json_is_refused_with_every_fault(value: object, faults: tuple[str, ...]) -> None:
    with pytest.raises(ValueError) as fault:
        Entry.of_json(value)
    assert fault.value.faults == faults  # type: ignore[attr-defined]
    assert str(fault.value) == "\n".join(faults)


@every_sheet
def test_in_what_is_kept_an_item_that_is_missing_is_not_taken_for_unanswered(sheet: Sheet) -> None:
    first = sheet.items[0]
    kept = Entry.of(sheet, {first.id: first.choices[0].id if first.choices else 50}).as_json()
    for item in sheet.items:
        answers = {**kept["answers"]}  # type: ignore[dict-item]
        del answers[item.id]
        with pytest.raises(ValueError, match=f"^{item.id} is missing; allowed: "):
            Entry.of_json({"sheet": sheet.id, "answers": answers})


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 102) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(anything)
def test_any_json_that_is_no_entry_is_refused(value: object) -> None:
    with pytest.raises(EntryRefused, match="allowed: "):
        Entry.of_json(value)


@given(any_entry(), st.data())
def test_any_other_answer_is_either_kept_as_it_is_or_refused(entry: Entry, data: st.DataObject) -> None:
    item, value = data.draw(st.sampled_from(entry.sheet.items)), data.draw(anything)
    kept = entry.as_json()
    changed = {"sheet": entry.sheet.id, "answers": {**kept["answers"], item.id: value}}  # type: ignore[dict-item]
    try:
        back = Entry.of_json(changed).as_json()
    except EntryRefused as fault:
        told = fault.faults
    else:
        told = ()
        assert back == changed
    assert all(f"{item.id} is " in fault or "either this" in fault or "is empty" in fault for fault in told)


# --- what cannot be entered


@pytest.mark.parametrize(
    ("sheet", "item", "value", "allowed"),
    [
        (rated.SUNNYBROOK, "rest_eye", "shut", "normal, narrow, wide, surgery"),
        (rated.SUNNYBROOK, "rest_cheek", 2, "normal, absent, less, more"),
        (rated.SUNNYBROOK, "rest_mouth", "absent", "normal, drooped, pulled"),
        (rated.SUNNYBROOK, "move_brow", 0, "1, 2, 3, 4, 5"),
        (rated.SUNNYBROOK, "move_smile", 6, "1, 2, 3, 4, 5"),
        (rated.SUNNYBROOK, "move_smile", True, "1, 2, 3, 4, 5"),
        (rated.SUNNYBROOK, "move_smile", 3.0, "1, 2, 3, 4, 5"),
        (rated.SUNNYBROOK, "synkinesis_eye", 4, "0, 1, 2, 3"),
        (rated.SUNNYBROOK, "synkinesis_eye", False, "0, 1, 2, 3"),
        (rated.HOUSE_BRACKMANN, "step", "VII", "I, II, III, IV, V, VI"),
        (rated.HOUSE_BRACKMANN, "step", 3, "I, II, III, IV, V, VI"),
        (rated.EFACE, "static", 101, "a number from 0 to 100 with at most two decimals"),
        (rated.EFACE, "dynamic", True, "a number from 0 to 100 with at most two decimals"),
        (rated.EFACE, "synkinesis", -1, "a number from 0 to 100 with at most two decimals"),
        (asked.FDI, "drinking", 6, "5, 4, 3, 2, 1, 0"),
        (asked.FDI, "calm", 7, "6, 5, 4, 3, 2, 1"),
        (asked.FDI, "withdrawn", 0, "1, 2, 3, 4, 5, 6"),
        (asked.SAQ, "statement_9", 0, "1, 2, 3, 4, 5"),
        (asked.SAQ, "total", 19.99, "a number from 20 to 100 with at most two decimals"),
        (asked.SAQ, "total", 22.222, "a number from 20 to 100 with at most two decimals"),
        (asked.SAQ, "total", "22.2", "a number from 20 to 100 with at most two decimals"),
        (asked.SAQ, "total", True, "a number from 20 to 100 with at most two decimals"),
        (asked.SAQ, "total", float("nan"), "a number from 20 to 100 with at most two decimals"),
        (asked.SAQ, "total", float("inf"), "a number from 20 to 100 with at most two decimals"),
        (asked.FACE, "oral_function", 100.01, "a number from 0 to 100 with at most two decimals"),
        (asked.FACE, "lacrimal_control_1", 6, "1, 2, 3, 4, 5"),
    ],
)
def test_a_refusal_names_the_item_the_value_and_what_is_allowed(
    sheet: Sheet, item: str, value: object, allowed: str
) -> None:
    assert refused(sheet, {item: value}) == (f"{item} is {value!r}; allowed: {allowed}",)


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "1e9999", "20.000000000000000000000000000000001"]
)
def test_an_odd_decimal_is_refused(value: str) -> None:
    (fault,) = refused(asked.SAQ, {"total": Decimal(value)})
    assert fault.startswith("total is ")


def test_every_fault_is_told_at_once() -> None:
    assert refused(
        rated.SUNNYBROOK, {"rest_eye": "shut", "move_brow": 9, "synkinesis_eye": -1, "chin": 1}
    ) == (
        "'chin' is no item; allowed: " + ", ".join(item.id for item in rated.SUNNYBROOK.items),
        "rest_eye is 'shut'; allowed: normal, narrow, wide, surgery",
        "move_brow is 9; allowed: 1, 2, 3, 4, 5",
        "synkinesis_eye is -1; allowed: 0, 1, 2, 3",
    )


@every_sheet
def test_an_empty_sheet_is_no_entry(sheet: Sheet) -> None:
    empty = (f"{sheet.id} is empty; allowed: at least one answer",)
    assert refused(sheet, {}) == empty
    assert refused(sheet, {item.id: None for item in sheet.items}) == empty


def test_a_total_and_the_statements_it_comes_from_are_not_entered_together() -> None:
    assert refused(asked.SAQ, {"total": 20, "statement_1": 1}) == (
        "total is 20; allowed: either this or the single statements, not both",
    )
    assert refused(asked.FACE, {"total": 50, "comfort": 50.5, "movement_2": 1}) == (
        "total is 50; allowed: either this or the single statements, not both",
        "comfort is 50.5; allowed: either this or the single statements, not both",
    )


def test_an_entry_has_one_answer_for_each_item() -> None:
    with pytest.raises(ValueError, match="answers are 2; allowed: 1"):
        Entry(rated.HOUSE_BRACKMANN, ("I", None))
    with pytest.raises(ValueError, match="step is 'VII'"):
        Entry(rated.HOUSE_BRACKMANN, ("VII",))


# --- what is shown, and what must not be here


@every_scale
def test_a_scale_says_what_it_is(scale: Scale) -> None:
    assert scale.name
    assert scale.unit in ("points", "grades")
    assert scale.lowest < scale.highest
    assert re.search(r"S\d+|clinical\.md", scale.source)
    assert scale.no_noise
    assert not scale.steps or len(scale.steps) == scale.highest - scale.lowest + 1


@every_sheet
def test_a_sheet_says_where_it_comes_from_and_each_item_what_may_be_answered(sheet: Sheet) -> None:
    assert sheet.name
    assert sheet.licence.endswith(".")
    assert len({item.id for item in sheet.items}) == len(sheet.items)
    for item in sheet.items:
        assert 0 < len(item.words) <= 72
        assert re.search(r"S\d+", item.source)
        assert bool(item.choices) != bool(item.highest)
        assert all(0 < len(choice.words) <= 72 for choice in item.choices)
        assert len({choice.id for choice in item.choices}) == len(item.choices)


def test_the_sheets_have_as_many_items_as_the_originals() -> None:
    assert {sheet.id: sum(bool(item.choices) for item in sheet.items) for sheet in SHEETS.values()} == {
        "sunnybrook": 13,
        "house_brackmann": 1,
        "eface": 0,
        "fdi": 10,
        "saq": 9,
        "face": 15,
    }


def test_the_words_of_saq_and_face_are_not_kept() -> None:
    for item in (*asked.SAQ.items, *asked.FACE.items):
        assert re.fullmatch(
            r"Statement \d of 9|(SAQ|FaCE).*, (as reckoned on the sheet|its statement \d of \d)", item.words
        )


@every_scale
def test_no_word_claims_to_find_an_illness(scale: Scale) -> None:
    words = [scale.name, scale.no_noise, scale.change(20, 21).words, scale.change(20, 100).words]
    assert not any(re.search(r"diagnos|detect|camera|cured|healed", text, re.I) for text in words)


@pytest.mark.parametrize("room", ROOMS)
def test_the_scales_import_nothing_that_sees_a_camera(room: str) -> None:
    names: set[str] = set()
    path = ROOT / "coach" / "clinic" / f"{room}.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module or "")
    ours = {name for name in names if name.partition(".")[0] == "coach"}
    assert ours <= {"coach.clinic", *(f"coach.clinic.{name}" for name in ROOMS)}
    assert names - ours <= {
        "__future__",
        "collections.abc",
        "dataclasses",
        "decimal",
        "fractions",
        "reprlib",
        "typing",
    }


def test_importing_them_brings_in_no_other_room() -> None:
    program = (
        "import sys, coach.clinic.entries\n"
        "print(sorted(name for name in sys.modules if name.startswith('coach.')))\n"
        "assert not {'cv2', 'mediapipe', 'numpy', 'streamlit'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(ast.literal_eval(done.stdout)) == {"coach.clinic", *(f"coach.clinic.{room}" for room in ROOMS)}
