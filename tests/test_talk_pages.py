"""Talking: the patient writes and asks, the therapist sees, answers and calls it done, and each sees what became."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from therapist import THERAPIST, click, opened_part, read, widget
from visitors import MONDAY, WELL, Clock

from coach.clinic.access import Who
from coach.clinic.accounts import Role
from coach.records import Records

pytestmark = pytest.mark.usefixtures("clock")

PAGE = Path(__file__).parent.parent / "pages" / "notes.py"


@pytest.fixture
def records(home_log: Records) -> Records:
    home_log.rename(home_log.profile().uid, "Rosa")
    return home_log


@pytest.fixture
def patient_there(records: Records, monkeypatch: pytest.MonkeyPatch) -> Who:
    """The patient is signed in."""
    somebody = Who(Role.PATIENT, "Rosa", account_uid="b" * 32, patient_uid=records.profile().uid)
    monkeypatch.setattr("pages.entry.who", lambda: somebody)
    return somebody


def notes_page() -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not app.exception
    return app


def talk(records: Records, monkeypatch: pytest.MonkeyPatch, who: Who = THERAPIST) -> AppTest:
    """The therapist opens what the patient wrote."""
    monkeypatch.setattr("pages.entry.who", lambda: who)
    return opened_part("talk", records.profile().uid)


def write(app: AppTest, words: str) -> AppTest:
    widget(app, "text_area", "note-words-").set_value(words)
    return press(app, "Send this note")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def answer(app: AppTest, words: str) -> AppTest:
    widget(app, "text_area", "answer-words-").set_value(words)
    return press(app, "Send")


def test_a_phone_says_nothing_of_keys_it_does_not_have(records: Records, patient_there: Who) -> None:
    forms = [block.proto.form for block in notes_page().get("form")]

    assert forms
    assert not any(form.enter_to_submit for form in forms)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


# -- the patient


@pytest.mark.usefixtures("patient_there")
def test_a_note_is_kept_and_said_to_be_on_its_way(records: Records) -> None:
    app = write(notes_page(), "  My neck pulls.\nIs that all right? ")

    (note,) = records.notes(records.profile().uid)
    assert (note.sender, note.kind, note.author) == ("patient", "note", "Rosa")
    assert note.text == "My neck pulls.\nIs that all right?"
    assert note.created_at == MONDAY
    told = read(app)
    assert "Your note is on its way to your therapist." in told
    assert "<p>My neck pulls.</p><p>Is that all right?</p>" in told
    assert "On its way: not seen yet." in told
    assert widget(app, "text_area", "note-words-").value == ""


def test_beside_a_therapist_at_home_a_note_is_the_patients(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = records.profile().uid
    at_home = Who(Role.THERAPIST, "Dr Kay", account_uid="a" * 32, patient_uid=me, at_home=True)
    monkeypatch.setattr("pages.entry.who", lambda: at_home)

    write(notes_page(), "My neck pulls.")

    assert [note.author for note in records.notes(me)] == ["Rosa"]


@pytest.mark.usefixtures("patient_there")
@pytest.mark.parametrize("words", ["", "   ", "\n\n"])
def test_an_empty_note_is_not_sent(records: Records, words: str) -> None:
    app = write(notes_page(), words)

    assert "There is nothing to send yet. Please write a few words." in read(app)
    assert records.notes(records.profile().uid) == []


@pytest.mark.usefixtures("patient_there")
def test_signs_that_no_keyboard_has_are_not_kept(records: Records) -> None:
    app = write(notes_page(), "hello\x07")

    assert "signs in it that are no letters" in read(app)
    assert records.notes(records.profile().uid) == []


@pytest.mark.usefixtures("patient_there")
def test_whatever_is_written_is_only_words(records: Records) -> None:
    app = write(notes_page(), "<img src=x onerror=alert(1)> **bold** <script>x</script>")

    told = read(app)
    assert "&lt;img src=x onerror=alert(1)&gt; **bold** &lt;script&gt;" in told
    assert "<img" not in told


@pytest.mark.usefixtures("patient_there")
def test_an_appointment_is_asked_for_with_preferred_times(records: Records) -> None:
    app = notes_page()
    widget(app, "pills", "wish-days-").set_value(["Tuesday", "Thursday"])
    widget(app, "pills", "wish-parts-").set_value(["mornings"])
    widget(app, "text_input", "wish-own-").set_value(" not before ten ")
    widget(app, "text_area", "wish-about-").set_value("About the new exercise.")
    press(app, "Ask for an appointment")

    (note,) = records.notes(records.profile().uid)
    assert (note.kind, note.text) == ("appointment", "About the new exercise.")
    assert note.preferred_times == ("Tuesday mornings", "Thursday mornings", "not before ten")
    assert (
        "An appointment, please. Preferred: Tuesday mornings, Thursday mornings and not before ten."
        in read(app)
    )
    assert "Ask for an appointment" not in labels(app)  # one at a time


@pytest.mark.usefixtures("patient_there")
def test_an_appointment_needs_no_words_and_no_times(records: Records) -> None:
    app = press(notes_page(), "Ask for an appointment")

    (note,) = records.notes(records.profile().uid)
    assert (note.kind, note.text, note.preferred_times) == ("appointment", "", ())
    assert "An appointment, please. At any time." in read(app)


@pytest.mark.usefixtures("patient_there")
def test_a_wish_can_be_taken_back_and_made_anew(records: Records) -> None:
    app = press(notes_page(), "Ask for an appointment")
    press(app, "I no longer need it")

    (note,) = records.notes(records.profile().uid)
    assert note.done_by == "Rosa"
    assert "Taken back." in read(app)
    assert "Ask for an appointment" in labels(app)


def test_an_answer_is_new_once_and_the_therapist_sees_that_it_was_read(
    records: Records, clock: Clock, monkeypatch: pytest.MonkeyPatch, patient_there: Who
) -> None:
    write(notes_page(), "Is that all right?")
    answer(talk(records, monkeypatch), "Yes, stay small.")
    assert "Not read yet." in read(talk(records, monkeypatch))

    clock.wait(hours=1)
    monkeypatch.setattr("pages.entry.who", lambda: patient_there)
    app = notes_page()
    assert "New for you" in read(app)
    assert "Dr Kay, 2 Mar, 09:00" in read(app)
    assert "Answered." in read(app)
    assert "New for you" in read(app.run())  # as long as this visit lasts
    assert "New for you" not in read(notes_page())
    assert "Read 2 Mar, 10:00." in read(talk(records, monkeypatch))


def test_notes_are_open_only_to_patients_themselves(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.write_note(records.profile().uid, "patient", "Rosa", "Private.", MONDAY)
    for who in (None, THERAPIST):
        monkeypatch.setattr("pages.entry.who", lambda who=who: who)
        app = notes_page()
        assert "This page is not open to you" in read(app)
        assert "Private." not in read(app)


def test_nobody_reads_anothers_notes(
    records: Records, monkeypatch: pytest.MonkeyPatch, patient_there: Who
) -> None:
    other = records.create_patient("Somebody else")
    records.write_note(other.uid, "patient", other.name, "Not for Rosa.", MONDAY)

    assert "Not for Rosa." not in read(notes_page())
    assert "Not for Rosa." not in read(talk(records, monkeypatch, patient_there))
    assert "This page is not open to you" in read(talk(records, monkeypatch, patient_there))


# -- the therapist


def wrote(records: Records, words: str = "A question.", hours_ago: float = 5, **more: object) -> str:
    at = MONDAY - timedelta(hours=hours_ago)
    return records.write_note(records.profile().uid, "patient", "Rosa", words, at, **more).uid  # type: ignore[arg-type]


def test_what_waits_is_on_top_and_can_be_seen_and_done(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = wrote(records)
    app = talk(records, monkeypatch)
    assert {"Seen", "Done"} <= set(labels(app))

    click(app, f"seen-{uid}")
    (note,) = records.notes(records.profile().uid)
    assert (note.seen_by, note.seen_at, note.done_at) == ("Dr Kay", MONDAY, None)
    assert "Seen by Dr Kay, 2 Mar, 09:00." in read(app)
    assert "Seen" not in labels(app.run())

    click(app, f"done-{uid}")
    (note,) = records.notes(records.profile().uid)
    assert note.done_by == "Dr Kay"
    assert "Nothing waits." in read(app)


def test_an_answer_settles_what_waits_unless_that_is_taken_off(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote(records)
    wrote(records, "", hours_ago=2, kind="appointment", preferred_times=("Fridays",))
    app = talk(records, monkeypatch)
    widget(app, "checkbox", "settles-").uncheck()
    answer(app, "I look into it.")
    assert [note.done_at is None for note in records.notes(records.profile().uid)] == [True, True, True]
    assert all(note.seen_at for note in records.notes(records.profile().uid) if note.sender == "patient")

    answer(app, "Friday at ten it is.")

    waiting = [n for n in records.notes(records.profile().uid) if n.sender == "patient" and n.done_at is None]
    assert waiting == []
    assert "Your note is sent." in read(app)


@pytest.mark.parametrize("words", ["", "  \n "])
def test_an_empty_answer_is_not_sent_and_settles_nothing(
    records: Records, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    wrote(records)

    app = answer(talk(records, monkeypatch), words)

    assert "There is nothing to send yet." in read(app)
    (note,) = records.notes(records.profile().uid)
    assert (note.seen_at, note.done_at) == (None, None)


def stopped(records: Records, hours_ago: float, sign: str) -> None:
    """A session that the safety check ended."""
    me, at = records.profile().uid, MONDAY - timedelta(hours=hours_ago)
    uid = records.begin_session(me, None, {**WELL, "eyes": [sign]}, at)
    records.end_session(uid, me, "safety", at)


def test_a_stop_waits_until_it_is_said_what_was_done(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(records, 5, "redness")
    app = talk(records, monkeypatch)
    assert "Stopped by the safety check on 2 March 2026: a red eye." in read(app)
    press(app, "It is dealt with")
    assert "Please write a few words: what was done?" in read(app)
    assert records.dealt_stops(records.profile().uid) == []

    widget(app, "text_input", "dealt-words-").set_value("Called; the eye clinic has seen her.")
    press(app, "It is dealt with")

    (dealt,) = records.dealt_stops(records.profile().uid)
    assert (dealt.author, dealt.created_at, dealt.up_to) == ("Dr Kay", MONDAY, MONDAY - timedelta(hours=5))
    told = read(app)
    assert "Stopped by the safety check" not in told
    assert "Nothing waits." in told
    assert "Called; the eye clinic has seen her." in told
    assert "By Dr Kay, 2 Mar, 09:00; the stop was 2 Mar, 04:00." in told

    stopped(records, 1, "pain")
    assert "Stopped by the safety check on 2 March 2026: pain in an eye." in read(app.run())


def test_a_stop_that_nobody_has_seen_yet_is_not_dealt_with(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came after the page was drawn: the press was about the other one."""
    stopped(records, 5, "redness")
    app = talk(records, monkeypatch)
    widget(app, "text_input", "dealt-words-").set_value("Called.")
    stopped(records, 1, "pain")

    press(app, "It is dealt with")

    assert records.dealt_stops(records.profile().uid) == []
    assert "pain in an eye. So it was once more in the last 14 days." in read(app)


