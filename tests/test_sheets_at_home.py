"""Sheets filled in at home: asked for by a therapist, answered one a screen, left and gone on with, kept as theirs."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from therapist import THERAPIST, click, opened_part, read, widget
from visitors import MONDAY, can_press, opened, prescribe, press, words

from coach.clinic.access import Who
from coach.clinic.accounts import Role
from coach.clinic.at_home import AT_HOME, OWN_WORDING
from coach.prescription import Item
from coach.records import Records, RecordsError
from pages import entry

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def records(home_log: Records) -> Records:
    home_log.rename(home_log.profile().uid, "Rosa")
    prescribe(home_log, Item(card="small-closed-smile"))
    return home_log


ALL_EASY = {one.item: 5 for one in AT_HOME["fdi"].questions}


# -- the words


@pytest.mark.parametrize("name", sorted(AT_HOME))
def test_every_question_takes_exactly_the_answers_of_its_item(name: str) -> None:
    asked = AT_HOME[name]
    items = [item for item in asked.sheet.items if item.choices]
    assert [one.item for one in asked.questions] == [item.id for item in items]
    for one, item in zip(asked.questions, items, strict=True):
        assert set(one.answers) == {choice.id for choice in item.choices}
        assert len(set(one.answers.values())) == len(one.answers)
        assert one.words.endswith("?")


def test_what_needs_permission_is_asked_by_its_number_only() -> None:
    assert "face" not in AT_HOME
    assert {one.words for one in AT_HOME["saq"].questions} == {
        f"Statement {n} of 9 on your paper: which number is it?" for n in range(1, 10)
    }


# -- the therapist asks


def therapist_at(records: Records, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr("pages.entry.who", lambda: THERAPIST)
    return opened_part("assess", records.profile().uid)


def test_a_therapist_asks_sees_how_far_it_is_and_asks_no_longer(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = records.profile().uid
    click(therapist_at(records, monkeypatch), "ask-fdi")
    (request,) = records.sheet_requests(me)
    assert (request.scale, request.author, request.created_at) == ("fdi", "Dr Kay", MONDAY)

    records.keep_answers(request.uid, me, {"eating": 5, "drinking": None})
    app = therapist_at(records, monkeypatch)
    assert "Asked for on 2 March 2026 by Dr Kay; 2 of 10 questions are done." in read(app)
    click(app, "unask-")
    assert records.sheet_requests(me) == []


# -- the person answers


def test_it_is_answered_one_a_screen_left_and_gone_on_with(records: Records) -> None:
    me = records.profile().uid
    request = records.request_sheet(me, "fdi", "Dr Kay", MONDAY)
    app = opened("today.py")
    assert "Your therapist would like to know: how your face is in daily life." in words(app)
    assert "begin" in can_press(app)  # practice does not wait for it
    press(app, "asked-fdi")

    assert "How hard was it to drink from a cup?" not in words(app)
    assert "begin" not in can_press(app)
    press(app, "eating-3")
    assert "How hard was it to drink from a cup?" in words(app)
    assert "Question 2 of 10" in words(app)
    press(app, "drinking-left-out")
    press(app, "asked-back")
    assert "Question 2 of 10" in words(app)
    press(app, "drinking-0")
    press(app, "asked-leave")
    assert "begin" in can_press(app)

    assert records.sheet_requests(me)[0].answers == {"eating": 3, "drinking": 0}
    assert app.button(key="asked-fdi").label == "Go on with question 3 of 10"
    assert "Question 3 of 10" in words(opened("today.py", asked=request.uid))
    assert records.assessments(me) == []


def test_what_is_finished_is_the_persons_own_and_the_therapist_is_told(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = records.profile().uid
    request = records.request_sheet(me, "fdi", "Dr Kay", MONDAY)
    records.keep_answers(request.uid, me, {**ALL_EASY, "drinking": 0, "outings": None})
    app = opened("today.py", asked=request.uid)
    assert "One question is left out." in words(app)
    assert records.assessments(me) == []  # nothing goes before it is sent

    press(app, "asked-send")

    (filled,) = records.assessments(me)
    assert (filled.scale, filled.author, filled.day) == ("fdi", "Rosa", MONDAY.date())
    assert filled.items == {**ALL_EASY, "drinking": 0, "outings": None}
    assert filled.totals == {"fdi_physical": 75, "fdi_social": Fraction(80)}
    (note,) = records.notes(me)
    assert (note.sender, note.author) == ("patient", "Rosa")
    assert note.text == "I have filled in “How your face is in daily life” (Facial Disability Index)."
    assert "Thank you." in words(app)
    assert "asked-fdi" not in can_press(opened("today.py"))
    app = therapist_at(records, monkeypatch)
    assert "Facial Disability Index · 2 March 2026, by Rosa" in read(app).replace("**", "")
    assert OWN_WORDING in read(app)
    assert widget(app, "button", "ask-fdi")  # it can be asked for once more


def test_an_older_window_takes_nothing_back_that_was_answered_since(records: Records) -> None:
    me = records.profile().uid
    request = records.request_sheet(me, "fdi", "Dr Kay", MONDAY)
    older, newer = (opened("today.py", asked=request.uid) for _ in range(2))
    press(newer, "eating-3")
    press(newer, "drinking-2")

    press(older, "eating-5")

    assert records.sheet_requests(me)[0].answers == {"eating": 5, "drinking": 2}


def test_beside_a_therapist_and_after_an_update_it_is_still_the_persons_own(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = records.profile().uid
    request = records.request_sheet(me, "fdi", "Dr Kay", MONDAY)
    records.keep_answers(request.uid, me, {**ALL_EASY, "gone": 1})  # no item of the sheet any more
    at_home = Who(Role.THERAPIST, "Dr Kay", account_uid="a" * 32, patient_uid=me, at_home=True)
    monkeypatch.setattr("pages.entry.who", lambda: at_home)

    press(opened("today.py", asked=request.uid), "asked-send")

    assert [one.author for one in records.assessments(me)] == ["Rosa"]
    assert [one.author for one in records.notes(me)] == ["Rosa"]


def test_a_sheet_is_not_in_without_word_of_it(records: Records) -> None:
    me = records.profile().uid
    request = records.request_sheet(me, "fdi", "Dr Kay", MONDAY)

    with pytest.raises(RecordsError, match="text"):
        records.answer_request(request.uid, me, MONDAY.date(), ALL_EASY, {}, "Rosa", MONDAY, note="\x07")

    assert records.assessments(me) == []
    assert records.sheet_requests(me)[0].answered_at is None


def test_what_is_not_asked_of_this_person_cannot_be_opened(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = records.profile().uid
    withdrawn = records.request_sheet(me, "fdi", "Dr Kay", MONDAY).uid
    records.withdraw_request(withdrawn, me, "Dr Kay", MONDAY)
    other = records.create_patient("Tom", None, MONDAY + timedelta(days=999)).uid
    theirs = records.request_sheet(other, "fdi", "Dr Kay", MONDAY).uid
    monkeypatch.setattr(ContextProxy, "cookies", {entry.REMEMBERED: me})

    for uid in (withdrawn, theirs, "nothing"):
        app = opened("today.py", asked=uid)

        assert "These questions are not asked any more." in words(app)
        assert "eating-5" not in can_press(app)
