"""The progress page shows what is in the log: an invitation, charts with their sentences, one practice, no blame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from practices import CHIN, EYE, RESTING, a_repetition, another_person
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from coach.assignment import Assignment
from coach.face import Side
from coach.library import load_library
from coach.records import Records, open_records

PAGES = Path(__file__).resolve().parent.parent / "pages"
NOW = datetime.now(timezone.utc)


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    monkeypatch.delenv("COACH_DATABASE_URL", raising=False)
    opened = open_records()
    yield opened
    opened.close()


def practise(
    records: Records, days_ago: float, *repetitions, card="small-closed-smile", ending="finished"
) -> str:
    """Write a practice of that many days ago."""
    started_at = NOW - timedelta(days=days_ago)
    exercise = load_library().exercises[card]
    uid = records.begin_practice(records.profile().uid, exercise, None, Assignment(exercise.id), started_at)
    for repetition in repetitions:
        records.add_repetition(uid, replace(repetition, symmetry=0.9))
    if ending:
        records.end_practice(uid, ending, started_at + timedelta(minutes=2), 0.95)
    return uid


def opened_page(**query: str) -> AppTest:
    """The progress page as the navigation opens it."""
    page = AppTest.from_file(str(PAGES / "navigation.py"), default_timeout=30)
    page.switch_page("progress.py")
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def texts(page: AppTest) -> list[str]:
    """All running text, with plain spaces."""
    return [element.value.replace("\N{NO-BREAK SPACE}", " ") for element in page.markdown]


def charts(page: AppTest) -> list[tuple[dict, str]]:
    """Each chart's specification, with the text right above it."""
    found = []
    above = ""
    for element in page.main:
        if element.type == "markdown":
            above = element.value
        if element.type == "vega_lite_chart":
            found.append((json.loads(element.proto.spec), above))
    return found


def calendar(page: AppTest) -> list[dict]:
    """The days that the calendar shows."""
    (days,) = page.get("vega_lite_chart")[0].proto.datasets
    return convert_arrow_bytes_to_pandas_df(days.data.data).to_dict("records")


def test_before_the_first_practice_the_page_invites(records: Records) -> None:
    page = opened_page()

    assert [header.value for header in page.subheader] == ["Your first practice will appear here"]
    assert charts(page) == []
    page.button[0].click().run()
    assert not page.exception
    assert "Your first practice will appear here" not in [header.value for header in page.subheader]


def test_every_chart_has_its_sentence(records: Records) -> None:
    for days_ago in (9, 8, 7, 1, 0):
        practise(records, days_ago, a_repetition(1, EYE), a_repetition(2, CHIN), a_repetition(3))

    page = opened_page()

    drawn = charts(page)
    assert len(drawn) == 5  # the days, two areas, clean repetitions, evenness
    for specification, above in drawn:
        assert specification["description"] == above
        assert above.endswith(".")
    assert len({above for _, above in drawn}) == 5


def test_the_sentences_come_from_the_rows(records: Records) -> None:
    practise(records, 2, a_repetition(1, EYE), a_repetition(2))
    practise(
        records, 0, a_repetition(1, replace(EYE, onset_amplitude_mm=5.2)), a_repetition(2), a_repetition(3)
    )

    said = " ".join(texts(opened_page()))

    assert "your right eye joined in when your smile had reached about 5.2 mm. Lately it joined in" in said
    assert "between 4.1 and 5.2 mm" in said
    assert "2 of 3 repetitions were clean" in said
    assert "it was 3 of 5" in said
    assert "the smaller side moved 90 % as far as the larger" in said
    assert "you practised on 2 days; the last time was today" in said


def test_the_figures_are_there_to_be_read(records: Records) -> None:
    practise(records, 0, a_repetition(1, EYE), a_repetition(2))

    table = opened_page().table[0].value

    assert list(table.iloc[0][["Clean", "Right eye, mm"]]) == ["1 of 2", "4.1"]


def test_the_face_at_rest_is_drawn_from_two_days_on(records: Records) -> None:
    practise(records, 3, a_repetition(1))
    assert any(text.startswith("From your next two days of practice on") for text in texts(opened_page()))

    rested = [replace(a_repetition(number), resting=RESTING) for number in (1, 2)]
    practise(records, 2, *rested, card="small-pucker")
    page = opened_page()
    without = len(charts(page))
    assert any(text.startswith("After one more day of practice") for text in texts(page))
    assert not any(" rested " in above for _, above in charts(page))

    practise(records, 1, *rested)  # of any exercise
    records.set_affected(records.profile().uid, Side.RIGHT)
    page = opened_page()
    assert "Your face at rest" in [header.value for header in page.subheader]
    assert len(charts(page)) == without + 2  # the brows were not seen
    said = " ".join(texts(page))
    assert "your right eye rested narrower than your left." in said
    assert "the right corner of your mouth rested higher than the left." in said
    assert "This could not be seen well enough on two days yet." in said
    assert any("only the change over weeks counts" in caption.value for caption in page.caption)
    assert list(page.table[-1].value["Right eye, mm"]) == ["\N{MINUS SIGN}1.2"] * 2


