"""Assessing: sheets filled in by hand, gaps told, totals live and over time; the camera's range test beside them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest
from therapist import THERAPIST, click, fill, opened_part, read, widget
from visitors import MONDAY, Clock, practised, repetitions

from coach.calibration import RANGE_CARD
from coach.clinic.access import Who
from coach.clinic.accounts import Role
from coach.clinic.entries import SHEETS, Entry
from coach.face import Side
from coach.records import Records

REST = {"rest_eye": "narrow", "rest_cheek": "absent", "rest_mouth": "normal"}
MOVES = ("brow", "eye", "smile", "snarl", "pucker")
FULL = {**REST, **{f"move_{m}": 4 for m in MOVES}, **{f"synkinesis_{m}": 1 for m in MOVES}}
"""Movement 4 times 20, less resting 5 times 3, less synkinesis 5: 60."""


@pytest.fixture
def records(home_log: Records) -> Records:
    home_log.set_affected(home_log.profile().uid, Side.RIGHT)
    return home_log


@pytest.fixture(autouse=True)
def _therapist(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.entry.who", lambda: THERAPIST)


def opened(records: Records) -> AppTest:
    return opened_part("assess", records.profile().uid)


def answer(app: AppTest, sheet: str, answers: dict[str, object]) -> AppTest:
    """Tap these answers of the sheet that is open."""
    for item, given in answers.items():
        kinds = ("segmented_control", "pills", "radio", "number_input")
        start = f"{sheet}-{item}-"
        kind = next(k for k in kinds if any((w.key or "").startswith(start) for w in getattr(app, k)))
        fill(app, kind, start, given)
    return app


def untap(app: AppTest, start: str) -> None:
    """Tap the chosen answer again; Streamlit's harness takes no answer for an answer that was not changed."""
    tapped = widget(app, "segmented_control", start)
    with pytest.MonkeyPatch.context() as patch:
        every = type(tapped).formatted_values.fget
        patch.setattr(
            type(tapped),
            "formatted_values",
            property(lambda one: [] if one.key == tapped.key else every(one)),
        )
        app.run()
    assert not app.exception


def choose(app: AppTest, sheet: str) -> AppTest:
    return fill(app, "pills", "sheet-", sheet)


def assessed(records: Records, days_ago: int, sheet: str, **answers: object) -> None:
    """A sheet as the page keeps it."""
    filled = Entry.of(SHEETS[sheet], answers)
    records.add_assessment(
        records.profile().uid,
        sheet,
        MONDAY.date() - timedelta(days=days_ago),
        filled.as_json()["answers"],  # type: ignore[arg-type]
        {figure.scale.id: figure.raw for figure in filled.figures},
        "Dr Kay",
        MONDAY - timedelta(days=days_ago),
    )


def charts_of(app: AppTest) -> list[dict]:
    """What each chart is told to draw."""
    return [json.loads(one.proto.spec) for one in app.get("vega_lite_chart")]


def column(app: AppTest, name: str) -> list[object]:
    """The values that charts draw under a name."""
    rows: dict[str, object] = {}
    for one in app.get("vega_lite_chart"):
        for data in one.proto.datasets:
            for row in convert_arrow_bytes_to_pandas_df(data.data.data).to_dict("records"):
                if name in row:  # several layers may draw the same one
                    rows[str([row.get(key) for key in ("day", "low", "high", "movement", "side", name)])] = (
                        row[name]
                    )
    return list(rows.values())


def keep_button(app: AppTest):
    return widget(app, "button", "sunnybrook-keep-")


def test_every_item_of_every_sheet_can_be_answered(records: Records) -> None:
    for name, sheet in SHEETS.items():
        app = choose(opened(records), name)
        ways = ["Its total", "Each statement"] if sheet.either[0] else [None]
        there: set[str] = set()
        for way in ways:
            if way is not None:
                fill(app, "segmented_control", f"{name}-{name}-way", way)
            keys = [
                w.key or ""
                for k in ("segmented_control", "pills", "radio", "number_input")
                for w in getattr(app, k)
            ]
            there |= {
                item.id for item in sheet.items if any(k.startswith(f"{name}-{item.id}-") for k in keys)
            }
        assert there == {item.id for item in sheet.items}
        assert sheet.licence in read(app)


