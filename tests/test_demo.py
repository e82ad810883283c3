"""The clinic to look around in: invented people, real coaching, and a folder that is nobody else's."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from statistics import median
from types import ModuleType

import numpy as np
import pytest

from coach import session
from coach.assignment import Assignment
from coach.calibration import RANGE_CARD, Measured, ranges
from coach.clinic.accounts import Role
from coach.clinic.choice import against
from coach.clinic.door_pages import DoorPages
from coach.clinic.entries import SHEETS, Entry
from coach.clinic.forms import FormOffice, Visit
from coach.clinic.mode import Mode
from coach.clinic.sign_in import NotSignedIn, SignedIn
from coach.clinic.who import Reception
from coach.demo import command, making, marking
from coach.demo.care import sheets
from coach.demo.life import Life
from coach.demo.living import live
from coach.demo.making import how, make_demo
from coach.demo.marking import MARK, DemoRefused, check, door_of, is_demo
from coach.demo.moving import Intent, Severity
from coach.demo.people import PEOPLE, THERAPIST
from coach.demo.person import Complaint, Injection, Person, Setback
from coach.demo.practising import Done, practise
from coach.demo.standing import severity_on, toxin
from coach.events import Repetition
from coach.face import Side
from coach.levels import assignment_of
from coach.library import load_library
from coach.plan import Plan
from coach.records import Records, open_records

TODAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
LIBRARY = load_library()
AFFECTED = {person.name: person.face.affected for person in PEOPLE}


def called(name: str) -> Person:
    return next(person for person in PEOPLE if name in person.name)


def briefly(person: Person, *cards: str, repetitions: int = 2) -> Person:
    """The same person with less to do: so many repetitions, and of these cards only, if they are named."""
    items = [item for item in person.items if not cards or item.card in cards]
    return replace(
        person,
        items=tuple(item.model_copy(update={"repetitions": repetitions}) for item in items),
        changes=(),
    )


def lived(person: Person, weeks: float = 3, **how: object) -> Life:
    return live(person, LIBRARY, TODAY, weeks=weeks, zone=timezone.utc, **how)  # type: ignore[arg-type]


def smiles(
    person: Person, won: float = 0.0, repetitions: int = 8, severity: Severity | None = None, lot: int = 1
) -> Done:
    """One practice of the small smile, as the person does it once `won` is won."""
    assignment = Assignment("small-closed-smile", repetitions=repetitions)
    plan = Plan.of(
        LIBRARY.exercises["small-closed-smile"], LIBRARY.patterns, person.face.affected, assignment
    )
    now = severity or severity_on(person, won, TODAY, TODAY)
    return practise(plan, person, now, LIBRARY.patterns, np.random.default_rng(lot), won=won)


def warned(repetitions: tuple[Repetition, ...]) -> int:
    return sum(any(u.warned_at is not None for u in one.unwanted) for one in repetitions)


def onsets(repetitions: tuple[Repetition, ...], pattern: str = "oral-ocular-narrow") -> list[float]:
    return [
        unwanted.onset_amplitude_mm
        for one in repetitions
        for unwanted in one.unwanted
        if unwanted.pattern == pattern and unwanted.onset_amplitude_mm is not None
    ]


def couplings(repetitions: tuple[Repetition, ...], pattern: str = "oral-ocular-narrow") -> list[float]:
    return [
        area.coupling
        for one in repetitions
        for area in one.watched
        if area.pattern == pattern and area.coupling is not None
    ]


# --- what the face does, by the real coaching


def test_with_practice_areas_join_in_later_less_often_and_less() -> None:
    rosa = called("Rosa")
    first, later = smiles(rosa, 0.0).repetitions, smiles(rosa, 0.8).repetitions

    assert warned(first) > warned(later)
    assert sum(one.clean for one in later) > sum(one.clean for one in first)
    assert median(couplings(later)) < median(couplings(first))
    started, halfway = (onsets(smiles(rosa, won, 12).repetitions) for won in (0.0, 0.4))
    assert median(halfway) > median(started) + 0.3


def test_toxin_lowers_what_joins_in_for_some_months_and_it_comes_back_slowly() -> None:
    injection = Injection(20.0, 0.75, ("orbicularis oculi",), "")
    weekly = [toxin([injection], TODAY, TODAY - timedelta(weeks=20 - week)) for week in range(21)]
    assert weekly[0] == 0.0
    assert max(weekly) == pytest.approx(0.75)
    assert min(weekly[3:11]) == pytest.approx(0.75), "full for two months and more"
    assert 0.2 < weekly[14] < 0.6, "three to four months after it is coming back"
    assert weekly[17] == weekly[20] == 0.0
    assert all(0 <= a - b < 0.15 for a, b in pairwise(weekly[10:])), "never at once"

    tom = replace(called("Tom"), injections=(Injection(4.0, 0.75, (), ""),))
    before = severity_on(tom, 0.3, TODAY, TODAY - timedelta(weeks=5))
    after = severity_on(tom, 0.3, TODAY, TODAY)
    without, with_toxin = (smiles(tom, 0.3, severity=one).repetitions for one in (before, after))
    assert median(couplings(with_toxin)) < 0.6 * median(couplings(without))
    assert warned(with_toxin) < warned(without)


def test_whoever_eases_off_when_told_to_holds_there() -> None:
    person = replace(called("Rosa"), manner=replace(called("Rosa").manner, heeds=1.0))
    told = [
        one
        for one in smiles(person, 0.0).repetitions
        if any(unwanted.warned_at is not None for unwanted in one.unwanted)
    ]

    assert told
    assert sum(one.hold_seconds >= 5.0 - 1e-6 for one in told) >= len(told) / 2
    assert not any(one.clean for one in told), "the warning is not forgotten"


@pytest.mark.parametrize(("name", "said"), [("Jon", "too_fast"), ("Clara", "too_big")])
def test_somebody_is_too_fast_and_somebody_goes_too_far_until_they_learn(name: str, said: str) -> None:
    person = called(name)

    def often(won: float) -> int:
        done = [one for lot in (1, 2) for one in smiles(person, won, lot=lot).repetitions]
        return sum(said in one.corrections for one in done)

    assert often(0.0) > 8
    assert often(1.0) < often(0.0)


def test_a_camera_that_sees_little_leaves_much_unjudged() -> None:
    seen, hardly = smiles(called("Rosa")), smiles(called("Hanna"))

    assert seen.judged_share > 0.95
    assert hardly.judged_share < 0.85
    assert min(one.judged_share for one in hardly.repetitions) < 0.8


def test_a_beard_hides_the_chin() -> None:
    done = smiles(called("Viktor")).repetitions

    assert {one.unseen for one in done} == {("chin",)}
    assert {one.isolation for one in done} == {None}


def test_every_repetition_has_what_the_real_one_has() -> None:
    done = smiles(called("Ines"), 0.5)

    assert done.finished
    assert [one.number for one in done.repetitions] == list(range(1, 9))
    for one in done.repetitions:
        assert one.movement == "smile"
        assert one.resting is not None
        assert one.symmetry is not None
        assert one.rise_seconds is not None
        assert one.watched
        assert one.amplitude_right_mm is not None
        assert one.started_at < one.ended_at
    assert {one.side for one in done.repetitions} == {None}


def test_the_range_test_shows_how_far_the_healthy_side_goes() -> None:
    rosa, card = called("Rosa"), LIBRARY.exercises[RANGE_CARD]
    plan = Plan.of(card, LIBRARY.patterns, Side.RIGHT)
    severity = severity_on(rosa, 0.0, TODAY, TODAY)
    done = practise(plan, rosa, severity, LIBRARY.patterns, np.random.default_rng(3))
    found = ranges([Measured(TODAY, done.repetitions)], Side.RIGHT)

    for movement in ("smile", "pucker", "brow_raise"):
        assert found[movement].mm == pytest.approx(rosa.face.reach_mm[movement], rel=0.15)


def test_a_way_is_smooth_and_can_be_left_from_anywhere() -> None:
    way = Intent().towards(3.0, at=1.0, seconds=2.0, after=0.5)
    assert [round(way.mm(at), 2) for at in (0.0, 1.5, 2.5, 3.5, 9.0)] == [0.0, 0.0, 1.5, 3.0, 3.0]

    back = way.towards(0.0, at=2.5, seconds=1.0)
    assert back.mm(2.5) == pytest.approx(1.5)
    assert back.mm(3.5) == 0.0


# --- lives


def test_a_life_is_the_same_each_time_and_another_one_with_another_seed() -> None:
    person = briefly(called("Rosa"), "small-closed-smile")
    first, again, other = (lived(person, 1, seed=seed, traces_for=timedelta(0)) for seed in (5, 5, 6))

    assert first == again
    assert first.sessions != other.sessions


def test_a_longer_demonstration_ends_like_a_shorter_one_in_who_comes_when() -> None:
    person = replace(called("Viktor"), items=called("Sami").items)  # quickly lived
    short, long = (lived(person, weeks) for weeks in (2, 4))
    since = short.began.date() + timedelta(days=1)  # on the first day everybody comes

    def days(life: Life) -> list[date]:
        return [day for sat in life.sessions if (day := sat.started_at.date()) >= since]

    assert days(short) == days(long)


def test_nothing_is_on_the_day_of_the_demonstration_or_later_and_nothing_overlaps() -> None:
    life = lived(briefly(called("Greta")), 1)
    over = datetime.min.replace(tzinfo=timezone.utc)

    for sat in life.sessions:
        assert sat.started_at > over
        over = sat.started_at
        for practised in sat.practices:
            assert practised.started_at > over
            over = practised.ended_at
        assert sat.ended_at > over
        assert session.session_seconds([]) < (sat.ended_at - sat.started_at).total_seconds() < 15 * 60 or (
            sat.ending != "finished"
        )
        over = sat.ended_at
    assert over.date() < TODAY


def test_somebody_stops_coming() -> None:
    life = lived(replace(called("Mira"), until_weeks_ago=1.0, spells=(), items=called("Sami").items))
    days = [sat.started_at.date() for sat in life.sessions]

    assert len(days) > 4
    assert max(days) < TODAY - timedelta(weeks=1)
    assert max(life.won) == TODAY - timedelta(days=1), "how it stood is known all the same"


def test_a_relapse_loses_what_was_won() -> None:
    quick = replace(called("Otto"), items=called("Sami").items, spells=(), learn_sessions=4.0)
    won = lived(replace(quick, setbacks=(Setback(1.0, 0.85),))).won
    steady = lived(replace(quick, setbacks=())).won

    assert won[TODAY - timedelta(days=9)] == steady[TODAY - timedelta(days=9)]
    assert won[TODAY - timedelta(days=1)] < 0.6 * steady[TODAY - timedelta(days=1)]


def test_a_complaint_ends_a_session_before_it_begins_or_in_its_middle() -> None:
    complaints = (
        Complaint(3, {"eyes": ("pain", "redness")}),
        Complaint(1, {"pain": 5}, during=True),
    )
    life = lived(replace(called("Sami"), complaints=complaints), 1)
    before, during = (
        next(sat for sat in life.sessions if sat.started_at.date() == TODAY - timedelta(days=ago))
        for ago in (3, 1)
    )

    assert (before.ending, before.practices, before.steps) == ("safety", (), ("comfort",))
    assert during.ending == "safety"
    assert len(during.practices) == 1
    assert during.comfort_again is not None
    assert during.comfort_again.pain == 5
    assert during.feelings is None


def test_the_levels_go_up_and_down_by_the_coachs_own_rules_and_the_therapists() -> None:
    quick = briefly(called("Rosa"), "small-pucker", repetitions=3)
    life = lived(replace(quick, learn_sessions=3.0, review_weeks=1, reviewed_until_weeks_ago=0.0))
    levels = [
        next(item.level for item in version.items if item.card == "small-pucker")
        for version in life.prescriptions
    ]

    assert {version.author for version in life.prescriptions} <= {THERAPIST, "coach"}
    assert max(levels) > 3, "beyond the third only a therapist goes"
    assert all(abs(b - a) <= 1 for a, b in pairwise(levels))
    for sat in life.sessions:
        level = {item.card: item.level for item in life.prescriptions[sat.prescription].items}
        assert all(one.assignment.level == level[one.exercise.id] for one in sat.practices)
        assert life.prescriptions[sat.prescription].created_at < sat.started_at


# --- the twelve


def test_they_are_twelve_and_every_name_says_that_nobody_is_called_so() -> None:
    assert len(PEOPLE) == len({person.name for person in PEOPLE}) == 12
    assert all(person.name.startswith("Demo: ") for person in PEOPLE)
    assert THERAPIST.startswith("Demo: ")


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name.removeprefix("Demo: "))
def test_what_is_prescribed_can_be_prescribed(person: Person) -> None:
    months = int(person.past.onset_weeks_before / 4.35)
    for items in (person.items, *(change.items for change in person.changes)):
        for item in items:
            assert against(LIBRARY.exercises[item.card], person.stage, months) is None, item.card
            watched = {watch.pattern for watch in LIBRARY.exercises[item.card].watch}
            assert set(item.watch or ()) <= watched, item.card
        cards = [LIBRARY.exercises[item.card] for item in items]
        planned = [(card, assignment_of(item, card, {})) for item, card in zip(items, cards, strict=True)]
        assert session.fit(planned).left_out == ()
    assert person.programme in LIBRARY.programmes
    assert LIBRARY.programmes[person.programme].stage == person.stage
    assert set(person.face.joins) <= set(LIBRARY.patterns)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name.removeprefix("Demo: "))
@pytest.mark.parametrize("won", [0.0, 0.5, 1.0])
def test_every_sheet_can_be_filled_in_for_everybody(person: Person, won: float) -> None:
    life = Life(person, datetime(2026, 5, 1, tzinfo=timezone.utc), (), (), (), {TODAY: won})
    filled = {name: Entry.of(SHEETS[name], answers) for name, answers in sheets(life, TODAY, TODAY)}

    assert set(filled) == {"sunnybrook", "house_brackmann", "fdi", "saq"}
    assert all(figure.raw is not None for entry in filled.values() for figure in entry.figures)


# --- the database


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three weeks of two people, one of whom had an injection."""
    found = tmp_path_factory.mktemp("clinic") / "data-demo"
    people = (
        replace(briefly(called("Rosa"), "small-closed-smile"), assessed_weeks_ago=(3.0, 1.0)),
        replace(
            briefly(called("Tom"), "small-pucker"),
            since_weeks=2.0,
            injections=(Injection(1.0, 0.75, ("eye",), "a dose"),),
        ),
    )
    told: list[str] = []
    made = make_demo(
        found,
        TODAY,
        weeks=3,
        people=people,
        traces_for=timedelta(days=5),
        workers=1,
        on_person=told.append,
    )
    assert made == found / "coach.sqlite"
    assert told == [person.name for person in people]
    return found