def test_the_start_is_shaded_once_a_week_has_three_practices(records: Records) -> None:
    for days_ago in (9, 8, 7, 1):
        practise(records, days_ago, replace(a_repetition(1), resting=RESTING))

    page = opened_page()

    resting = [(drawn, above) for drawn, above in charts(page) if " rested " in above]
    assert len(resting) == 2
    for specification, above in resting:
        assert specification["description"] == above
        assert any(layer["mark"]["type"] == "rect" for layer in specification["layer"])
    assert any(caption.value.startswith("Shaded: the start") for caption in page.caption)


def test_each_exercise_has_its_own_course(records: Records) -> None:
    practise(records, 1, a_repetition(1, EYE), card="small-closed-smile")
    practise(records, 0, a_repetition(1, CHIN), card="small-pucker")

    page = opened_page()
    assert page.radio[0].value == "small-pucker"
    assert any("your chin joined in when your pucker" in text for text in texts(page))

    page.radio[0].set_value("small-closed-smile").run()
    assert any("your right eye joined in when your smile" in text for text in texts(page))
    assert not any("pucker had reached" in text for text in texts(page))


def test_a_practice_that_was_cut_off_is_shown_without_blame(records: Records) -> None:
    cut_off = practise(records, 1, a_repetition(1), a_repetition(2, EYE), ending=None)

    page = opened_page()
    row = page.button(key=cut_off)
    assert row.label.endswith("1 of 2 clean · ended early")

    row.click().run()
    assert not page.exception
    assert page.query_params["practice"] == [cut_off]
    assert any("You did 2 of 5 repetitions, and 1 of them was clean" in text for text in texts(page))
    assert any("ended early" in caption.value for caption in page.caption)


def test_a_practice_without_a_repetition_has_a_kind_word(records: Records) -> None:
    uid = practise(records, 1, ending=None)

    opened_page()
    page = opened_page(practice=uid)

    assert any("ended before its first repetition was complete. That is fine" in text for text in texts(page))


def test_what_was_only_opened_is_no_practice(records: Records) -> None:
    practised = practise(records, 3, a_repetition(1))
    opened = practise(records, 0, ending=None)
    another = practise(records, 1, card="small-pucker", ending="stopped")

    page = opened_page()

    assert any("you practised on one day; the last time was 3 days ago" in text for text in texts(page))
    (ticked,) = [day for day in calendar(page) if day["practised"]]
    assert ticked["tooltip"].endswith(": 1 practice")
    keys = {button.key for button in page.button}
    assert practised in keys
    assert not keys & {opened, another}
    assert len(page.radio) == 0  # an exercise never practised has no course
    assert len(records.practices(records.profile().uid)) == 3


def test_whoever_has_only_opened_an_exercise_is_invited(records: Records) -> None:
    practise(records, 0, ending="stopped")

    assert [header.value for header in opened_page().subheader] == ["Your first practice will appear here"]


def test_one_practice_opens_by_its_address(records: Records) -> None:
    uid = practise(records, 0, a_repetition(1), a_repetition(2, EYE), a_repetition(3, EYE, CHIN))

    page = opened_page(practice=uid)

    assert page.header[0].value == "Small closed smile"
    assert {metric.label: metric.value for metric in page.metric} == {
        "Clean": "1 of 3",
        "Evenness": "90\N{NO-BREAK SPACE}%",
        "Held quietly": "5 s",
    }
    assert any("Your right eye joined in during 2 of 3 repetitions" in text for text in texts(page))
    ((strip, above),) = charts(page)
    assert strip["description"] == above
    assert list(page.table[0].value["Clean"]) == ["yes", "not yet", "not yet"]

    page.button[0].click().run()
    assert page.header[0].value == "Your progress"


def test_a_practice_the_camera_hardly_saw_is_not_called_quiet(records: Records) -> None:
    uid = practise(records, 0, replace(a_repetition(1), judged_share=0.4))

    page = opened_page(practice=uid)

    assert any("Too little could be seen to say whether anything joined in" in text for text in texts(page))
    assert not any("Nothing that the camera watches" in text for text in texts(page))
    assert "Clean" not in {metric.label for metric in page.metric}


