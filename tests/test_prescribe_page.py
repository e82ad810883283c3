"""Prescribing: what may be chosen, what is set, how long it takes, steps that are due, versions, and who may do it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from therapist import THERAPIST, click, fill, opened_part, read, widget
from visitors import MONDAY, WELL, Clock, a_session, practised, repetitions

from coach.calibration import RANGE_CARD
from coach.clinic.access import Who
from coach.clinic.accounts import Role
from coach.face import Side
from coach.prescription import Item, Prescription
from coach.records import Records
from coach.records.care_history import History

SMILE, PUCKER, MASSAGE = "small-closed-smile", "small-pucker", "cheek-massage"


@pytest.fixture
def records(home_log: Records) -> Records:
    home_log.set_affected(home_log.profile().uid, Side.RIGHT)
    return home_log


@pytest.fixture(autouse=True)
def _therapist(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.entry.who", lambda: THERAPIST)


def prescribed(records: Records, *items: Item, author: str = "Dr Kay", **more: object) -> Prescription:
    values = {"created_at": MONDAY - timedelta(days=30), "author": author, "stage": "movement_control"}
    return records.prescribe(
        records.profile().uid, Prescription.model_validate({**values, "items": items, **more})
    )


def opened(records: Records) -> AppTest:
    return opened_part("prescribe", records.profile().uid)


def newest(records: Records) -> Prescription:
    found = records.prescription(records.profile().uid)
    assert found is not None
    return found


def is_there(app: AppTest, start: str) -> bool:
    return any(button.key and button.key.startswith(start) for button in app.button)


def can_press(app: AppTest, start: str) -> bool:
    return not widget(app, "button", start).disabled


def test_somebody_without_a_plan_gets_one_from_the_category_and_a_ready_programme(records: Records) -> None:
    app = opened(records)
    assert "Nothing is prescribed yet" in read(app)

    fill(app, "segmented_control", "stage-", "facilitation")
    starts = [button.key for button in app.button if button.key.startswith("start-")]
    app.button(key=starts[0]).click().run()
    click(app, "keep-")

    version = newest(records)
    assert (version.version, version.author, version.stage) == (1, "Dr Kay", "facilitation")
    assert version.created_at == MONDAY
    assert version.programme is not None
    assert "This is version 1. The next session goes by it." in read(app)


def test_only_exercises_of_the_category_can_be_added_and_the_others_say_why(records: Records) -> None:
    prescribed(records, Item(card=MASSAGE), stage="relaxation")
    app = click(opened(records), "add-")

    assert is_there(app, "add-soft-rest")
    assert not is_there(app, f"add-{SMILE}")
    told = read(app)
    assert "**Small closed smile**: For facilitation and movement control, not for relaxation." in told
    assert "**Your comfortable range**" not in told


@pytest.mark.parametrize(
    ("onset", "why"),
    [
        (None, "From 3 months after onset on (S5), and the onset is not known."),
        (date(2026, 1, 10), "From 3 months after onset on (S5); it has been 1 month."),
        (date(2026, 2, 20), "From 3 months after onset on (S5); it has been less than a month."),
    ],
)
def test_stretches_wait_for_three_months_since_onset(records: Records, onset: date | None, why: str) -> None:
    me = records.profile().uid
    records.keep_history(me, History(onset=onset), "Dr Kay", MONDAY)
    prescribed(records, Item(card=MASSAGE))

    app = click(opened(records), "add-")
    assert f"**Chin and neck release**: {why}" in read(app)
    assert not is_there(app, "add-chin-neck-stretch")

    records.keep_history(me, History(onset=date(2025, 12, 2)), "Dr Kay", MONDAY)
    assert is_there(click(opened(records), "add-"), "add-chin-neck-stretch")


def test_what_does_not_fit_the_category_any_more_holds_the_plan_up_until_it_is_taken_out(
    records: Records,
) -> None:
    prescribed(records, Item(card=MASSAGE), Item(card=SMILE))
    app = fill(opened(records), "segmented_control", "stage-", "relaxation")

    assert "Before this can be kept: Small closed smile" in read(app)
    assert not can_press(app, "keep-")

    click(app, f"out-{SMILE}")
    click(app, "keep-")
    assert [item.card for item in newest(records).items] == [MASSAGE]
    assert newest(records).stage == "relaxation"


def test_the_order_is_changed_with_two_buttons(records: Records) -> None:
    prescribed(records, Item(card=MASSAGE), Item(card=SMILE), Item(card=PUCKER))
    app = opened(records)
    assert not can_press(app, f"earlier-{MASSAGE}")
    assert not can_press(app, f"later-{PUCKER}")

    click(app, f"earlier-{PUCKER}")
    click(app, f"later-{MASSAGE}")
    assert "Another order" in read(app)
    click(app, "keep-")

    assert [item.card for item in newest(records).items] == [PUCKER, MASSAGE, SMILE]


def test_dose_level_watching_and_sensitivity_are_set_and_what_is_as_on_the_card_is_left_to_it(
    records: Records,
) -> None:
    prescribed(records, Item(card=SMILE, repetitions=4))
    app = click(opened(records), f"set-{SMILE}")
    fill(app, "number_input", f"repetitions-{SMILE}", 5)
    fill(app, "number_input", f"hold-{SMILE}", 7.0)
    fill(app, "selectbox", f"level-{SMILE}", 5)
    fill(app, "pills", f"watch-{SMILE}", ["chin", "platysma"])
    fill(app, "segmented_control", f"sensitivity-{SMILE}", "lenient")
    click(app, "keep-")

    (item,) = newest(records).items
    assert (item.repetitions, item.hold_seconds, item.level, item.sensitivity) == (None, 7.0, 5, "lenient")
    assert item.watch == ("platysma", "chin")


def test_something_is_always_watched(records: Records) -> None:
    prescribed(records, Item(card=SMILE, watch=("chin",)))
    app = click(opened(records), f"set-{SMILE}")

    fill(app, "pills", f"watch-{SMILE}", [])

    assert widget(app, "pills", f"watch-{SMILE}").value == ["chin"]
    assert not can_press(app, "keep-")


def a_range_test(records: Records) -> None:
    done = repetitions(2, movement="smile", amplitude_right_mm=5.0, amplitude_left_mm=10.0)
    practised(records, RANGE_CARD, MONDAY - timedelta(days=3), done)


def test_the_band_is_a_share_of_the_persons_own_range_and_told_in_mm(records: Records) -> None:
    prescribed(records, Item(card=SMILE))
    app = click(opened(records), f"set-{SMILE}")
    assert "the comfortable range is not tested yet" in read(app)

    a_range_test(records)
    app = click(opened(records), f"set-{SMILE}")
    assert "**2.0 to 4.0 mm** of the about 10.0 mm that the healthy side went" in read(app)
    widget(app, "select_slider", f"band-{SMILE}").set_range(15, 30).run()
    assert "**1.5 to 3.0 mm**" in read(app)
    click(app, "keep-")

    (item,) = newest(records).items
    assert (item.share_low, item.share_high) == (15.0, 30.0)


def test_a_level_down_to_the_tiny_movement_lets_a_band_of_ones_own_go(records: Records) -> None:
    prescribed(records, Item(card=SMILE, share_low=30, share_high=40))
    app = click(opened(records), f"set-{SMILE}")
    fill(app, "selectbox", f"level-{SMILE}", 2)
    click(app, "keep-")

    (item,) = newest(records).items
    assert (item.level, item.share_low, item.share_high) == (2, None, None)


def test_days_times_sessions_and_the_view_are_kept(records: Records) -> None:
    prescribed(records, Item(card=SMILE))
    app = opened(records)
    fill(app, "pills", "days-", ["thursday", "monday"])
    fill(app, "text_input", "times-", "  after breakfast ")
    fill(app, "segmented_control", "sessions-", 3)
    fill(app, "toggle", "half-", True)
    assert "Monday and Thursday: after breakfast." in read(app)  # as the patient sees it
    click(app, "keep-")

    version = newest(records)
    assert (version.days, version.times) == (("monday", "thursday"), "after breakfast")
    assert (version.sessions_per_day, version.half_mirror) == (3, True)
    assert version.when == "Monday and Thursday: after breakfast"


def test_every_day_of_the_week_is_no_choice_of_days(records: Records) -> None:
    prescribed(records, Item(card=SMILE))
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    app = fill(opened(records), "pills", "days-", days)

    assert not can_press(app, "keep-")  # nothing is new


def test_more_than_twelve_minutes_says_what_every_session_would_leave_out(records: Records) -> None:
    prescribed(records, Item(card=MASSAGE), Item(card=SMILE), Item(card=PUCKER))
    app = click(opened(records), f"set-{SMILE}")
    assert "of at most 12, with rests and pauses" in read(app)

    fill(app, "number_input", f"repetitions-{SMILE}", 20)

    told = read(app)
    assert "as it stands, every session leaves out Small pucker." in told
    assert "Under 12 minutes is best, so today leaves out: Small pucker." in told  # as the patient sees it


def test_a_ninth_exercise_does_not_go_in(records: Records) -> None:
    eight = ("cheek-massage", "imagine-it", "small-open-smile", "soft-rest", SMILE, PUCKER, "half-closing")
    prescribed(records, *(Item(card=card, repetitions=1) for card in (*eight, "gentle-frown")))

    app = opened(records)

    assert not can_press(app, "add-")
    assert "A plan holds up to 8 exercises." in read(app)


def test_a_plan_without_exercises_cannot_be_prescribed(records: Records) -> None:
    prescribed(records, Item(card=SMILE))
    app = click(opened(records), f"out-{SMILE}")

    assert not can_press(app, "keep-")
    click(app, "undo-")
    assert "Nothing is changed yet." in read(app)


def test_a_card_that_is_gone_is_named_and_can_be_taken_out(records: Records) -> None:
    prescribed(records, Item(card=SMILE), Item(card="juggling"))
    app = opened(records)
    assert "Not in the library any more" in read(app)

    click(app, "out-juggling")
    click(app, "keep-")

    assert [item.card for item in newest(records).items] == [SMILE]


def quiet_weeks(records: Records, clock: Clock, level: int = 3) -> None:
    """Three sessions on three days in which everything else stayed quiet."""
    prescribed(records, Item(card=SMILE, level=level), Item(card=PUCKER))
    for _ in range(3):
        clock.wait(days=1)
        a_session(records, clock.now, level=level)
    clock.wait(days=1)


def test_a_step_beyond_the_third_level_is_one_click_and_at_once_a_version(
    records: Records, clock: Clock
) -> None:
    quiet_weeks(records, clock)
    app = opened(records)
    assert "**Small closed smile: level 3 to 4**" in read(app)
    assert "held in 15 of 15 judged repetitions" in read(app)

    click(app, f"on-{SMILE}")

    version = newest(records)
    assert (version.version, version.author) == (2, "Dr Kay")
    assert [(item.card, item.level) for item in version.items] == [(SMILE, 4), (PUCKER, 3)]
    assert "Ready for your word" not in read(app)


def test_not_yet_is_remembered_until_later_days_speak_for_it_again(records: Records, clock: Clock) -> None:
    quiet_weeks(records, clock)

    app = click(opened(records), f"stay-{SMILE}")

    assert newest(records).items[0].stayed_on == clock.now.date()
    assert newest(records).items[0].level == 3
    assert "Ready for your word" not in read(app)
    assert "stays at level 3 for now" in read(app)
    for _ in range(3):
        clock.wait(days=1)
        a_session(records, clock.now, level=3)
    clock.wait(hours=2)
    assert "Ready for your word" in read(opened(records))


def test_a_step_leaves_what_else_is_on_the_table_there(records: Records, clock: Clock) -> None:
    quiet_weeks(records, clock)
    app = fill(opened(records), "toggle", "half-", True)

    click(app, f"on-{SMILE}")

    assert not newest(records).half_mirror
    assert "Half-mirrored view on" in read(app)
    click(app, "keep-")
    assert newest(records).half_mirror
    assert newest(records).items[0].level == 4


def test_a_step_that_the_coach_takes_by_itself_is_only_told(records: Records, clock: Clock) -> None:
    quiet_weeks(records, clock, level=2)

    app = opened(records)

    assert "the coach goes from level 2 to 3 by itself" in read(app)
    assert not is_there(app, f"on-{SMILE}")


def test_an_open_session_keeps_its_version_and_that_is_said(records: Records) -> None:
    before = prescribed(records, Item(card=SMILE))
    records.begin_session(records.profile().uid, before.uid, WELL, MONDAY)
    app = fill(opened(records), "toggle", "half-", True)

    click(app, "keep-")

    assert "A session that is under way goes on with version 1." in read(app)


def test_the_versions_say_who_changed_what(records: Records) -> None:
    prescribed(records, Item(card=SMILE, level=2), author="self")
    prescribed(records, Item(card=SMILE, level=3), author="coach")
    prescribed(records, Item(card=SMILE, level=3), Item(card=MASSAGE), times="in the evening")

    told = read(opened(records))

    assert "**Version 3** · by Dr Kay, 31 January 2026 · in use" in told
    assert "Cheek and fold massage added; every day: in the evening." in told
    assert "**Version 2** · by the coach itself" in told
    assert "Small closed smile: level 3 (before: 2)." in told
    assert "**Version 1** · by the patient" in told


def test_an_earlier_version_can_be_taken_up_again(records: Records) -> None:
    prescribed(records, Item(card=SMILE, level=2))
    prescribed(records, Item(card=PUCKER))
    app = click(opened(records), "version-1")
    click(app, "keep-")

    assert newest(records).version == 3
    assert [(item.card, item.level) for item in newest(records).items] == [(SMILE, 2)]


def test_a_version_written_meanwhile_is_not_overwritten_unseen(records: Records) -> None:
    prescribed(records, Item(card=SMILE))
    app = fill(opened(records), "toggle", "half-", True)
    prescribed(records, Item(card=SMILE), Item(card=PUCKER), author="Dr Moss")

    app.run()

    assert "Meanwhile version 2 was written by Dr Moss." in read(app)
    assert not can_press(app, "keep-")
    click(app, "newest-")
    assert "Nothing is changed yet." in read(app)
    assert len(records.prescriptions(records.profile().uid)) == 2


def test_without_changes_of_ones_own_the_newest_version_is_shown(records: Records) -> None:
    prescribed(records, Item(card=SMILE))
    app = opened(records)
    prescribed(records, Item(card=SMILE), Item(card=PUCKER), author="coach")

    app.run()

    assert "Meanwhile" not in read(app)
    assert is_there(app, f"set-{PUCKER}")


@pytest.mark.parametrize(
    "who",
    [
        None,
        Who(Role.PATIENT, "Somebody", account_uid="b" * 32, patient_uid="f" * 32),
        Who(Role.ADMINISTRATOR, "Pat", account_uid="c" * 32),
    ],
)
def test_nobody_but_a_therapist_opens_it(
    records: Records, monkeypatch: pytest.MonkeyPatch, who: Who | None
) -> None:
    prescribed(records, Item(card=SMILE))
    monkeypatch.setattr("pages.entry.who", lambda: who)

    app = opened(records)

    assert "This page is not open to you" in read(app)
    assert not is_there(app, "set-")


def test_every_button_says_of_which_exercise_it_is(records: Records) -> None:
    prescribed(records, Item(card=MASSAGE), Item(card=SMILE))
    app = click(opened(records), "add-")

    def labels(start: str) -> list[str]:
        return [one.label for one in app.button if one.key and one.key.startswith(start)]

    assert "Add :small[Small pucker]" in labels("add-")
    for start in ("add-", "set-", "earlier-", "later-", "out-"):
        named = labels(start)
        assert len(named) > 1
        assert len(set(named)) == len(named), start
