"""The live socket: who is let in, what is let through, and how a practice survives what sockets do."""

from __future__ import annotations

import sqlite3
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import reception
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from scripted_practice import (
    CARD,
    CARDS,
    JPEG,
    ScriptedPractice,
    Seen,
    eventually,
    hello,
    picture,
    refusal,
    until,
)
from sqlalchemy import event
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from coach import CoachError, line, live
from coach.assignment import Assignment
from coach.clinic.access import Who
from coach.clinic.accounts import Role
from coach.events import Repetition
from coach.face import Side
from coach.library import Library
from coach.line import same_origin
from coach.live import Live
from coach.plan import Plan
from coach.records import PracticeRecord, Records, RecordsError, open_records
from coach.ticket import Ticket, TicketOffice, TicketRefused
from coach.trace import Trace

HOME = {"origin": "http://testserver"}
TIMER = "cheek-massage"


class AtHome:
    """In place of the guard, which says who opens a socket: somebody at home."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["user"] = Who(Role.PATIENT, "Me", at_home=True)
        await self._app(scope, receive, send)


@dataclass
class House:
    """A server with the socket on it, its records, and every practice it made."""

    records: Records
    live: Live
    client: TestClient
    practices: list[ScriptedPractice]
    plans: list[Plan]
    patient: str

    def ticket(self, exercise: str = CARD, **assigned: Any) -> str:
        return self.live.ticket(Assignment(exercise, **assigned), self.patient, Side.RIGHT)

    def open(self) -> Any:
        return self.client.websocket_connect("/live", headers=HOME)

    def log(self) -> list[PracticeRecord]:
        return list(self.records.practices(self.patient))

    def courses(self) -> dict[int, float]:
        """The last value of each course that was written down."""
        (record,) = self.log()
        traces = self.records.traces(record.uid, self.patient)
        return {number: float(trace.values_mm[-1, 0]) for number, trace in traces.items()}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(f"sqlite:///{tmp_path}/coach.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def make_house(records: Records) -> Iterator[Callable[..., House]]:
    clients: list[TestClient] = []

    def make(
        kept: Any = records,
        practice: Callable[..., Any] = ScriptedPractice,
        library: Callable[[], Library] = lambda: CARDS,
        **named: Any,
    ) -> House:
        practices: list[ScriptedPractice] = []
        plans: list[Plan] = []

        def make_practice(
            plan: Plan, patterns: Any, *, on_repetition: Callable[[Repetition, Trace], None]
        ) -> ScriptedPractice:
            assert patterns is CARDS.patterns
            plans.append(plan)
            practices.append(practice(on_repetition))
            return practices[-1]

        desk = reception.desk(records, reception.HOME).reception
        rooms = Live(kept, library, desk, make_practice=make_practice, **named)
        routes = [WebSocketRoute("/live", rooms.endpoint)]
        client = TestClient(Starlette(routes=routes, middleware=[Middleware(AtHome)]))
        client.__enter__()
        clients.append(client)
        return House(records, rooms, client, practices, plans, records.profile().uid)

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()


# -- who is let in ---------------------------------------------------------------------------------------------


def test_a_good_ticket_is_welcomed_and_the_practice_begins_in_the_log(house: House) -> None:
    with house.open() as socket:
        welcome = hello(socket, house.ticket())
        assert (welcome["type"], welcome["repetition"], welcome["repetitions"]) == ("welcome", 0, 5)
        (record,) = house.log()
        assert (record.uid, record.card_id, record.affected) == (welcome["practice"], CARD, Side.RIGHT)
        assert record.ending is None


def test_what_was_assigned_is_planned_and_written_down(house: House, records: Records) -> None:
    session = records.begin_session(house.patient, None, None, datetime.now(timezone.utc))
    assigned: dict[str, Any] = {
        "repetitions": 2,
        "hold_seconds": 7.5,
        "band": (1.25, 2.5),
        "level": 5,
        "feedback": "after",
        "sensitivity": "sensitive",
        "watch": ("chin",),
        "is_check": True,
        "session": session,
        "item": 1,
    }
    with house.open() as socket:
        welcome = hello(socket, house.ticket(**assigned))
    assert (welcome["type"], welcome["repetitions"]) == ("welcome", 2)
    (plan,) = house.plans
    assert plan.assignment == Assignment(CARD, **assigned)
    assert (plan.exercise.id, plan.affected) == (CARD, Side.RIGHT)
    (record,) = house.log()
    assert (record.session_uid, record.item, record.level, record.feedback) == (session, 1, 5, "after")
    assert (record.band, record.sensitivity, record.is_check) == ((1.25, 2.5), "sensitive", True)
    assert record.repetitions_planned == 2


@pytest.mark.parametrize(
    "first",
    [
        b"\x00" * 100,
        '{"type": "pause"}',
        '{"type": "hello"}',
        '{"type": "hello", "ticket": 7}',
        "not json",
        "[1]",
        "[" * 100_000,
    ],
    ids=["a picture", "a command", "no ticket", "a number", "no json", "a list", "deep"],
)
def test_the_first_message_must_bring_a_ticket(house: House, first: str | bytes) -> None:
    with house.open() as socket:
        socket.send_bytes(first) if isinstance(first, bytes) else socket.send_text(first)
        assert refusal(socket) == ("no_ticket", 1008)
    assert house.log() == []


def test_a_page_that_says_nothing_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HELLO_SECONDS", 0.05)
    with house.open() as socket:
        assert refusal(socket) == ("no_ticket", 1008)


def test_a_ticket_changed_in_any_place_is_refused(house: House) -> None:
    ticket = house.ticket()
    for place in (0, len(ticket) // 2, len(ticket) - 2):
        other = "A" if ticket[place] != "A" else "B"
        with house.open() as socket:
            socket.send_json({"type": "hello", "ticket": ticket[:place] + other + ticket[place + 1 :]})
            assert refusal(socket) == ("ticket_unknown", 1008)


def test_a_ticket_of_another_server_is_refused(house: House, make_house: Callable[..., House]) -> None:
    with house.open() as socket:
        socket.send_json({"type": "hello", "ticket": make_house().ticket()})
        assert refusal(socket) == ("ticket_unknown", 1008)


def test_one_secret_makes_one_office(make_house: Callable[..., House]) -> None:
    first, second = make_house(secret="the clinic's own"), make_house(secret="the clinic's own")
    with second.open() as socket:
        assert hello(socket, first.ticket())["type"] == "welcome"


@pytest.mark.parametrize(("age_seconds", "answer"), [(115, "welcome"), (125, "refused")])
def test_a_ticket_lives_two_minutes(
    house: House, monkeypatch: pytest.MonkeyPatch, age_seconds: int, answer: str
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time()) - age_seconds)
        ticket = house.ticket()
    with house.open() as socket:
        assert hello(socket, ticket)["type"] == answer


def test_an_exercise_that_is_not_there_is_said_so(house: House) -> None:
    with house.open() as socket:
        socket.send_json({"type": "hello", "ticket": house.ticket("juggling")})
        assert refusal(socket) == ("unknown_exercise", 1008)


def test_a_card_that_needs_no_camera_gets_none(house: House) -> None:
    with house.open() as socket:
        socket.send_json({"type": "hello", "ticket": house.ticket(TIMER)})
        assert refusal(socket) == ("unknown_exercise", 1008)
    assert house.log() == []


def test_a_card_that_appears_while_the_server_runs_can_be_practised(make_house: Callable[..., House]) -> None:
    exercises = dict(CARDS.exercises)
    own = exercises[CARD].model_copy(update={"id": "our-own-smile"})
    library = Library(exercises, CARDS.patterns)
    house = make_house(library=lambda: library)
    with house.open() as socket:
        socket.send_json({"type": "hello", "ticket": house.ticket(own.id)})
        assert refusal(socket) == ("unknown_exercise", 1008)
    exercises[own.id] = own
    with house.open() as socket:
        assert hello(socket, house.ticket(own.id))["type"] == "welcome"


def test_cards_that_cannot_be_read_are_said_so(make_house: Callable[..., House]) -> None:
    def unreadable() -> Library:
        raise CoachError("The cards need mending.")

    house = make_house(library=unreadable)
    with house.open() as socket:
        socket.send_json({"type": "hello", "ticket": house.ticket()})
        answer = socket.receive_json()
    assert (answer["type"], answer["reason"]) == ("refused", "not_ready")
    assert answer["message"].endswith("The cards need mending.")


def test_two_windows_with_one_ticket_look_the_cards_up_and_still_share_one_practice(
    make_house: Callable[..., House],
) -> None:
    both = threading.Barrier(2, timeout=5)

    def slow() -> Library:
        if not house.plans:
            both.wait()
        return CARDS

    house = make_house(library=slow)
    ticket = house.ticket()
    with house.open() as first, house.open() as second:
        first.send_json({"type": "hello", "ticket": ticket})
        second.send_json({"type": "hello", "ticket": ticket})
        answers = {socket.receive_json()["type"] for socket in (first, second)}
    assert "welcome" in answers
    assert (len(house.practices), len(house.log())) == (1, 1)


@pytest.mark.parametrize(
    "assignment",
    [
        Assignment(CARD),
        Assignment(CARD, band=(1.0, 2.5), watch=("chin", "nasal"), item=0),
        Assignment(CARD, watch=(), session="a" * 32, prescription="b" * 32, is_check=True),
    ],
)
def test_a_ticket_says_what_it_was_given(assignment: Assignment) -> None:
    office = TicketOffice()
    ticket = Ticket(assignment, "me", Side.LEFT, key="k", returning=True)
    assert office.read(office.issue(ticket)) == ticket


@pytest.mark.parametrize(
    "held",
    [
        {"exercise": CARD, "patient": "me", "affected": "right", "sensitivity": "default"},
        {"assignment": CARD, "patient": "me", "affected": "right"},
        {"assignment": {"exercise": CARD}, "patient": "me", "affected": "right"},
        {"assignment": {**asdict(Assignment(CARD)), "dance": 1}, "patient": "me", "affected": None},
        {"assignment": {**asdict(Assignment(CARD)), "band": 3}, "patient": "me", "affected": None},
        {"assignment": asdict(Assignment(CARD)), "patient": "me", "affected": "middle"},
        ["me"],
        None,
    ],
    ids=["an earlier version's", "a word", "half of it", "more", "no band", "no side", "a list", "nothing"],
)
def test_a_ticket_of_another_shape_is_refused(held: object) -> None:
    signed = URLSafeTimedSerializer("secret", salt="coach.live").dumps(held)
    with pytest.raises(TicketRefused) as refused:
        TicketOffice("secret").read(signed)
    assert refused.value.reason == "ticket_unknown"


def test_one_practice_too_many_is_asked_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PRACTICES_AT_ONCE", 1)
    with house.open() as socket:
        hello(socket, house.ticket())
        with house.open() as other:
            other.send_json({"type": "hello", "ticket": house.ticket()})
            assert refusal(other) == ("busy", 1013)
        socket.send_json({"type": "stop"})
        until(socket, "ended")
        with house.open() as other:
            assert hello(other, house.ticket())["type"] == "welcome"


def test_a_page_reloaded_again_and_again_is_never_asked_to_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PRACTICES_AT_ONCE", 2)
    tickets = []
    for _ in range(4):
        with house.open() as socket:
            welcome = hello(socket, house.ticket())
            assert welcome["type"] == "welcome"
            tickets.append(welcome["ticket"])
    eventually(lambda: [p.asked for p in house.practices] == [["close"], ["close"], [], []])
    for ticket, kept in zip(tickets, (False, False, True, True), strict=True):
        with house.open() as socket:
            answer = hello(socket, ticket)
            assert answer.get("reason") == (None if kept else "practice_over")


@pytest.mark.parametrize(
    ("origins", "host", "let_in"),
    [
        (["http://127.0.0.1:8501"], "127.0.0.1:8501", True),
        (["http://LOCALHOST:8501"], "localhost:8501", True),
        (["https://coach.example"], "coach.example", True),
        (["https://coach.example"], "coach.example:443", True),
        (["http://[::1]:8501"], "[::1]:8501", True),
        ([], "127.0.0.1:8501", False),
        (["null"], "127.0.0.1:8501", False),
        ([""], "127.0.0.1:8501", False),
        (["http://evil.example"], "127.0.0.1:8501", False),
        (["http://127.0.0.1:8502"], "127.0.0.1:8501", False),
        (["http://127.0.0.1"], "127.0.0.1:8501", False),
        (["http://localhost:8501"], "127.0.0.1:8501", False),
        (["https://sub.coach.example"], "coach.example", False),
        (["https://coach.example.evil.example"], "coach.example", False),
        (["https://coach.example@evil.example"], "coach.example", False),
        (["https://evil.example/coach.example"], "coach.example", False),
        (["file://coach.example"], "coach.example", False),
        (["http://coach.example:99999"], "coach.example", False),
        (["http://a.example", "http://a.example"], "a.example", False),
        (["http://a.example"], None, False),
        (["http://a.example"], "", False),
    ],
)
def test_only_a_page_of_this_server_may_open_a_socket(
    origins: list[str], host: str | None, let_in: bool
) -> None:
    assert same_origin(origins, host) is let_in


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}, {"origin": "null"}])
def test_a_foreign_page_is_turned_away_at_the_handshake(house: House, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        house.client.websocket_connect("/live", headers=headers),
    ):
        pass
    assert closed.value.code == 1008


# -- what is let through ---------------------------------------------------------------------------------------


def test_pictures_are_answered_in_order_with_their_own_capture_time(house: House) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        socket.send_bytes(picture(7.00))
        socket.send_bytes(picture(7.04))
        answers = [until(socket, "snapshot") for _ in range(2)]
    assert [answer["captured"] for answer in answers] == [7.00, 7.04]
    assert house.practices[0].shapes == [(48, 64, 3)] * 2
    first, second = house.practices[0].times
    assert second - first == pytest.approx(0.04)


def test_a_message_over_256_kilobytes_is_refused(house: House) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        socket.send_bytes(b"\x00" * (line.MESSAGE_BYTES + 1))
        assert refusal(socket) == ("too_big", 1009)


@pytest.mark.parametrize(("per_second", "too_fast"), [(25, False), (59, False), (62, True), (1000, True)])
def test_sixty_messages_a_second_are_enough(per_second: int, too_fast: bool) -> None:
    clock = (count / per_second for count in range(10_000))
    rate = line.Rate(lambda: next(clock))
    assert any(rate.too_fast() for _ in range(1000)) is too_fast


def test_more_are_refused(make_house: Callable[..., House]) -> None:
    house = make_house(now=lambda: 100.0)  # everything at once
    with house.open() as socket:
        hello(socket, house.ticket())
        for _ in range(int(line.MESSAGES_PER_SECOND * line.RATE_WINDOW_SECONDS)):
            socket.send_json({"type": "resume"})
        assert refusal(socket) == ("too_fast", 1008)


def test_a_picture_too_large_is_refused_from_its_header(house: House) -> None:
    at = JPEG.index(b"\xff\xc0")
    huge = JPEG[: at + 5] + struct.pack(">HH", 30_000, 30_000) + JPEG[at + 9 :]
    with house.open() as socket:
        hello(socket, house.ticket())
        socket.send_bytes(picture(1.0, huge))
        assert refusal(socket) == ("too_big", 1009)
    assert house.practices[0].times == []


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x00",
        picture(1.0, b""),
        picture(1.0, b"GIF89a"),
        picture(1.0, JPEG[:200]),
        picture(1.0, JPEG[:-2]),
    ],
    ids=["empty", "one byte", "no picture", "another kind", "broken off", "without its end"],
)
def test_a_broken_picture_is_not_judged_and_the_practice_goes_on(house: House, message: bytes) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        socket.send_bytes(picture(0.9))
        until(socket, "snapshot")
        socket.send_bytes(message)
        answer = until(socket, "snapshot")
        assert (answer["judged"], answer["reason"], answer["phase"]) == (False, "broken_frame", "move")
        assert answer["message"]
        socket.send_bytes(picture(1.1))
        assert until(socket, "snapshot")["judged"]
    assert len(house.practices[0].times) == 2


@pytest.mark.parametrize("captured", [float("nan"), float("inf"), -1e308, 1e308])
def test_a_senseless_capture_time_does_no_harm(house: House, captured: float) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        for at in (5.0, captured, 5.04, 5.08):
            socket.send_bytes(picture(at))
            assert until(socket, "snapshot")["judged"]
    times = np.array(house.practices[0].times)
    assert (np.diff(times) > 0).all()
    assert (np.diff(times) <= 1).all()


def test_unknown_commands_are_passed_over(house: House) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        for words in ('{"type": "dance"}', "hm", "{}", '{"type": ["stop"]}'):
            socket.send_text(words)
        socket.send_bytes(picture(1.0))
        assert until(socket, "snapshot")["judged"]


@pytest.mark.logs_errors
def test_an_engine_that_fails_is_said_politely_and_can_be_come_back_to(
    make_house: Callable[..., House],
) -> None:
    class Stumbling(ScriptedPractice):
        def see(self, shown: np.ndarray, at: float) -> Seen:
            if not self.asked:
                self.asked.append("stumbled")
                raise ZeroDivisionError
            return super().see(shown, at)

    house = make_house(practice=Stumbling)
    with house.open() as socket:
        ticket = hello(socket, house.ticket())["ticket"]
        socket.send_bytes(picture(1.0))
        assert refusal(socket) == ("trouble", 1011)
    with house.open() as socket:
        hello(socket, ticket)
        socket.send_bytes(picture(2.0))
        assert until(socket, "snapshot")["judged"]


# -- how a practice lives --------------------------------------------------------------------------------------


def test_pause_and_resume_reach_the_practice(house: House) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        socket.send_json({"type": "pause"})
        socket.send_json({"type": "resume"})
        socket.send_json({"type": "stop"})
        until(socket, "ended")
    assert house.practices[0].asked == ["pause", "resume", "close"]


def test_a_stopped_practice_is_logged_as_stopped(house: House) -> None:
    with house.open() as socket:
        practice = hello(socket, house.ticket())["practice"]
        for at in (1.0, 1.1, 1.2):
            socket.send_bytes(picture(at))
            until(socket, "snapshot")
        socket.send_json({"type": "stop"})
        ended = until(socket, "ended")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert (ended["practice"], ended["ending"], closed.value.code) == (practice, "stopped", 1000)
    (record,) = house.log()
    assert (record.ending, len(record.repetitions), record.judged_share) == ("stopped", 1, 0.5)


def test_the_last_repetition_finishes_the_practice(house: House) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        for number in range(6):
            socket.send_bytes(picture(number / 10))
        saved = [until(socket, "saved")["repetitions"] for _ in range(3)]
        assert until(socket, "ended")["ending"] == "finished"
    assert saved == [1, 2, 3]
    (record,) = house.log()
    assert (record.ending, [r.number for r in record.repetitions]) == ("finished", [1, 2, 3])


def test_a_repetition_is_in_the_log_before_the_next_picture_is_answered(house: House) -> None:
    with house.open() as socket:
        hello(socket, house.ticket())
        for at in (1.0, 1.1):
            socket.send_bytes(picture(at))
            until(socket, "snapshot")
        assert len(house.log()[0].repetitions) == 1
        assert house.courses() == {1: 1.0}


def test_a_lost_socket_comes_back_to_the_same_practice(house: House) -> None:
    with house.open() as socket:
        first = hello(socket, house.ticket())
        for at in (1.0, 1.1, 1.2):
            socket.send_bytes(picture(at))
            until(socket, "snapshot")
    with house.open() as socket:
        back = hello(socket, first["ticket"])
        assert (back["practice"], back["repetition"]) == (first["practice"], 2)
        socket.send_bytes(picture(61.2))
        assert until(socket, "snapshot")["repetition"] == 3
    assert len(house.practices) == 1
    times = house.practices[0].times
    assert times[-1] - times[-2] == 1.0  # a minute without pictures is not a minute of practice


def test_a_ticket_used_twice_is_still_one_practice(house: House) -> None:
    ticket = house.ticket()
    with house.open() as socket:
        first = hello(socket, ticket)
    with house.open() as socket:
        assert hello(socket, ticket)["practice"] == first["practice"]
    assert len(house.log()) == 1


def test_a_second_window_takes_the_practice_over(house: House) -> None:
    with house.open() as socket:
        first = hello(socket, house.ticket())
        with house.open() as other:
            assert hello(other, first["ticket"])["practice"] == first["practice"]
            assert refusal(socket) == ("taken_over", 1008)
            other.send_bytes(picture(1.0))
            assert until(other, "snapshot")["judged"]


def test_a_practice_nobody_comes_back_to_is_left_as_ended_early(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RETURN_SECONDS", 0.05)
    with house.open() as socket:
        ticket = hello(socket, house.ticket())["ticket"]
        for at in (1.0, 1.1):
            socket.send_bytes(picture(at))
            until(socket, "snapshot")
    eventually(lambda: house.practices[0].asked == ["close"])
    with house.open() as socket:
        socket.send_json({"type": "hello", "ticket": ticket})
        assert refusal(socket) == ("practice_over", 1008)
    (record,) = house.log()
    assert (record.ending, len(record.repetitions)) == (None, 1)


@pytest.mark.logs_errors
def test_a_window_that_waited_for_a_practice_that_could_not_begin_does_not_begin_it_again(
    make_house: Callable[..., House],
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def unable(_: Any) -> ScriptedPractice:
        assert not begun.is_set(), "it began a second time"
        begun.set()
        assert go_on.wait(5)
        raise OSError("no room for the model")

    house = make_house(practice=unable)
    ticket = house.ticket()
    with house.open() as socket:
        socket.send_json({"type": "hello", "ticket": ticket})
        assert begun.wait(5)
        with house.open() as other:
            other.send_json({"type": "hello", "ticket": ticket})
            assert refusal(socket) == ("taken_over", 1008)
            go_on.set()
            assert refusal(other) == ("practice_over", 1008)
    assert house.log() == []


def test_an_ending_that_was_not_heard_is_told_again(house: House) -> None:
    with house.open() as socket:
        ticket = hello(socket, house.ticket())["ticket"]
        socket.send_json({"type": "stop"})
        eventually(lambda: house.log()[0].ending == "stopped")
    with house.open() as socket:
        hello(socket, ticket)
        assert until(socket, "ended")["ending"] == "stopped"


def test_a_fresh_ticket_comes_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TICKET_EVERY_SECONDS", 0.05)
    with house.open() as socket:
        practice = hello(socket, house.ticket())["practice"]
        fresh = until(socket, "ticket")["ticket"]
    with house.open() as socket:
        assert hello(socket, fresh)["practice"] == practice


def test_a_page_left_in_pause_for_long_lets_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "IDLE_SECONDS", 0.05)
    with house.open() as socket:
        hello(socket, house.ticket())
        assert refusal(socket) == ("too_long", 1008)


# -- when the log cannot be written ----------------------------------------------------------------------------


@dataclass
class FullDisk:
    """Records on a disk that is full until somebody makes room."""

    records: Records
    full: bool = True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def write(*arguments: Any) -> Any:
            if self.full:
                raise RecordsError("The disk is full.")
            return getattr(self.records, name)(*arguments)

        return write


def test_repetitions_that_cannot_be_written_are_kept_and_written_later(
    make_house: Callable[..., House], records: Records
) -> None:
    disk = FullDisk(records, full=False)
    house = make_house(disk)
    with house.open() as socket:
        hello(socket, house.ticket())
        disk.full = True
        for at in (1.0, 1.1, 1.2):
            socket.send_bytes(picture(at))
        problem = until(socket, "problem")
        assert problem["message"]
        assert house.log()[0].repetitions == ()
        disk.full = False
        socket.send_bytes(picture(1.3))
        assert until(socket, "saved")["repetitions"] == 2
    assert [r.number for r in house.log()[0].repetitions] == [1, 2]
    assert house.courses() == {1: 1.0, 2: 2.0}


def test_a_practice_whose_beginning_cannot_be_written_goes_on(
    make_house: Callable[..., House], records: Records
) -> None:
    disk = FullDisk(records)
    house = make_house(disk)
    with house.open() as socket:
        assert hello(socket, house.ticket())["practice"] is None
        until(socket, "problem")
        socket.send_bytes(picture(1.0))
        socket.send_bytes(picture(1.1))
        assert until(socket, "snapshot")["judged"]
        until(socket, "snapshot")
        disk.full = False
        socket.send_json({"type": "stop"})
        ended = until(socket, "ended")
    (record,) = house.log()
    assert (record.uid, record.ending, len(record.repetitions)) == (ended["practice"], "stopped", 1)
    assert house.courses() == {1: 1.0}


def test_what_could_not_be_written_at_the_end_is_tried_once_more(
    make_house: Callable[..., House], records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RETURN_SECONDS", 0.2)
    disk = FullDisk(records, full=False)
    house = make_house(disk)
    with house.open() as socket:
        hello(socket, house.ticket())
        disk.full = True
        socket.send_json({"type": "stop"})
        until(socket, "problem")
        until(socket, "ended")
    disk.full = False
    eventually(lambda: house.log()[0].ending == "stopped")


def test_a_log_that_may_only_be_read_for_a_while_gets_everything_later(
    house: House, records: Records
) -> None:
    read_only = True

    def lock(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA query_only={int(read_only)}")

    with house.open() as socket:
        hello(socket, house.ticket())
        event.listen(records.engine, "checkout", lock)
        for at in (1.0, 1.1):
            socket.send_bytes(picture(at))
        until(socket, "problem")
        assert house.log()[0].repetitions == ()
        read_only = False
        for at in (1.2, 1.3):
            socket.send_bytes(picture(at))
        assert until(socket, "saved")["repetitions"] == 2
    assert house.courses() == {1: 1.0, 2: 2.0}


@pytest.mark.logs_errors
def test_a_repetition_that_makes_no_sense_does_not_keep_the_others_from_being_written(
    make_house: Callable[..., House],
) -> None:
    def miscounting(on_repetition: Callable[[Repetition, Trace], None]) -> ScriptedPractice:
        return ScriptedPractice(
            lambda done, course: on_repetition(replace(done, isolation=1.5 / done.number), course)
        )

    house = make_house(practice=miscounting)
    with house.open() as socket:
        hello(socket, house.ticket())
        for number in range(6):
            socket.send_bytes(picture(number / 10))
        assert until(socket, "ended")["ending"] == "finished"
    (record,) = house.log()
    assert (record.ending, [r.number for r in record.repetitions]) == ("finished", [2, 3])
    assert house.courses() == {2: 2.0, 3: 3.0}