def test_an_area_the_camera_could_not_see_is_not_called_quiet(records: Records) -> None:
    uid = practise(records, 0, a_repetition(1), replace(a_repetition(2), unseen=("chin",)))

    one, all_of_them = texts(opened_page(practice=uid)), texts(opened_page())

    assert any(text.startswith("Your chin could not be seen in 1 of 2 repetitions") for text in one)
    assert any("Not every area could be seen in every repetition" in text for text in all_of_them)
    assert not any("Nothing that the camera watches" in text for text in one + all_of_them)


@pytest.mark.parametrize("uid", ["0" * 32, "../../etc", "'; DROP TABLE practice; --"])
def test_an_address_that_is_nobodys_practice_leads_back(records: Records, uid: str) -> None:
    practise(records, 0, a_repetition(1))

    page = opened_page(practice=uid)

    assert page.header[0].value == "Your progress"
    assert "not among yours" in page.info[0].value


def test_somebody_elses_practice_does_not_open(records: Records) -> None:
    exercise = load_library().exercises["small-closed-smile"]
    theirs = records.begin_practice(another_person(records).uid, exercise, None, Assignment(exercise.id), NOW)
    records.add_repetition(theirs, a_repetition(1, EYE))

    page = opened_page(practice=theirs)
    page.button(key=f"profile-{records.profile().uid}").click().run()  # two people share this computer

    assert "not among yours" in page.info[0].value
    assert not any("right eye" in text for text in texts(page))


def test_a_practice_in_another_window_is_not_said_to_be_over(records: Records) -> None:
    just_now = (
        NOW - datetime.now(timezone.utc)
    ).total_seconds() / 86400  # NOW is when the tests were collected
    begun = practise(records, just_now, ending=None)
    going = practise(records, just_now, a_repetition(1), ending=None)

    page = opened_page()

    assert page.button(key=going).label.endswith("1 of 1 clean · ended early, or still under way")
    assert any("first repetition is not complete yet" in text for text in texts(opened_page(practice=begun)))


def test_practices_of_one_day_stand_side_by_side_under_their_hours(records: Records) -> None:
    noon = NOW.astimezone().replace(hour=12, minute=0)
    for hours in (-2, 0, 3):
        practise(records, (NOW - noon).total_seconds() / 86400 - hours / 24, a_repetition(1, EYE))

    _, *courses = charts(opened_page())

    assert len(courses) == 3
    for specification, _ in courses:
        x = specification["layer"][-1]["encoding"]["x"]
        assert (x["field"], x["scale"]["domain"]) == ("number", [0.5, 3.5])
        assert x["axis"]["labelExpr"].startswith('["10:00", "12:00", "15:00"]')


def test_every_axis_has_bounds_before_its_rows_arrive(records: Records) -> None:
    """Else the browser's log complains of infinite ones: the rows come after the drawing."""
    uid = practise(records, 1, a_repetition(1, EYE), replace(a_repetition(2), resting=RESTING))
    practise(records, 0, replace(a_repetition(1, CHIN), resting=RESTING))

    drawn = [*charts(opened_page()), *charts(opened_page(practice=uid))]

    axes = [
        layer["encoding"][name]
        for specification, _ in drawn
        for layer in specification["layer"]
        for name in ("x", "y")
        if layer["encoding"].get(name, {}).get("type") == "quantitative"
    ]
    assert len(axes) > 20
    assert all("domain" in axis["scale"] for axis in axes if "field" in axis)


@pytest.mark.parametrize(("card", "shaded"), [("small-closed-smile", True), ("gentle-eye-closing", False)])
def test_the_zone_to_reach_is_shown_where_it_is_in_millimetres(
    records: Records, card: str, shaded: bool
) -> None:
    uid = practise(records, 0, a_repetition(1), card=card)

    ((picture, above),) = charts(opened_page(practice=uid))

    assert ("Shaded: 2 to 4\N{NO-BREAK SPACE}mm" in above) is shaded
    assert any(layer["mark"]["type"] == "rect" for layer in picture["layer"]) is shaded


def test_the_zone_of_a_card_that_has_changed_is_not_shown(records: Records) -> None:
    uid = practise(records, 0, a_repetition(1))
    with records.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE practice SET card_version = 'an older one'")

    ((_, above),) = charts(opened_page(practice=uid))

    assert "Shaded" not in above


def test_a_practice_in_which_nothing_was_seen_has_words_instead_of_a_picture(records: Records) -> None:
    uid = practise(records, 0, replace(a_repetition(1), amplitude_right_mm=None, judged_share=0.1))

    page = opened_page(practice=uid)

    assert charts(page) == []
    assert "How far the repetitions went could not be seen this time." in texts(page)