@pytest.fixture
def records(folder: Path) -> Iterator[Records]:
    opened = open_records(f"sqlite:///{folder / 'coach.sqlite'}")
    yield opened
    opened.close()


def test_everything_is_read_back_through_the_log(records: Records) -> None:
    rosa, tom = records.patients()
    assert [rosa.name, tom.name] == ["Demo: Rosa Field", "Demo: Tom Harbour"]
    assert records.profile().uid == rosa.uid, "nobody is made up in addition"
    for one in (rosa, tom):
        practices, sat = records.practices(one.uid), records.sessions(one.uid)
        assert len(sat) > 5
        assert {practice.session_uid for practice in practices} - {None} <= {each.uid for each in sat}
        assert {practice.affected for practice in practices} == {AFFECTED[one.name]}
        assert sum(practice.card_id == RANGE_CARD for practice in practices) == 1
        assert any(practice.felt for practice in practices)
        finished = [each for each in sat if each.ending == "finished"]
        assert all(each.feelings and each.comfort and each.prescription_uid for each in finished)
        assert all(each.steps_done[-1] == "feelings" for each in finished)
        repetitions = tuple(repetition for practice in practices for repetition in practice.repetitions)
        assert 0 < sum(each.clean for each in repetitions) < len(repetitions)
        assert warned(repetitions)
        assert records.prescriptions(one.uid)[-1].author == THERAPIST
        assert records.history(one.uid) is not None
        assert records.notes(one.uid)
    assert {each.kind for each in records.treatments(tom.uid)} == {"botulinum_toxin"}
    assert len(records.assessments(rosa.uid, "sunnybrook")) == 2


