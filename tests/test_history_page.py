"""History and treatments: how it began, what the time since opens, and what was done, entered, changed, taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from therapist import THERAPIST, click, opened_part, read, widget
from visitors import MONDAY, Clock

from coach.clinic.access import Who
from coach.clinic.accounts import Role
from coach.clinic.onset import beyond_the_rules, gates, injection, months_after
from coach.face import Side
from coach.records import Records
from coach.records.care_history import History

TODAY = MONDAY.date()


@pytest.fixture
def records(home_log: Records) -> Records:
    home_log.profile()
    return home_log


@pytest.fixture(autouse=True)
def _therapist(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.entry.who", lambda: THERAPIST)


def opened(records: Records) -> AppTest:
    return opened_part("history", records.profile().uid)


def keep_history(app: AppTest) -> AppTest:
    """Send the form of the history."""
    return press(app, "Keep this", 0)


def press(app: AppTest, label: str, which: int = -1) -> AppTest:
    [button for button in app.button if button.label == label][which].click().run()
    assert not app.exception
    return app


# -- how it began


def test_what_is_entered_is_kept_with_who_and_when(records: Records) -> None:
    app = opened(records)
    assert "The day of onset is not known yet." in read(app)
    widget(app, "pills", "cause-").set_value("ramsay_hunt")
    widget(app, "date_input", "onset-").set_value(date(2025, 7, 15))
    widget(app, "segmented_control", "side-").set_value("left")
    widget(app, "multiselect", "to-mind-").set_value(["eyelid weight", "dry eye"])
    widget(app, "text_area", "leave-out-").set_value("No fingers inside the mouth.")
    keep_history(app)

    me = records.profile()
    kept = records.history(me.uid)
    assert kept is not None
    assert (kept.cause, kept.onset, kept.leave_out) == (
        "ramsay_hunt",
        date(2025, 7, 15),
        "No fingers inside the mouth.",
    )
    assert kept.contraindications == ("eyelid weight", "dry eye")
    assert (kept.author, kept.updated_at) == ("Dr Kay", MONDAY)
    assert me.affected is Side.LEFT
    told = read(app)
    assert "7 months since onset on 15 July 2025." in told
    assert "Kept by Dr Kay on 2 March 2026." in told
    assert "**Eyelid weight**: the coach's own rules were not made for this" in told


@pytest.mark.parametrize(
    ("then", "text"), [("Show what Dr Kay kept", "The first one's."), ("Go on with what is here", "Mine.")]
)
def test_two_windows_with_one_history_lose_nothing_without_a_word(
    records: Records, clock: Clock, then: str, text: str
) -> None:
    mine, first = opened(records), opened(records)
    widget(first, "text_area", "leave-out-").set_value("The first one's.")
    keep_history(first)
    clock.wait(minutes=1)
    widget(mine, "text_area", "leave-out-").set_value("Mine.")
    keep_history(mine)

    uid = records.profile().uid
    assert "Meanwhile this was kept by Dr Kay." in read(mine)
    assert records.history(uid).leave_out == "The first one's."  # type: ignore[union-attr]
    press(mine, then)
    assert widget(mine, "text_area", "leave-out-").value == text
    assert "Meanwhile" not in read(mine)
    keep_history(mine)
    assert records.history(uid).leave_out == text  # type: ignore[union-attr]


def test_nothing_need_be_known(records: Records) -> None:
    keep_history(opened(records))

    kept = records.history(records.profile().uid)
    assert kept is not None
    assert (kept.cause, kept.onset, kept.contraindications, kept.leave_out) == (None, None, (), "")
    assert records.profile().affected is None


def test_an_onset_in_the_future_is_not_kept(records: Records) -> None:
    app = opened(records)
    widget(app, "date_input", "onset-").set_value(TODAY + timedelta(days=1))
    keep_history(app)

    assert "The day of onset is today or earlier. Please choose it again." in read(app)
    assert records.history(records.profile().uid) is None


def test_the_time_since_onset_says_what_it_opens_and_from_where_that_comes(records: Records) -> None:
    records.keep_history(records.profile().uid, History(onset=date(2026, 1, 1)), "Dr Kay", MONDAY)

    told = read(opened(records))

    assert "Since 26 February 2026: look for first signs of synkinesis once a month" in told
    assert "S3" in told
    assert "From 1 April 2026: stretches and releases of the tight side, not before 3 months (S5)." in told
    assert "Stretches may begin from 1 April 2026 on." in told  # the picture's own sentence


# -- treatments


def new_treatment(app: AppTest, kind: str, day: date, **more: object) -> AppTest:
    click(app, "treatment-add-")
    widget(app, "pills", "kind-").set_value(kind)
    widget(app, "date_input", "day-").set_value(day)
    for kind_of_field, start, value in (
        ("multiselect", "sites-", more.get("sites")),
        ("text_input", "dose-", more.get("dose")),
        ("text_area", "note-", more.get("note")),
    ):
        if value is not None:
            widget(app, kind_of_field, start).set_value(value)
    return press(app, "Keep this")


def test_a_treatment_is_written_down_with_all_that_is_known_of_it(records: Records) -> None:
    app = new_treatment(
        opened(records),
        "botulinum_toxin",
        date(2026, 2, 10),
        sites=["chin", "neck"],
        dose="12 units in all",
        note="Went well.",
    )

    (kept,) = records.treatments(records.profile().uid)
    assert (kept.kind, kept.day, kept.sites) == ("botulinum_toxin", date(2026, 2, 10), ("chin", "neck"))
    assert (kept.dose_text, kept.note, kept.author) == ("12 units in all", "Went well.", "Dr Kay")
    told = read(app)
    assert "**Botulinum toxin** · 10 February 2026" in told
    assert "Chin, neck; 12 units in all; Went well. (Dr Kay)" in told
    assert "The last injection was 2 weeks ago, on 10 February 2026" in told
    assert [button.label for button in app.button].count("Add a treatment") == 1  # the form is closed


def test_without_a_kind_nothing_is_kept(records: Records) -> None:
    app = click(opened(records), "treatment-add-")
    press(app, "Keep this")

    assert "Please choose what kind of treatment it was" in read(app)
    assert records.treatments(records.profile().uid) == []


def test_a_planned_treatment_is_kept_and_called_so_but_not_one_in_years(records: Records) -> None:
    app = new_treatment(opened(records), "botulinum_toxin", TODAY + timedelta(days=20))
    assert "22 March 2026 · planned" in read(app)

    click(app, "treatment-add-")
    widget(app, "pills", "kind-").set_value("surgery")
    widget(app, "date_input", "day-").set_value(date(2036, 1, 1))
    press(app, "Keep this")

    assert "The day is 2036-01-01; allowed: a day from 1900-01-01 to 2027-03-03." in read(app)
    assert [one.kind for one in records.treatments(records.profile().uid)] == ["botulinum_toxin"]


def test_a_change_takes_the_old_entry_back_and_enters_it_anew(records: Records) -> None:
    me = records.profile().uid
    old = records.add_treatment(me, "therapy_visit", date(2026, 2, 1), "Dr Moss", MONDAY, note="First visit.")
    app = click(opened(records), "treatment-change-")
    assert widget(app, "text_area", "note-").value == "First visit."
    widget(app, "date_input", "day-").set_value(date(2026, 2, 3))
    press(app, "Keep this")

    (kept,) = records.treatments(me)
    assert (kept.day, kept.note, kept.author) == (date(2026, 2, 3), "First visit.", "Dr Kay")
    assert kept.uid != old.uid


def test_a_form_that_is_left_changes_nothing(records: Records) -> None:
    me = records.profile().uid
    records.add_treatment(me, "therapy_visit", date(2026, 2, 1), "Dr Moss", MONDAY)
    app = click(opened(records), "treatment-change-")
    press(app, "Leave it")

    assert [one.author for one in records.treatments(me)] == ["Dr Moss"]
    assert "**Change it**" not in read(app)


def test_a_treatment_entered_by_mistake_is_taken_back(records: Records) -> None:
    me = records.profile().uid
    records.add_treatment(me, "surgery", date(2026, 2, 1), "Dr Kay", MONDAY)

    app = click(opened(records), "treatment-back-")

    assert records.treatments(me) == []
    assert "Surgery of 1 February 2026 is taken back." in read(app)


def test_the_picture_has_a_sentence(records: Records) -> None:
    me = records.profile().uid
    records.keep_history(me, History(onset=date(2025, 3, 2)), "Dr Kay", MONDAY)
    records.add_treatment(me, "surgery", date(2025, 6, 1), "Dr Kay", MONDAY, sites=["right upper lid"])

    app = opened(records)

    assert "12 months since onset on 2 March 2025." in read(app)
    assert "1 treatment, the latest: surgery on 1 June 2025." in read(app)
    assert len(app.get("vega_lite_chart")) == 1


def test_nobody_but_a_therapist_opens_it(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    me = records.profile().uid
    records.keep_history(me, History(leave_out="Something private."), "Dr Kay", MONDAY)
    somebody = Who(Role.PATIENT, "Me", account_uid="b" * 32, patient_uid=me)
    monkeypatch.setattr("pages.entry.who", lambda: somebody)

    app = opened(records)

    assert "This page is not open to you" in read(app)
    assert not app.text_area


# -- what time decides


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 11, 30), 3, date(2026, 3, 1)),
        (date(2023, 11, 29), 3, date(2024, 2, 29)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
        (date(2025, 10, 31), 3, date(2026, 1, 31)),
    ],
)
def test_some_months_later_is_the_same_day_or_the_first_after_a_month_that_lacks_it(
    day: date, months: int, then: date
) -> None:
    assert months_after(day, months) == then


def test_stretches_open_on_the_day_on_which_the_months_are_counted_full() -> None:
    for offset in range(400):
        onset = date(2024, 1, 1) + timedelta(days=offset)
        opens = gates(onset)[1].day
        assert History(onset=onset).months_since_onset(opens - timedelta(days=1)) == 2
        assert History(onset=onset).months_since_onset(opens) == 3


@pytest.mark.parametrize(
    ("days_ago", "said"),
    [
        (-10, "Planned for 12 March 2026."),
        (3, "less than a week ago"),
        (8, "a week ago"),
        (100, "14 weeks ago"),
        (200, "longer ago than its effect lasts as a rule"),
    ],
)
def test_an_injection_is_said_with_where_its_effect_stands(days_ago: int, said: str) -> None:
    assert said in injection(TODAY - timedelta(days=days_ago), TODAY)


def test_only_what_is_listed_lies_beyond_the_rules() -> None:
    assert beyond_the_rules(["Neurectomy", "glasses"], ["neurectomy"]) == ("Neurectomy",)