def test_a_sunnybrook_sheet_is_reckoned_while_it_is_filled_in_and_kept(records: Records) -> None:
    app = opened(records)
    assert "The figures come here as you answer." in read(app)
    assert keep_button(app).disabled
    answer(app, "sunnybrook", REST)
    told = read(app)
    assert "**Sunnybrook composite: not known** (10 of 13 not answered)" in told
    assert "Resting symmetry: **15 points**" in told
    answer(app, "sunnybrook", {name: FULL[name] for name in FULL if name not in REST})
    assert "**Sunnybrook composite: 60 points**" in read(app)
    assert keep_button(app).label == "Keep this sheet"
    click(app, "sunnybrook-keep-")

    (kept,) = records.assessments(records.profile().uid)
    assert (kept.scale, kept.day, kept.author) == ("sunnybrook", MONDAY.date(), "Dr Kay")
    assert dict(kept.items) == FULL
    assert kept.totals == {
        "sunnybrook": Fraction(60),
        "sunnybrook_resting": Fraction(15),
        "sunnybrook_movement": Fraction(80),
        "sunnybrook_synkinesis": Fraction(5),
    }
    assert "Sunnybrook Facial Grading System of 2 March 2026 is kept." in read(app)
    assert keep_button(app).disabled  # the next one begins empty


def test_a_sunnybrook_sheet_with_gaps_says_so_and_its_total_is_not_known(records: Records) -> None:
    app = answer(opened(records), "sunnybrook", {**FULL, "move_brow": None, "rest_eye": None})

    assert "**Sunnybrook composite: not known** (2 of 13 not answered)" in read(app)
    assert "Synkinesis: **5 points**" in read(app)
    assert keep_button(app).label == "Keep it with 2 of 13 not answered"
    click(app, "sunnybrook-keep-")

    (kept,) = records.assessments(records.profile().uid)
    assert kept.totals["sunnybrook"] is None
    assert kept.totals["sunnybrook_synkinesis"] == 5
    assert kept.items["move_brow"] is None


def test_an_answer_that_is_tapped_again_is_taken_back(records: Records) -> None:
    app = answer(opened(records), "sunnybrook", {"move_eye": 3, "move_smile": 2})
    untap(app, "sunnybrook-move_eye-")

    assert "**Sunnybrook composite: not known** (12 of 13 not answered)" in read(app)


def test_what_is_answered_stays_while_another_sheet_is_open(records: Records) -> None:
    app = answer(opened(records), "sunnybrook", {"move_eye": 3})
    choose(app, "fdi")
    choose(app, "sunnybrook")

    assert widget(app, "segmented_control", "sunnybrook-move_eye-").value == 3


def test_house_brackmann_is_one_choice(records: Records) -> None:
    app = answer(choose(opened(records), "house_brackmann"), "house_brackmann", {"step": "III"})
    assert "**House-Brackmann: III**" in read(app)
    click(app, "house_brackmann-keep-")

    (kept,) = records.assessments(records.profile().uid)
    assert kept.totals == {"house_brackmann": Fraction(3)}


def test_the_total_of_a_questionnaire_is_typed_exactly(records: Records) -> None:
    app = answer(choose(opened(records), "saq"), "saq", {"total": 66.67})
    click(app, "saq-keep-")

    (kept,) = records.assessments(records.profile().uid)
    assert kept.totals == {"saq": Fraction("66.67")}


def test_its_statements_take_the_place_of_the_total(records: Records) -> None:
    app = answer(choose(opened(records), "saq"), "saq", {"total": 40})
    fill(app, "segmented_control", "saq-saq-way", "Each statement")
    answer(app, "saq", {f"statement_{n}": 2 for n in range(1, 9)})
    assert "**SAQ: not known** (1 of 9 not answered)" in read(app)
    assert widget(app, "button", "saq-keep-").label == "Keep it with 1 of 9 not answered"
    answer(app, "saq", {"statement_9": 2})
    click(app, "saq-keep-")

    (kept,) = records.assessments(records.profile().uid)
    assert kept.totals == {"saq": Fraction(40)}
    assert kept.items["total"] is None


def test_a_number_with_more_than_two_decimals_is_not_taken_for_another(records: Records) -> None:
    app = answer(choose(opened(records), "eface"), "eface", {"total": 66.666})

    click(app, "eface-keep-")

    assert "total is 66.666; allowed: a number from 0 to 100 with at most two decimals" in read(app)
    assert records.assessments(records.profile().uid) == []


def test_a_day_in_the_future_is_not_kept(records: Records) -> None:
    app = answer(opened(records), "sunnybrook", FULL)
    widget(app, "date_input", "sunnybrook-day-").set_value(date(2026, 3, 3)).run()
    click(app, "sunnybrook-keep-")

    assert "The day of an assessment is today or earlier." in read(app)
    assert records.assessments(records.profile().uid) == []


def test_an_earlier_day_is_kept_as_that_day(records: Records) -> None:
    app = answer(opened(records), "sunnybrook", FULL)
    fill(app, "date_input", "sunnybrook-day-", date(2026, 2, 20))
    click(app, "sunnybrook-keep-")

    (kept,) = records.assessments(records.profile().uid)
    assert kept.day == date(2026, 2, 20)