def test_courses_are_kept_for_the_last_days_only(records: Records) -> None:
    uid = records.patients()[0].uid
    old, new = [], []
    for practice in records.practices(uid):
        if practice.repetitions:
            recent = practice.started_at.date() >= TODAY - timedelta(days=5)
            (new if recent else old).append((practice, records.traces(practice.uid, uid)))

    assert old
    assert not any(traces for _, traces in old)
    assert new
    for practice, traces in new:
        assert sorted(traces) == [repetition.number for repetition in practice.repetitions]
        for repetition in practice.repetitions:
            at = traces[repetition.number].at_seconds
            assert repetition.started_at - 5.0 < at[0] < at[-1] <= repetition.ended_at


def test_every_prescription_holds_for_the_sessions_that_name_it(records: Records) -> None:
    for person in records.patients():
        versions = {version.uid: version for version in records.prescriptions(person.uid)}
        assert [version.version for version in versions.values()] == list(range(len(versions), 0, -1))
        for one in records.sessions(person.uid):
            assert one.prescription_uid is not None
            assert versions[one.prescription_uid].created_at < one.started_at


# --- the therapist's account


def address_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'coach.sqlite'}"


def test_the_therapist_can_sign_in_at_once_with_what_lies_beside_the_database(
    folder: Path, records: Records
) -> None:
    door, reception = door_of(address_in(folder)), Reception(records.engine, Mode(clinic=False))
    assert door is not None
    tried = reception.try_sign_in(door.sign_in_name, door.password, NOON)

    assert isinstance(tried, SignedIn)
    assert (tried.account.role, tried.account.name) == (Role.THERAPIST, THERAPIST)
    assert len(reception.accounts()) == 1


