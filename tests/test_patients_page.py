"""The morning page: who wants a look and why, small trends from the rows, one link to each person."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from html import unescape

import pytest
from practices import EYE, a_repetition
from reception import CLINIC
from streamlit.testing.v1 import AppTest
from therapists import alone, let_in, nobody
from visitors import CARDS, MONDAY, WELL, opened, words

from coach.assignment import Assignment
from coach.clinic.accounts import Role
from coach.clinic.flags import Flag
from coach.clinic.glance import WEEKS, Point, at_a_glance
from coach.clinic.invitations import Invitation
from coach.clinic.who import Reception
from coach.face import Side
from coach.library import load_library
from coach.prescription import Item, Prescription
from coach.records import Records
from coach.records.care_history import History
from pages import patient_row, spark
from pages.spark import Scale

pytestmark = pytest.mark.usefixtures("clock")

ITEMS = (Item(card="small-closed-smile"),)


@pytest.fixture
def records(home_log: Records) -> Records:
    return home_log


def somebody(records: Records, name: str, weeks_here: float = 20) -> str:
    """A patient for whom something is prescribed."""
    person = records.create_patient(name, Side.RIGHT, MONDAY - timedelta(weeks=weeks_here))
    records.prescribe(
        person.uid, Prescription(created_at=MONDAY - timedelta(weeks=weeks_here), author="Ada", items=ITEMS)
    )
    return person.uid


def practise(records: Records, patient: str, days_ago: float, onset_mm: float | None = None) -> None:
    """A practice with two repetitions; in both the eye joins in where an onset is given."""
    at = MONDAY - timedelta(days=days_ago)
    uid = records.begin_practice(
        patient, CARDS["small-closed-smile"], Side.RIGHT, Assignment("small-closed-smile"), at
    )
    for number in (1, 2):
        unwanted = [] if onset_mm is None else [replace(EYE, onset_amplitude_mm=onset_mm)]
        records.add_repetition(uid, a_repetition(number, *unwanted))
    records.end_practice(uid, "finished", at + timedelta(minutes=2), 0.97)


def links(app: AppTest) -> list[tuple[str, str]]:
    """The names of the rows, each with where it leads to."""
    found = [element.proto for element in app.get("page_link")]
    return [(link.label, link.query_string) for link in found if "patient=" in link.query_string]


def rows(app: AppTest) -> list[str]:
    """The HTML of each row, in order."""
    return [element.proto.body for element in app.get("html") if 'class="when"' in element.proto.body]


def flags(row: str) -> list[str]:
    return [unescape(words) for words in re.findall(r'<li class="[^"]*" title="[^"]*">(.*?)</li>', row)]


# --- what is there


def test_whoever_wants_a_look_is_on_top_and_counted(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, somebody(records, "Bea"), 1)
    practise(records, somebody(records, "Cem"), 9)
    practise(records, ada := somebody(records, "Ada"), 0.1)
    session = records.begin_session(ada, None, {**WELL, "eyes": ["redness"]}, MONDAY - timedelta(hours=1))
    records.end_session(session, ada, "safety", MONDAY)
    records.write_note(ada, "patient", "Ada", "May I rest today?", MONDAY)

    app = opened("patients.py")

    assert "**2 of 3 want a look:** 1 stopped by the safety check, 1 with a note" in words(app)
    assert [name for name, _ in links(app)] == ["Ada", "Cem", "Bea"]
    first, second, third = rows(app)
    assert [words.split(":")[0] for words in flags(first)] == [
        "Stopped by the safety check on 2 March 2026",
        "A note waits, since 2 March 2026, not seen yet.",
    ]
    assert flags(second) == ["No practice for 9 days, since 21 February 2026."]
    assert flags(third) == []
    assert 'class="grave"' in first
    assert "(S78: new eye symptoms are to be reported)" in first  # the rule, under the pointer


def test_one_click_leads_to_the_person(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    uid = somebody(records, "Bea")

    assert links(opened("patients.py")) == [("Bea", f"patient={uid}")]


def test_practice_and_trends_come_from_the_rows(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    uid = somebody(records, "Bea")
    for day, onset in ((79, 1.5), (80, 2.5), (81, 2.0), (3, 3.25), (4, 3.25), (1, 3.75)):
        practise(records, uid, day, onset)

    (row,) = rows(opened("patients.py"))

    assert "<b>yesterday, 09:00</b>" in row
    assert "6 of " in row  # three practices of two minutes in the last seven days
    assert "width:" in row
    alt = [unescape(words) for words in re.findall(r'alt="([^"]*)"', row)]
    assert [words.replace("\N{NO-BREAK SPACE}", " ") for words in alt] == [
        "How far the movement got before the right eye joined in, in Small closed smile: "
        "3.2 mm this week, 2.0 mm 11 weeks ago. One point a week, its median.",
        "Clean repetitions of those done: 0 % this week, 0 % 11 weeks ago. One point a week, its median.",
    ]


def test_what_is_not_there_is_said_to_be_so(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    records.create_patient("Nobody's plan yet", None, MONDAY)

    (row,) = rows(opened("patients.py"))

    assert "no practice yet" in row
    assert "nothing prescribed yet" in row
    assert row.count("Too few practices in a week") == 2
    assert "<img" not in row


def test_nobody_flagged_is_not_called_all_well(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, somebody(records, "Bea"), 1)

    said = words(opened("patients.py"))

    assert "1 patient, without a flag today." in said
    assert "No flag does not say that all is well" in said


def test_names_are_only_names(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    somebody(records, "[x](https://elsewhere) <b>Bold</b> *star*")

    ((name, _),) = links(opened("patients.py"))

    assert name == r"\[x\]\(https\://elsewhere\) \<b\>Bold\</b\> \*star\*"


# --- finding somebody


def test_search_and_order(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, somebody(records, "Bea Oak"), 2)
    practise(records, somebody(records, "anna oak"), 9)
    practise(records, somebody(records, "Cem Elm"), 1)
    somebody(records, "Dora Fir", weeks_here=0.1)
    app = opened("patients.py")
    names = lambda: [name for name, _ in links(app)]  # noqa: E731

    app.button_group(key="patients-sort").set_value("name").run()
    assert names() == ["anna oak", "Bea Oak", "Cem Elm", "Dora Fir"]
    app.button_group(key="patients-sort").set_value("last").run()
    assert names() == ["Cem Elm", "Bea Oak", "anna oak", "Dora Fir"]
    app.text_input(key="patients-search").set_value(" OAK ").run()
    assert names() == ["Bea Oak", "anna oak"]
    app.text_input(key="patients-search").set_value("<zoe>").run()
    assert names() == []
    assert r"Nobody here is called “\<zoe\>”." in words(app)


def test_the_first_forty_are_shown_and_the_rest_on_demand(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    for number in range(43):
        records.create_patient(f"Patient {number:02}", None, MONDAY)
    app = opened("patients.py")
    assert len(rows(app)) == 40
    assert app.button(key="patients-more").label == "Show 3 more of 3"

    app.button(key="patients-more").click().run()

    assert len(rows(app)) == 43
    assert not [button for button in app.button if button.key == "patients-more"]


# --- somebody new


def invitations(records: Records) -> list[Invitation]:
    return Reception(records.engine, CLINIC).invitations()


def filled_in(app: AppTest, name: str, side: str = "Left") -> AppTest:
    app.text_input[0].set_value(name)
    app.radio[0].set_value(side)
    next(button for button in app.button if button.label.startswith("Make a")).click().run()
    assert not app.exception
    return app


def test_in_the_clinic_somebody_new_gets_a_code_that_is_shown_once(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_MODE", "clinic")
    ada = let_in(records, monkeypatch, MONDAY)

    app = filled_in(opened("patients.py"), "Nora *New*")

    (invited,) = invitations(records)
    (person,) = records.patients()
    assert (person.name, person.affected) == ("Nora *New*", Side.LEFT)
    assert (invited.kind, invited.patient_uid) == ("patient", person.uid)
    code = app.code[0].value
    found = Reception(records.engine, CLINIC)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    assert r"For Nora \*New\*: open `/join` and type this code." in words(app)
    assert "within 7 days: until 9 March 2026, 09:00" in words(app)
    assert len(rows(app)) == 1  # and has a row at once
    event = next(event for event in found.events() if event.what == "invited")
    assert (event.who, event.whose) == (ada.uid, person.uid)

    app.run()
    assert code not in str(app)


def test_at_home_somebody_new_gets_a_profile_and_no_code(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)

    app = filled_in(opened("patients.py"), "Nora New", "Not known")

    (person,) = records.patients()
    assert (person.name, person.affected) == ("Nora New", None)
    assert invitations(records) == []
    assert "Nora New has a profile here now." in words(app)


def test_an_empty_name_is_told_and_makes_nobody(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)

    app = filled_in(opened("patients.py"), "  ")

    assert records.patients() == []
    assert "The name has 0 letters" in app.warning[0].value


# --- who may see it


@pytest.mark.parametrize("mode", ["home", "clinic"])
def test_it_is_closed_to_everybody_but_therapists(
    records: Records, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("COACH_MODE", mode)
    uid = somebody(records, "Bea")
    nobody(monkeypatch)
    said = [alone("patients.py"), opened("patients.py")]
    let_in(records, monkeypatch, MONDAY, Role.ADMINISTRATOR)
    said += [alone("patients.py"), opened("patients.py")]
    let_in(records, monkeypatch, MONDAY, Role.PATIENT, uid)
    said += [alone("patients.py"), opened("patients.py")]

    for app in said:
        assert rows(app) == []
        assert links(app) == []
    for app in said[::2]:
        assert [header.value for header in app.header] == ["This page is not open to you"]


# --- the small trends


def point(weeks_ago: int, value: float) -> Point:
    return Point(date(2026, 3, 2) - timedelta(days=7 * weeks_ago + 6), value, 3)


def drawn(points: list[Point], scale: Scale) -> str:
    image = spark.draw(points, date(2026, 3, 2), scale, "#123456", "A <sentence>")
    assert 'alt="A &lt;sentence&gt;"' in image
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', image)
    assert source
    return b64decode(source[1]).decode()


def test_a_trend_has_a_dot_a_week_where_its_value_lies() -> None:
    svg = drawn([point(11, 0.0), point(5, 0.5), point(0, 1.0)], Scale(1.0, 0.0, 1.0))

    dots = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]
    middle = 5 + (WEEKS - 1 - 5) / (WEEKS - 1) * (spark.WIDTH - 10)
    assert [x for x, _ in dots] == [5.0, pytest.approx(middle, abs=0.1), spark.WIDTH - 5.0]
    assert [y for _, y in dots] == [spark.HEIGHT - 5.0, spark.HEIGHT / 2, 5.0]
    assert svg.count("stroke-dasharray") == 2  # weeks that say nothing are bridged by dots


def test_noise_does_not_look_like_a_course() -> None:
    low, high = Scale(1.0).reach([2.0, 2.1, 2.05])
    assert (low, high) == (pytest.approx(1.55), pytest.approx(2.55))
    assert Scale(1.0).reach([1.0, 4.0]) == (1.0, 4.0)


@pytest.mark.parametrize(
    ("days", "said"),
    [(0.1, "today, 06:36"), (1, "yesterday, 09:00"), (6, "6 days ago"), (200, "14 August 2025")],
)
def test_when_the_last_practice_was(days: float, said: str) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    assert patient_row.last_practice(now - timedelta(days=days), now) == said


# --- one patient's head


def patient_page(uid: str | None, part: str | None = None) -> AppTest:
    query = {"patient": uid, "part": part}
    return opened("patient.py", **{name: value for name, value in query.items() if value is not None})


def parts(app: AppTest) -> dict[str, str]:
    """The labels of the parts, by their names in the address."""
    ways = {button.key: button.label for button in app.button if (button.key or "").startswith("open-")}
    return {key.removeprefix("open-"): label for key, label in ways.items()}


def test_the_head_says_what_is_to_be_known_first(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    uid = somebody(records, "Bea *Oak*")
    practise(records, uid, 6)
    history = History("ramsay_hunt", MONDAY.date() - timedelta(days=300), ("dry eye",), "half-closing")
    records.keep_history(uid, history, "Ada", MONDAY)
    records.write_note(uid, "patient", "Bea", "May I rest today?", MONDAY)

    app = patient_page(uid)

    assert app.header[0].value == r"Bea \*Oak\*"
    about = words(app).replace("\\", "")
    assert (
        "right side affected · 9 months since onset (Ramsay Hunt syndrome) · last practice 6 days ago · "
        in about
    )
    assert "**To mind: dry eye; leave out: half-closing**" in about
    (told,) = [element.proto.body for element in app.get("html") if 'class="flags"' in element.proto.body]
    assert flags(told) == [
        "A note waits, since 2 March 2026, not seen yet.",
        "No practice for 6 days, since 24 February 2026.",
    ]
    assert parts(app) == {
        "story": "Story",
        "closer": "Look closer",
        "prescribe": "Prescribe",
        "assess": "Assess",
        "history": "History",
        "talk": "Talk •",
    }
    print_link = next(element.proto for element in app.get("link_button"))
    assert print_link.url.startswith(f"/report?patient={uid}&zone=")


def test_what_is_not_known_of_somebody_is_said_to_be_so(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    person = records.create_patient("Nora New", None, MONDAY)

    said = words(patient_page(person.uid)).replace("\\", "")

    assert "affected side not known · onset not known · no practice yet · nothing prescribed yet" in said


def test_who_looked_at_whom_is_on_record_once_a_window(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = let_in(records, monkeypatch, MONDAY)
    bea, cem = somebody(records, "Bea"), somebody(records, "Cem")

    app = patient_page(bea, "talk")
    app.button(key="open-history").click().run()
    assert app.query_params["part"] == ["history"]
    patient_page(cem)

    looked = Reception(records.engine, CLINIC).events(what="patient_opened")
    assert [(event.who, event.whose) for event in looked] == [(ada.uid, cem), (ada.uid, bea)]


@pytest.mark.parametrize("part", ["story", "closer", "prescribe", "assess", "history", "talk", "nonsense"])
def test_each_part_opens(records: Records, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    let_in(records, monkeypatch, MONDAY)
    uid = somebody(records, "Bea")
    practise(records, uid, 1, 2.5)

    app = patient_page(uid, part)

    assert "This part is not here yet" not in words(app)


def test_nobody_at_an_address_is_told_plainly(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)

    assert patient_page("f" * 32).header[0].value == "There is nobody at this address"
    assert alone("patient.py").header[0].value == "This page is not open to you"


def test_somebody_without_an_account_can_be_invited_from_their_page(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_MODE", "clinic")
    let_in(records, monkeypatch, MONDAY)
    uid = somebody(records, "Bea")
    app = patient_page(uid)

    app.button(key="make-code").click().run()

    (invited,) = invitations(records)
    assert (invited.kind, invited.patient_uid) == ("patient", uid)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", app.code[0].value)
    app.run()
    assert not app.code

    Reception(records.engine, CLINIC).create_account(
        Role.PATIENT, "bea", "Bea", "pear horse lamp", MONDAY, patient_uid=uid
    )
    assert not [button for button in patient_page(uid).button if button.key == "make-code"]


def test_a_row_names_the_most_pressing_reasons_and_the_page_all_of_them() -> None:
    many = [Flag("note", f"Reason {number}.", "a source", 90 - number) for number in range(5)]

    assert flags(patient_row.flags(many[:4], most=3)) == [f"Reason {number}." for number in range(4)]
    shown = patient_row.flags(many, most=3)
    assert flags(shown) == ["Reason 0.", "Reason 1.", "Reason 2."]
    assert '<li class="more">and 2 more</li>' in shown
    assert len(flags(patient_row.flags(many))) == 5


@pytest.mark.parametrize(
    ("done", "prescribed", "words", "share"),
    [
        (0.0, 0.6, "0 of 1 min this week", "0%"),
        (0.4, 0.6, "less than 1 of 1 min this week", "40%"),
        (0.9, 84.0, "less than 1 of 84 min this week", "1%"),
        (1.4, 1.4, "1 of 1 min this week", "100%"),
        (41.6, 84.3, "42 of 84 min this week", "50%"),
        (90.0, 84.0, "90 of 84 min this week", "100%"),
        (3.0, 0.0, "3 of 0 min this week", "0%"),
        (0.4, None, "less than 1 min this week, nothing prescribed", None),
        (0.0, None, "nothing prescribed yet", None),
    ],
)
def test_the_bar_and_its_words_say_the_same(
    records: Records, done: float, prescribed: float | None, words: str, share: str | None
) -> None:
    somebody(records, "Bea")
    row = replace(
        at_a_glance(records, load_library(), MONDAY)[0], minutes=done, prescribed_minutes=prescribed
    )

    shown = patient_row.html(row, MONDAY)

    assert f"<small>{words}</small>" in shown
    assert re.findall(r'class="bar"[^>]*><i style="width:(\d+%)"', shown) == ([share] if share else [])