def test_what_was_called_done_by_a_slip_waits_again(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = wrote(records)
    app = click(talk(records, monkeypatch), f"done-{uid}")
    click(app, "again-")

    (note,) = records.notes(records.profile().uid)
    assert note.done_at is None
    assert "Done" in labels(app)


def test_the_therapist_may_write_first(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    app = talk(records, monkeypatch)
    assert "Nobody has written yet." in read(app)
    answer(app, "How did the first week go?")

    (note,) = records.notes(records.profile().uid)
    assert (note.sender, note.author, note.text) == ("therapist", "Dr Kay", "How did the first week go?")


def test_a_colleague_is_named_and_oneself_is_you(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    me = records.profile().uid
    records.write_note(me, "therapist", "Dr Moss", "From me.", MONDAY - timedelta(days=400))
    records.write_note(me, "therapist", "Dr Kay", "And from me.", MONDAY)

    told = read(talk(records, monkeypatch))

    assert "Dr Moss, 26 Jan 2025, 09:00" in told
    assert "You, 2 Mar, 09:00" in told


def test_many_notes_are_shown_a_few_at_first(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(15):
        wrote(records, f"Note number {number}.", hours_ago=number + 1)
        records.mark_done(
            records.notes(records.profile().uid)[-1].uid, records.profile().uid, "Dr Kay", MONDAY
        )
    app = talk(records, monkeypatch)
    assert "Note number 11." in read(app)
    assert "Note number 14." not in read(app)

    widget(app, "toggle", "every-note-").set_value(True).run()

    assert "Note number 14." in read(app)
