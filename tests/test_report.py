"""The report on paper: always two pages, everything said that there is, and nothing beyond the edges."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from coach.clinic import typefaces
from coach.clinic.paper import HEIGHT, WIDTH, Paper
from coach.clinic.paper_charts import Period, day_ticks, ticks
from coach.clinic.report import report_pdf
from coach.clinic.report_first_page import MOST_ONSETS
from coach.clinic.report_sheet import PURPOSE
from coach.clinic.report_values import Open, Picture, ReportData, Series, Treated, Week

every_report = pytest.mark.parametrize("data", reports.ALL.values(), ids=reports.ALL)


def read(data: ReportData) -> PdfReader:
    return PdfReader(io.BytesIO(report_pdf(data)))


@cache
def words_of(data: ReportData) -> list[str]:
    """The words of each page, however the lines are broken."""
    return [
        " ".join(page.extract_text().replace("\N{NO-BREAK SPACE}", " ").split()) for page in read(data).pages
    ]


@every_report
def test_there_are_two_pages_whatever_there_is_to_say(data: ReportData) -> None:
    pages = read(data).pages

    assert [(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages] == [
        (595, 842),
        (595, 842),
    ]


@every_report
def test_each_page_says_whose_it_is_what_it_is_for_and_which_of_two(data: ReportData) -> None:
    for number, words in enumerate(words_of(data), start=1):
        assert data.name[:20] in words
        assert f"record {data.record[:8]}" in words or f"Record {data.record[:8]}" in words
        assert PURPOSE in words
        assert words.endswith(f"Page {number} of 2")


def test_the_head_says_who_how_long_since_and_by_whom() -> None:
    first, _ = words_of(reports.YEAR)

    for words in (
        "Affected side",
        "right",
        "Bell's palsy",
        "8 months (20 Jun 2025)",
        "movement control",
        "3 Mar 2025 to 2 Mar 2026",
        "2 Mar 2026, 09:12 UTC",
        "Thea Kay",
    ):
        assert words in first


def test_the_first_page_has_the_flags_what_is_prescribed_and_what_was_done() -> None:
    first, _ = words_of(reports.YEAR)

    assert all(flag in first for flag in reports.YEAR.flags)
    assert "Twice a day. Version 3 of 10 Feb 2026, by Thea Kay." in first
    assert all(line.name in first and line.dose in first for line in reports.PRESCRIBED.lines)
    assert all(sentence in first for sentence in reports.YEAR.practised.sentences)


@every_report
def test_every_chart_has_its_title_and_its_sentence(data: ReportData) -> None:
    first, second = words_of(data)

    for page, pictures in ((first, data.onsets[:MOST_ONSETS]), (second, data.pictures)):
        for picture in pictures:
            assert picture.title[:24] in page
            assert picture.sentence[:24] in page


def test_the_second_page_has_treatments_assessments_and_what_waits() -> None:
    _, second = words_of(reports.YEAR)

    for words in (
        "3 Oct 2025: Botulinum toxin: orbicularis oculi, mentalis; 2.5 units each",
        "before 3.1 mm, 24 practices",
        "after 4.6 mm, 26 practices",
        "own ups and downs 2.2 to 4.0 mm: more, beyond them",
        "64 points (20 Feb 26)",
        "51 points (14 Aug 25)",
        "so not taken for a change.",
        "asks for an appointment: Tuesdays after four, or Friday mornings",
        "engine 1.3.0, 1.4.0",
        "Small closed smile 3f2a",
        "a quiet reading is not proof of a quiet face",
    ):
        assert words in second


def test_what_is_not_there_is_said_to_be_so() -> None:
    first, second = words_of(reports.NOTHING)

    for words in (
        "not known",
        "not entered",
        "not set",
        "Nothing is prescribed",
        "No practice in this period.",
    ):
        assert words in first
    for words in ("No treatment is entered.", "No assessment is entered.", "None waits."):
        assert words in second


def test_what_has_no_room_is_said_to_be_in_the_coach() -> None:
    first, second = words_of(reports.LONG)

    assert re.search(r"and \d+ more, in the coach", first)
    assert "The 6 that joined in most often; 11 more are in the coach." in first
    assert len(re.findall(r"and \d+ more, in the coach", second)) == 3


@every_report
def test_nothing_is_graded_and_nothing_sums_it_all_up(data: ReportData) -> None:
    said = " ".join(words_of(data)).lower()

    for word in ("score", "grade", "wrong", "bad ", "fail", "diagnos", "overall", "error"):
        assert word not in said


@pytest.mark.parametrize("data", [reports.YEAR, reports.LONG], ids=["a year", "too long"])
def test_nothing_is_written_or_drawn_beyond_the_margins(
    data: ReportData, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[float, float]] = []
    write, line, box, marks = Paper.write, Paper.line, Paper.box, Paper.marks

    def writes(paper, text, x, y, size, *, width=None, bold=False, align="left", **how):
        text = paper.plain(text) if width is None else paper.cut(text, width, size, bold=bold)
        wide = paper.width(text, size, bold=bold)
        left = x - {"left": 0.0, "middle": wide / 2, "right": wide}[align]
        seen.extend([(left, y), (left + wide, y)])
        write(paper, text, x, y, size, width=width, bold=bold, align=align, **how)

    def lines(paper, points, *how, **more):
        seen.extend(points)
        line(paper, points, *how, **more)

    def boxes(paper, x, y, width, height, **how):
        seen.extend([(x, y), (x + width, y + height)])
        box(paper, x, y, width, height, **how)

    def markings(paper, kind, at, size, colour):
        at = list(at)
        seen.extend(at)
        marks(paper, kind, at, size, colour)

    for name, watched in (("write", writes), ("line", lines), ("box", boxes), ("marks", markings)):
        monkeypatch.setattr(Paper, name, watched)
    report_pdf(data)

    assert min(x for x, _ in seen) >= 13.5
    assert max(x for x, _ in seen) <= WIDTH - 12.0
    assert min(y for _, y in seen) >= 10.0
    assert max(y for _, y in seen) <= HEIGHT - 10.0


def test_the_file_says_of_itself_what_it_is_but_not_of_whom() -> None:
    about = read(reports.YEAR).metadata

    assert about is not None
    assert about.title == "Report on practice at home, record 0f0f0f0f"
    assert about.creation_date == reports.MADE
    assert not any("Maximiliane" in str(value) for value in about.values())


# --- letters


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hạnh",
        "Γιώργος Παπαδόπουλος",
        "Дарья Смирнова",
        "Jean-François d'Été",
        "Հայկ Սարոյան",
        "O'Brien; DROP TABLE <b>&amp;",
    ],
)
def test_a_name_reads_as_it_is_written(name: str) -> None:
    assert all(name in words for words in words_of(replace(reports.NOTHING, name=name)))


@pytest.mark.parametrize("name", ["محمد الخطيب", "יוסף כהן"])
def test_a_name_that_runs_leftwards_is_there_with_all_its_letters(name: str) -> None:
    with_name, without = (PAPER.width(text, 15, bold=True) for text in (name, ""))
    assert with_name > without
    assert not PAPER.unknown(name)
    assert len(read(replace(reports.NOTHING, name=name)).pages) == 2


def test_a_letter_that_no_font_has_is_a_box_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "_others", lambda: ())
    first, _ = words_of.__wrapped__(replace(reports.NOTHING, name="王小明 Wang"))

    assert "□□□ Wang" in first
    assert "A box stands for a letter" in first


def test_letters_are_looked_for_on_this_computer() -> None:
    files = typefaces.for_the_rest("王")
    if not files:
        pytest.skip("no font of this computer has it")
    first, second = words_of(replace(reports.NOTHING, name="王小明"))

    assert "王小明" in first
    assert "王小明" in second


def test_every_text_that_is_printed_is_among_the_letters_looked_for() -> None:
    prescribed = replace(reports.PRESCRIBED, when="mornings \N{SNOWMAN}")
    data = replace(reports.YEAR, prescribed=prescribed, onset_words="\N{COMET}")

    assert {"\N{SNOWMAN}", "\N{COMET}", "\N{LATIN CAPITAL LETTER L WITH STROKE}"} <= set(data.letters)


PAPER = Paper("Paper", reports.MADE, "")
PAPER.page()


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=300),
    st.floats(5, 180),
    st.floats(5, 16),
    st.integers(1, 5),
)
@settings(max_examples=25, deadline=None)
def test_a_text_never_runs_past_its_room(text: str, width: float, size: float, most: int) -> None:
    lines = PAPER.lines(text, width, size, most=most)

    assert len(lines) <= most
    assert all(PAPER.width(line, size) <= width + 0.01 or len(line) == 1 for line in lines)


@given(st.text(max_size=200))
@settings(max_examples=25, deadline=None)
def test_whatever_is_typed_can_be_printed(text: str) -> None:
    data = replace(reports.NOTHING, name=text, made_by=text, open=(Open(reports.LAST, "note", text),))

    assert len(read(data).pages) == 2


# --- charts


def test_the_axes_have_few_round_values() -> None:
    assert ticks(0, 5.4) == [0, 2, 4]
    assert ticks(0, 100) == [0, 25, 50, 75, 100]
    assert ticks(-1.3, 0.9) == [-1, 0] or ticks(-1.3, 0.9)[0] == -1
    assert ticks(0, 0.3) == pytest.approx([0, 0.1, 0.2, 0.3])


@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4))
def test_an_axis_always_has_one_value_and_never_many(low: float, size: float) -> None:
    found = ticks(low, low + size)

    assert 1 <= len(found) <= 6
    assert all(low - 1e-6 * size <= value <= low + size * (1 + 1e-6) for value in found)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 40_000))
def test_a_few_days_are_named_below_a_chart_all_of_its_own(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days=days))

    named = day_ticks(period)

    assert len(named) <= 7
    assert all(period.first <= day <= period.last for day in named)


def test_a_single_day_has_a_chart_too() -> None:
    day = reports.LAST
    picture = Picture("One day", "It joined in once.", "mm", (Series("", "joined_in", ((day, 0.0),)),))
    data = replace(
        reports.LITTLE,
        first=day,
        onsets=(picture,),
        pictures=(picture,) * 6,
        practised=replace(reports.LITTLE.practised, weeks=(Week(day, 0, None),)),
        treated=(Treated("", day, "Therapy visit"), Treated("A", day, "Surgery")),
    )

    assert len(read(data).pages) == 2


def test_values_far_apart_stay_on_the_paper() -> None:
    points = ((reports.LAST, 1e6), (reports.LAST - timedelta(days=1), -1e6), (reports.LAST, 0.0))
    picture = replace(reports.pictures(3)[3], series=(Series("far", "first", points),), band=(-9e9, 9e9))

    assert len(read(replace(reports.LITTLE, pictures=(picture,))).pages) == 2