def test_a_change_is_told_beside_the_published_noise(records: Records) -> None:
    assessed(records, 90, "saq", total=70)
    assessed(records, 40, "saq", total=60)
    assessed(records, 5, "saq", total=40)

    told = read(opened(records))

    assert "SAQ: 40 points on 25 February 2026." in told
    assert "Since 2 December 2025: 30 points lower, which is better: beyond the noise" in told
    assert (
        "Since 21 January 2026: 20 points lower: beyond the noise by one study (MDC95 13.14, S50) but within it by "
        "another (SDC 28.2, S51), so not taken for a change." in told
    )
    assert (
        "within the noise of the first figure, of 2 December 2025 (SDC 28.2, S51; MDC95 13.14, S50)" in told
    )


def test_without_a_published_noise_that_is_said_once(records: Records) -> None:
    for ago, eye in ((90, 2), (40, 3), (5, 4)):
        assessed(records, ago, "sunnybrook", **{**FULL, "move_eye": eye})

    told = read(opened(records))

    assert (
        "Since 2 December 2025: 8 points higher; since 21 January 2026: 4 points higher. Higher is better here, but no "
        "agreed figure for its noise was found." in told
    )


def test_the_chart_draws_the_kept_figures_the_bands_and_the_treatments(records: Records) -> None:
    assessed(records, 90, "saq", total=70)
    assessed(records, 5, "saq", total=40)
    records.add_treatment(
        records.profile().uid, "botulinum_toxin", MONDAY.date() - timedelta(days=30), "Dr Kay", MONDAY
    )

    app = opened(records)
    (chart,) = charts_of(app)

    assert column(app, "value") == [70, 40]
    assert sorted(column(app, "low")) == [41.8, 56.86]  # 70 less 28.2 and 13.14
    assert sorted(column(app, "high")) == [83.14, 98.2]
    marks = [layer["mark"]["type"] for layer in chart["layer"]]
    assert marks.count("rect") == 2  # two studies
    assert "rule" in marks
    assert chart["layer"][0]["encoding"]["y"]["scale"]["domain"] == [20, 100]
    assert chart["layer"][0]["encoding"]["y"]["title"] == "lower is better"
    assert chart["description"].startswith("SAQ: 40 points")


def test_a_sheet_can_be_taken_back(records: Records) -> None:
    assessed(records, 5, "house_brackmann", step="IV")
    app = opened(records)
    assert "House-Brackmann: IV." in read(app)

    click(app, "withdraw-")

    assert records.assessments(records.profile().uid) == []
    assert "is taken back" in read(app)


def a_range_test(records: Records, days_ago: int, right: float, left: float) -> None:
    done = [
        *repetitions(2, movement="smile", amplitude_right_mm=right, amplitude_left_mm=left),
        *repetitions(1, movement="pucker", amplitude_right_mm=4.0, amplitude_left_mm=None),
    ]
    numbered = [one.__class__(**{**_fields(one), "number": n}) for n, one in enumerate(done, 1)]
    practised(records, RANGE_CARD, MONDAY - timedelta(days=days_ago), numbered)


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}  # type: ignore[attr-defined]


def test_the_camera_s_range_test_stands_beside_the_sheets_under_its_own_names(records: Records) -> None:
    a_range_test(records, 14, 4.0, 9.0)
    a_range_test(records, 7, 5.0, 9.5)

    app = opened(records)

    told = read(app)
    assert "Its millimetres are not points of any sheet." in told
    assert "smile right (affected) about 5.0 mm, left (healthy) about 9.5 mm" in told
    assert "pucker right (affected) about 4.0 mm, left (healthy) not seen" in told
    assert (
        "Smile, by the camera: right (affected) about 5.0 mm, left (healthy) about 9.5 mm on 23 February 2026; right "
        "(affected) about 4.0 mm, left (healthy) about 9.0 mm on 16 February 2026." in told
    )
    assert sorted(set(column(app, "mm"))) == [4.0, 5.0, 9.0, 9.5]
    drawn = json.dumps(charts_of(app))
    for scale in ("Sunnybrook", "House", "eFACE", "FDI", "SAQ"):
        assert scale not in drawn


def test_without_a_range_test_that_is_said(records: Records) -> None:
    assert "It has not been done yet." in read(opened(records))


def test_nobody_but_a_therapist_opens_it(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = Who(Role.PATIENT, "Me", patient_uid=records.profile().uid, at_home=True)
    monkeypatch.setattr("pages.entry.who", lambda: somebody)

    app = opened(records)

    assert "This page is not open to you" in read(app)
    assert not app.segmented_control