def test_what_opens_one_demonstration_opens_no_other(folder: Path, tmp_path: Path) -> None:
    make_demo(tmp_path / "other", TODAY, weeks=1, people=(), workers=1)
    door = door_of(address_in(folder))
    assert door is not None
    other = open_records(address_in(tmp_path / "other"))
    tried = Reception(other.engine, Mode(clinic=False)).try_sign_in(door.sign_in_name, door.password, NOON)
    other.close()

    assert tried == NotSignedIn("wrong")


def test_the_sign_in_page_of_a_demonstration_fills_the_password_in_and_no_other_page_does(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = door_of(address_in(folder))
    assert door is not None
    visit = Visit("/sign-in", None, "n" * 22, None, False, NOON)
    copied = tmp_path / "copied"
    copied.mkdir()
    shutil.copy(folder / "coach.sqlite", copied)

    def page(data: Path, clinic: bool) -> str:
        monkeypatch.setenv("COACH_DATA", str(data))
        return DoorPages(FormOffice("s" * 40), clinic).sign_in(visit)

    assert "demonstration" in page(folder, clinic=False)
    assert f'value="{door.password}"' in page(folder, clinic=False)
    for other in (page(folder, clinic=True), page(copied, clinic=False), page(tmp_path, clinic=False)):
        assert door.password not in other
        assert "demonstration" not in other


# --- the folder


def test_a_demonstration_is_known_by_its_mark(folder: Path, tmp_path: Path) -> None:
    assert is_demo(f"sqlite:///{folder / 'coach.sqlite'}")
    assert not is_demo(f"sqlite:///{tmp_path / 'coach.sqlite'}")
    assert not is_demo("postgresql://coach@localhost/coach")
    assert not is_demo("sqlite://")
    assert not is_demo("nonsense")
    assert sorted(path.name for path in folder.iterdir()) == [MARK, "coach.sqlite"], "one file, nothing open"
    assert marking.made(folder) == how(TODAY, 3, 2)
    assert marking.made(tmp_path) is None


@pytest.mark.parametrize(
    "where",
    [
        {"COACH_DATA": "{wanted}"},
        {"COACH_DATA": "{wanted}/inside"},
        {"COACH_DATABASE_URL": "sqlite:///{wanted}/coach.sqlite"},
        {"COACH_DATABASE_URL": "sqlite:///{wanted}/deep/inside/other.sqlite", "COACH_DATA": "/elsewhere"},
    ],
)
def test_it_never_goes_where_the_real_data_is(where: dict[str, str], tmp_path: Path) -> None:
    wanted = tmp_path / "data-demo"
    environment = {name: value.format(wanted=wanted) for name, value in where.items()}

    with pytest.raises(DemoRefused, match="where the real data is"):
        check(wanted, environment)
    wanted.mkdir()
    (wanted / MARK).touch()
    with pytest.raises(DemoRefused, match="where the real data is"):
        check(wanted, environment)


def test_the_real_data_is_told_from_the_folder_the_coach_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = Path(making.__file__).resolve().parents[2]

    for real in (root / "data", Path("data"), Path("link")):
        if str(real) == "link":
            os.symlink(root / "data", "link", target_is_directory=True)
        with pytest.raises(DemoRefused):
            check(real, {})


def test_what_is_no_demonstration_is_left_as_it_is(tmp_path: Path) -> None:
    for name in ("data-demo", "data-demo.making"):
        theirs = tmp_path / name
        theirs.mkdir()
        (theirs / "letters.txt").write_text("mine")
        with pytest.raises(DemoRefused, match="is no demonstration"):
            make_demo(tmp_path / "data-demo", TODAY, weeks=1, people=(), workers=1)
        assert (theirs / "letters.txt").read_text() == "mine"
        (theirs / "letters.txt").unlink()
        theirs.rmdir()
    file = tmp_path / "data-demo"
    file.write_text("mine")
    with pytest.raises(DemoRefused):
        check(file, {})


def test_an_older_demonstration_gives_way_and_only_once_the_new_one_is_whole(tmp_path: Path) -> None:
    where = tmp_path / "data-demo"
    make_demo(where, TODAY, weeks=1, people=(), workers=1)
    older = (where / "coach.sqlite").stat().st_mtime_ns
    sami = replace(called("Sami"), since_weeks=0.5, complaints=())

    def breaks(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(where, TODAY, people=(sami,), workers=1, on_person=breaks)
    assert (where / "coach.sqlite").stat().st_mtime_ns == older
    assert [path.name for path in tmp_path.iterdir()] == ["data-demo"]

    make_demo(where, TODAY, people=(sami,), workers=1)
    opened = open_records(f"sqlite:///{where / 'coach.sqlite'}")
    assert [person.name for person in opened.patients()] == [sami.name]
    opened.close()


def test_several_processes_make_the_same_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever script this process was begun with: Streamlit's harness puts a page of ours in its place."""
    script = tmp_path / "page.py"
    script.write_text("raise SystemExit('This is no script to begin a process with.')")
    begun_with = ModuleType("__main__")
    begun_with.__file__ = str(script)
    monkeypatch.setitem(sys.modules, "__main__", begun_with)
    people = tuple(replace(called(name), since_weeks=0.3, complaints=()) for name in ("Sami", "Viktor"))

    def told(workers: int) -> list[list[tuple[object, ...]]]:
        where = tmp_path / str(workers)
        make_demo(where, TODAY, people=people, workers=workers)
        opened = open_records(f"sqlite:///{where / 'coach.sqlite'}")
        found = [
            [
                (one.card_id, one.started_at, one.repetitions, one.judged_share)
                for one in opened.practices(p.uid)
            ]
            for p in opened.patients()
        ]
        opened.close()
        return found

    assert told(1) == told(2)


# --- the command


def test_the_command_makes_it_and_serves_it_away_from_everything_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[tuple[int, dict[str, str]]] = []
    made: list[Path] = []

    def at_the_door() -> None:
        """The environment of a new process."""
        monkeypatch.setenv("COACH_DATA", str(tmp_path / "real"))
        monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{tmp_path / 'real' / 'coach.sqlite'}")
        monkeypatch.setenv("COACH_MODE", "clinic")
        monkeypatch.setenv("COACH_SECRET", "short")
        monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example.org")
        monkeypatch.setenv("COACH_ALLOWED_HOSTS", "coach.example.org")

    def make(where: Path, *rest: object, **more: object) -> None:
        made.append(where)
        where.mkdir(exist_ok=True)
        made_of = how(datetime.now(timezone.utc).astimezone().date(), 26, 12)
        words = {"made": dict(made_of), "door": {"sign_in_name": "ada", "password": "brook kettle"}}
        (where / MARK).write_text(json.dumps(words))

    def serve(port: int) -> None:
        served.append((port, {name: os.environ[name] for name in os.environ if name.startswith("COACH_")}))

    monkeypatch.setattr(making, "make_demo", make)
    where = tmp_path / "data-demo"
    demo = command.demo_with(serve)
    for _ in range(2):
        at_the_door()
        demo(port=8600, weeks=26, patients=12, folder=where, anew=False)

    assert made == [where], "what was made today is not made again"
    assert served == [(8600, {"COACH_DATA": str(where), "COACH_MODE": "home"})] * 2
    said = capsys.readouterr().out
    assert "http://localhost:8600/patients" in said
    assert "the name ada and the password: brook kettle" in said
    at_the_door()
    demo(port=8600, weeks=26, patients=12, folder=where, anew=True)
    assert len(made) == 2


def test_the_command_refuses_before_anything_is_made_or_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    monkeypatch.delenv("COACH_DATABASE_URL", raising=False)
    served: list[int] = []

    def taken(port: int) -> None:
        raise OSError(port)

    with pytest.raises(DemoRefused):
        command.demo_with(served.append)(port=8600, weeks=1, patients=1, folder=tmp_path, anew=False)
    with pytest.raises(OSError):
        command.demo_with(served.append, taken)(
            port=8600, weeks=1, patients=1, folder=tmp_path / "data-demo", anew=False
        )
    assert served == []
    assert list(tmp_path.iterdir()) == []
