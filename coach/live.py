"""The live socket: camera pictures come in one at a time, and each is answered with what the coach saw in it.

It is reached from pages/camera/camera.js. A socket that is lost may come back with the newest ticket and go on
with the same practice; nothing is judged by the clock of this room, only by the camera's own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect

from coach import CoachError
from coach.assignment import Assignment
from coach.face import Side
from coach.library import Library
from coach.line import Line, Rate, Refused, address_of, refuse, same_origin
from coach.logbook import Logbook
from coach.picture import PictureTooLarge
from coach.seat import Seat
from coach.ticket import Ticket, TicketOffice, TicketRefused

if TYPE_CHECKING:
    from coach.clinic.who import Reception
    from coach.practice import Practice
    from coach.records import Records

T = TypeVar("T")

HELLO_SECONDS = 5.0
RETURN_SECONDS = 120.0  # how long a lost practice is kept
IDLE_SECONDS = 30 * 60.0  # a page left open in pause
TICKET_EVERY_SECONDS = 30.0
PRACTICES_AT_ONCE = 8
WARM_UP_AFTER_SECONDS = 3.0

_log = logging.getLogger(__name__)


class Live:
    """All live practices of this process."""

    def __init__(
        self,
        records: Records,
        library: Callable[[], Library],
        reception: Reception,
        *,
        secret: str | None = None,
        make_practice: Callable[..., Practice] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._records, self._library, self._now = records, library, now
        self._reception = reception
        self._office = TicketOffice(secret)
        self._make_practice = make_practice or _practice
        self._seats: dict[str, Seat] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._workers = ThreadPoolExecutor(max_workers=os.cpu_count() or 2, thread_name_prefix="practice")

    def ticket(self, assignment: Assignment, patient: str, affected: Side | None) -> str:
        """A ticket for one practice, to be handed to the page that asked for it."""
        return self._office.issue(Ticket(assignment, patient, affected))

    async def endpoint(self, socket: WebSocket) -> None:
        """One WebSocket connection, from its handshake to its close; its `user` is who opened it."""
        if not same_origin(socket.headers.getlist("origin"), socket.headers.get("host")):
            await socket.close(1008)
            return
        await socket.accept()
        seat = None
        try:
            line = Line(socket, Rate(self._now))
            ticket = await self._hello(line)
            await self._in_worker(self._check, socket, ticket.patient)
            seat = await self._seat(ticket)
            await self._sit_down(seat, line)
            await self._practise(seat, line)
        except Refused as refused:
            await refuse(socket, refused)
        except WebSocketDisconnect:
            pass
        finally:
            if seat is not None:
                self._stand_up(seat, socket)

    async def _hello(self, line: Line) -> Ticket:
        try:
            hello = _command(await asyncio.wait_for(line.receive(), HELLO_SECONDS))
            if hello.get("type") != "hello" or not isinstance(hello.get("ticket"), str):
                raise Refused("no_ticket")
            return self._office.read(hello["ticket"])
        except asyncio.TimeoutError:
            raise Refused("no_ticket") from None
        except TicketRefused as refused:
            if refused.reason == "ticket_unknown":  # one that is only too old is everyday
                await self._in_worker(self._note, line.socket, refused.reason)
            raise Refused(refused.reason) from refused

    def _note(self, socket: WebSocket, what: str) -> None:
        """Put on record that somebody came with what was never given out here."""
        try:
            self._reception.refused(
                what,
                datetime.now(timezone.utc),
                who=socket.user.account_uid,
                address=address_of(socket.scope),
                detail="/live",
            )
        except CoachError as error:
            _log.warning("Refused %s, and it could not be written down: %s", what, error)

    def _check(self, socket: WebSocket, patient: str) -> None:
        """A ticket says what is practised; only the sign-in says who is there, and may do it."""
        now, address = datetime.now(timezone.utc), address_of(socket.scope)
        try:
            self._reception.require(socket.user, "/live", now, patient_uid=patient, address=address)
        except CoachError as refused:
            raise Refused("not_theirs") from refused

    async def _seat(self, ticket: Ticket) -> Seat:
        if ticket.key not in self._seats and not ticket.returning:
            library = await self._look_up()
            if ticket.key not in self._seats:  # another socket may have brought the same ticket meanwhile
                self._seats[ticket.key] = self._new_seat(ticket, library)
        seat = self._seats.get(ticket.key)
        if seat is None:
            raise Refused("practice_over")
        return seat

    async def _look_up(self) -> Library:
        """The cards as they are now; a therapist may have put one there since the last practice."""
        try:
            return await self._in_worker(self._library)
        except CoachError as error:
            raise Refused("not_ready", str(error)) from error

    def _new_seat(self, ticket: Ticket, library: Library) -> Seat:
        exercise = library.exercises.get(ticket.assignment.exercise)
        if exercise is None or exercise.judged == "nothing":  # a timer's card has nothing for the camera
            raise Refused("unknown_exercise")
        self._make_room()

        def begin(records: Records, started_at: datetime) -> str:
            return records.begin_practice(
                ticket.patient, exercise, ticket.affected, ticket.assignment, started_at
            )

        return Seat(ticket, exercise, library, Logbook(self._records, begin))

    def _make_room(self) -> None:
        """Let go of the practice that was left the longest, where one more would be too many."""
        under_way = [seat for seat in self._seats.values() if seat.ending is None]
        if len(under_way) < PRACTICES_AT_ONCE:
            return
        left = [(seat.leaving.when(), seat) for seat in under_way if seat.leaving is not None]
        if not left:
            raise Refused("busy")
        self._let_go(min(left, key=lambda when_and_seat: when_and_seat[0])[1])

    async def _sit_down(self, seat: Seat, line: Line) -> None:
        """Give the practice to this socket, away from an earlier one, and welcome it."""
        earlier, seat.socket = seat.socket, line.socket
        if seat.leaving is not None:
            seat.leaving.cancel()
            seat.leaving = None
        if earlier is not None:
            await refuse(earlier, Refused("taken_over"))
        async with seat.lock:
            if seat.closed:
                raise Refused("practice_over")
            if not seat.open and seat.ending is None:
                await self._begin(seat)
        await line.send(
            type="welcome",
            ticket=self._returning(seat),
            practice=seat.logbook.practice,
            repetition=seat.repetition,
            repetitions=seat.repetitions,
        )

    async def _begin(self, seat: Seat) -> None:
        try:
            await self._in_worker(seat.begin, self._make_practice)
        except Exception as error:
            self._forget(seat)
            _log.exception("A practice could not begin.")
            raise Refused("not_ready", str(error) if isinstance(error, CoachError) else "") from error

    async def _practise(self, seat: Seat, line: Line) -> None:
        renewing = asyncio.create_task(self._renew(seat, line))
        try:
            await line.tell(seat.logbook)
            while seat.ending is None:
                message = await asyncio.wait_for(line.receive(), IDLE_SECONDS)
                async with seat.lock:
                    await self._answer(seat, line, message)
            await line.tell(seat.logbook)
            await line.send(type="ended", practice=seat.logbook.practice, ending=seat.ending)
            await line.close(1000)
        except asyncio.TimeoutError:
            raise Refused("too_long") from None
        finally:
            renewing.cancel()

    async def _answer(self, seat: Seat, line: Line, message: str | bytes) -> None:
        if seat.socket is not line.socket:
            raise WebSocketDisconnect(1008)  # another window took over while this message was under way
        if not seat.open:
            raise Refused("practice_over")
        try:
            if isinstance(message, str):
                await self._in_worker(seat.obey, _command(message).get("type"))
                return
            answer = await self._in_worker(seat.see, message)
        except PictureTooLarge as large:
            raise Refused("too_big") from large
        except Exception as error:
            _log.exception("A message could not be answered.")
            raise Refused("trouble") from error
        await line.send(**answer)
        await line.tell(seat.logbook)
        if answer["done"]:
            await self._in_worker(seat.end, "finished")

    async def _renew(self, seat: Seat, line: Line) -> None:
        while True:
            await asyncio.sleep(TICKET_EVERY_SECONDS)
            await line.send(type="ticket", ticket=self._returning(seat))

    def _returning(self, seat: Seat) -> str:
        return self._office.issue(replace(seat.ticket, returning=True))

    def _stand_up(self, seat: Seat, socket: WebSocket) -> None:
        """The socket is gone: keep the practice for a while, unless another socket has it by now."""
        if seat.socket is socket and not seat.closed:
            seat.socket = None
            seat.leaving = asyncio.get_running_loop().call_later(RETURN_SECONDS, self._let_go, seat)

    def _let_go(self, seat: Seat) -> None:
        """Nobody came back: from this moment no socket gets the seat; what it held is freed in a worker."""
        if seat.leaving is not None:
            seat.leaving.cancel()
        self._forget(seat)
        closing = asyncio.get_running_loop().create_task(self._close(seat))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _close(self, seat: Seat) -> None:
        async with seat.lock:
            await self._in_worker(seat.close)

    def _forget(self, seat: Seat) -> None:
        seat.closed = True
        if self._seats.get(seat.ticket.key) is seat:
            del self._seats[seat.ticket.key]

    async def _in_worker(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, *arguments)


def _command(message: str | bytes) -> dict[str, Any]:
    try:
        command = json.loads(message) if isinstance(message, str) else None
    except (ValueError, RecursionError):
        command = None
    return command if isinstance(command, dict) else {}


def _practice(*arguments: Any, **named: Any) -> Practice:
    from coach.practice import Practice  # brings in MediaPipe, which takes 1.5 s

    return Practice(*arguments, **named)


def warm_up() -> threading.Timer:
    """Load MediaPipe in the background, so that the first practice starts at once.

    A little later, though: the first page comes first, and loading takes a core for two seconds.
    """

    def load() -> None:
        from coach.tracker import Tracker

        Tracker().close()

    timer = threading.Timer(WARM_UP_AFTER_SECONDS, load)
    timer.daemon = True
    timer.start()
    return timer
