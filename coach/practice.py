"""One practice: a picture goes in, a snapshot of all that is known comes out; finished repetitions are told at once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from coach import blink, coaching, feedback, lids, phases, resting_shape, sight, texture, under_way
from coach.coaching import Seen
from coach.events import Event, Phase, Repetition, RepetitionDone, UnwantedMovement
from coach.exercise import Pattern
from coach.face import IRIS_MM, SIDES, Face, Side
from coach.lids import RestingEye
from coach.movements import NAMES, Readings, Steadied, read
from coach.plan import Plan, Turn
from coach.rest import Rest, RestTaking
from coach.resting_shape import RestingShape
from coach.sight import Facing, Reason
from coach.skin import Resting, Shift, Skin
from coach.snapshot import Guide, JoinedIn, Snapshot, guides, midline, outline, pace
from coach.texture import RestingTexture
from coach.trace import Trace
from coach.tracing import Tracing
from coach.tracker import Sighting, Tracker
from coach.under_way import MOVING, Coaching

Picture = NDArray[np.uint8]

DROPPED_AFTER_START = (
    4  # the mesh is off by 1-2 mm in the first pictures after start or loss (measurement.md 6)
)
SCALE_PICTURES = 4  # how many facing pictures set the scale for the session; eyes settle sooner than corners
GATHERING = 0.4  # share of the rest whose pictures make the resting picture
UNSEEN: Readings = dict.fromkeys(NAMES)


class _RestingFace:
    """The resting picture, its lids, texture and facing, and the rest being taken from it.

    The first part of the rest makes the resting picture, a mean of many, the second is measured against it.
    """

    def __init__(self, resting: Resting, face: Face) -> None:
        self.resting = resting
        self.facing = Facing.of(face)
        self.eyes: Mapping[Side, RestingEye] = {}
        self.texture: RestingTexture | None = None
        self.taking = RestTaking()
        self.rest: Rest | None = None
        self._steadied: Steadied | None = None
        self._bare: frozenset[str] = frozenset()
        self._gathered: list[tuple[Picture, Mapping[Side, Picture], texture.Windows]] | None = []

    def readings(
        self, shift: Shift, eyes: Mapping[Side, Picture], patches: texture.Windows, picture: Picture
    ) -> Readings:
        """All movements since the resting picture, as this picture with its windows shows them."""
        self.eyes = self.eyes or lids.rest(self.resting, eyes)
        if self.texture is None:
            self._bare = texture.bare(shift, picture) if patches else frozenset()
            self.texture = texture.rest(patches, self._bare)
        closing = {s: lids.narrowing_mm(self.eyes[s], eyes[s]) for s in SIDES}
        return read(shift, closing, texture.readings(self.texture, patches))

    def steady(self, readings: Readings, at: float) -> Readings:
        """The readings steadied over a tenth of a second."""
        self._steadied = self._steadied.step(readings, at) if self._steadied else Steadied(readings, at)
        return self._steadied.readings

    def gather(
        self, shift: Shift, eyes: Mapping[Side, Picture], patches: texture.Windows, enough_seconds: float
    ) -> None:
        """One more picture of rest; after enough of them their mean becomes the resting picture."""
        if self._gathered is None or self.rest is not None or len(self._gathered) >= len(self.taking.samples):
            return  # the rest has been taken, or the clock stands still and nothing was added to it either
        self._gathered.append((shift.crop, eyes, patches))
        if self.taking.quiet_seconds >= enough_seconds:
            crops, eyes_seen, patches_seen = zip(*self._gathered, strict=True)
            self._gathered, self._steadied = None, None
            self.resting = self.resting.averaged(crops)
            self.eyes = lids.rest(self.resting, lids.averaged(eyes_seen))
            self.texture = texture.rest(texture.averaged(patches_seen), self._bare)
            self.taking = self.taking.again()


class Practice:
    """One person practising one exercise. Not for several threads at once; give it to one worker at a time.

    `on_repetition` is called within `see`, before the next repetition can begin, with the finished repetition and how
    every movement went in it. `rest_seconds` is how long the resting face must have been quiet. `experimental` reads
    dimples and neck bands too, which no card watches.
    """

    def __init__(
        self,
        plan: Plan,
        patterns: Mapping[str, Pattern],
        on_repetition: Callable[[Repetition, Trace], None] = lambda repetition, trace: None,
        rest_seconds: float = 2.0,
        experimental: bool = False,
    ) -> None:
        self._plan = plan
        self._patterns = patterns
        self._affected = plan.affected
        self._on_repetition = on_repetition
        self._rest_seconds = rest_seconds
        self._experimental = experimental
        self._tracker = Tracker()
        self._state: Coaching = under_way.start(self._plan)
        self._steady = 0  # pictures with a face since start or loss
        self._eye_distances_mm: list[float] = []
        self._skin: Skin | None = None
        self._rest_face: _RestingFace | None = None
        self._blinking = blink.Blinking()
        self._mouth = sight.Mouth()
        self._last: tuple[float, Face] | None = None
        self._paused = False
        self._back = False
        self._now = float("-inf")
        self._set_back_seconds = 0.0
        self._tracing = Tracing()
        self.pictures = 0
        self.judged_pictures = 0

    @property
    def judged_share(self) -> float:
        """The share of pictures so far in which the face could be judged, 0 to 1; taking the rest does not count."""
        return self.judged_pictures / max(self.pictures, 1)

    @property
    def _turn(self) -> Turn:
        return self._plan.turn(self._state.repetition)

    @property
    def done(self) -> bool:
        """Whether all repetitions are done."""
        return self._state.phase is Phase.DONE

    @property
    def unfinished(self) -> tuple[UnwantedMovement, ...]:
        """What joined in during the repetition under way, up to the last picture."""
        return under_way.unfinished(self._state)

    def pause(self) -> None:
        """The phase clocks stand still until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Go on with the same repetition after `pause` or a lost line, from a fresh resting face."""
        self._back = True
        self._paused = False

    def close(self) -> None:
        """Free the tracker."""
        self._tracker.close()

    def see(self, picture: Picture, at: float) -> Snapshot:
        """Measure and judge one unmirrored RGB picture (height, width, 3) captured `at` seconds.

        Raises:
            ValueError: the picture is not an 8-bit RGB picture, or the time is none.
        """
        began = time.perf_counter()
        at = self._onward(at)
        if self._paused:
            return self._snapshot(at, Reason.PAUSED)
        found = self._tracker.follow(picture, at)
        tracked = time.perf_counter()
        gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        face = found if isinstance(found, Face) else None
        shift: Shift | None = None
        readings: Readings | None = None
        reason = self._look(found, gray, at)
        if reason is None and face is not None and self._skin is not None:
            reason, shift, readings = self._measure(self._skin, face, picture, gray, at)
        measured = time.perf_counter()
        snapshot = self._judge(at, reason, face, shift, readings)
        timing = {
            "track": (tracked - began) * 1e3,
            "skin": (measured - tracked) * 1e3,
            "judge": (time.perf_counter() - measured) * 1e3,
            "total": (time.perf_counter() - began) * 1e3,
        }
        return replace(snapshot, timing_ms=timing)

    def _onward(self, at: float) -> float:
        """The time of a picture; a clock that was set back goes on from where it was, or nothing would for as long."""
        if not math.isfinite(at):
            raise ValueError(f"A picture's time must be a number of seconds, not {at}.")
        if at + self._set_back_seconds < self._now - coaching.LONGEST_STEP_SECONDS:
            self._set_back_seconds = self._now - at
        at += self._set_back_seconds
        self._now = max(self._now, at)
        return at

    def _look(self, found: Face | Sighting, gray: Picture, at: float) -> Reason | None:
        """What can be said of the picture by itself; also follows blinks and sets the scale."""
        if not isinstance(found, Face):
            self._steady, self._last = 0, None
            if found is Sighting.TWO_FACES:
                return Reason.TWO_FACES
            return sight.light(gray) or Reason.NO_FACE
        self._steady += 1
        last, self._last = self._last, (at, found)
        resting_gap = 0.0
        if self._rest_face is not None:
            resting_gap = blink.lid_gap(self._rest_face.facing.lid_gaps, self._affected)
        gap = blink.lid_gap(found.lid_gaps, self._affected)
        self._blinking = blink.step(self._blinking, gap, at, resting_gap)
        if (reason := sight.before_rest(found, gray)) is not None:
            return reason
        px_per_mm = found.iris_px / IRIS_MM
        if last is not None and sight.too_fast(last[1].eye_centres, found, at - last[0], px_per_mm):
            return Reason.MOVING_TOO_FAST
        if self._skin is None and self._steady > 1 and not self._blinking.masks(at):
            self._eye_distances_mm.append(found.eye_distance_px / px_per_mm)
            if len(self._eye_distances_mm) >= SCALE_PICTURES:
                self._skin = Skin(float(np.median(self._eye_distances_mm)))
        return Reason.STARTING if self._skin is None or self._steady <= DROPPED_AFTER_START else None

    def _measure(
        self, skin: Skin, face: Face, picture: Picture, gray: Picture, at: float
    ) -> tuple[Reason | None, Shift | None, Readings | None]:
        """Movements since rest; takes the resting face while the exercise rests."""
        if self._rest_face is None:
            if self._blinking.masks(at):
                return None, None, None
            self._rest_face = _RestingFace(skin.rest(gray, face), face)
        resting = self._rest_face
        shift = skin.since(resting.resting, gray, face)
        mouth_gap_mm = face.mouth_gap_px / face.eye_distance_px * skin.eye_distance_mm
        self._mouth = self._mouth.step(mouth_gap_mm, at)
        reason = sight.since_rest(face, shift, resting.facing, self._turn.eyes_closed)
        if reason is None and self._mouth.talking and not self._plan.exercise.talking:
            reason = Reason.TALKING
        if reason is not None:
            if resting.rest is not None:
                return reason, shift, None
            self._rest_face = None  # nothing is built on this picture yet: begin again from a better one
            return (reason if reason is Reason.TALKING else None), None, None
        eyes = lids.windows(shift, gray)
        patches = texture.windows(shift, gray) if self._experimental else {}
        readings = resting.readings(shift, eyes, patches, picture)
        if not self._blinking.masks(at):
            readings = resting.steady(readings, at)
            if resting.rest is None:
                self._take_rest(resting, readings, resting_shape.in_picture(face, skin.eye_distance_mm), at)
                resting.gather(shift, eyes, patches, GATHERING * self._rest_seconds)
        return None, shift, resting.rest.since(readings) if resting.rest is not None else None

    def _take_rest(self, resting: _RestingFace, readings: Readings, shape: RestingShape, at: float) -> None:
        taking = resting.taking.add(readings, at, shape)
        if taking is None:
            self._rest_face = None
            return
        resting.taking = taking
        if taking.quiet_seconds >= self._rest_seconds:
            resting.rest = taking.taken({side: eye.gap_mm for side, eye in resting.eyes.items()})

    def _judge(
        self,
        at: float,
        reason: Reason | None,
        face: Face | None,
        shift: Shift | None,
        readings: Readings | None,
    ) -> Snapshot:
        """Step the exercise, tell the log, and compose what is shown."""
        rest = self._rest_face.rest if self._rest_face is not None else None
        blinking = self._blinking.masks(at)
        turned = 0.0
        if face is not None and self._rest_face is not None:
            turned = self._rest_face.facing.turned_degrees(face.pose)
        seen = Seen(reason is None, readings, rest if readings is not None else None, blinking, turned)
        if self._back:
            self._back = False
            self._state, events = phases.after_break(self._plan, self._state, at)
        else:
            self._state, events = coaching.step(self._plan, self._state, seen, at)
        self._trace(at, readings, events)
        if reason is None and readings is None:
            reason = Reason.TAKING_REST  # there is nothing yet to judge it against
        elif reason is None and self._state.movement_unseen:
            reason, readings = Reason.MOVEMENT_UNSEEN, None
        if reason not in (Reason.STARTING, Reason.TAKING_REST):
            self.pictures += 1
            self.judged_pictures += reason is None
        if self._state.lost or any(getattr(event, "phase", None) is Phase.REST for event in events):
            self._rest_face = None  # a fresh resting face before every repetition bounds any drift
        shown = shift if reason is None else None
        return self._snapshot(at, reason, events, face, shown, readings, rest)

    def _trace(self, at: float, readings: Readings | None, events: tuple[Event, ...]) -> None:
        """Keep how every movement goes while the face moves, and hand it over with the finished repetition."""
        for event in events:
            if isinstance(event, RepetitionDone):
                self._on_repetition(event.repetition, self._tracing.trace())
        if self._state.phase not in MOVING:
            self._tracing.clear()
        elif readings is not None:
            self._tracing.add(at, readings, begun=self._state.attempt.started_at is not None)

    def _snapshot(
        self,
        at: float,
        reason: Reason | None,
        events: tuple[Event, ...] = (),
        face: Face | None = None,
        shift: Shift | None = None,
        readings: Readings | None = None,
        rest: Rest | None = None,
    ) -> Snapshot:
        state, dose, turn = self._state, self._plan.dose, self._turn
        muted = feedback.muted(turn, state)
        words = feedback.compose(self._plan, self._patterns, state, events, reason)
        warning: JoinedIn | None = None
        lines: tuple[Guide, ...] = ()
        if face is not None and shift is not None and rest is not None and self._skin is not None:
            if state.warning is not None and not muted:
                rule = state.warning.rule
                px_per_mm = face.eye_distance_px / self._skin.eye_distance_mm
                area = self._patterns[rule.pattern].area
                warning = JoinedIn(rule.pattern, rule.side, outline(area, rule.side, face, px_per_mm))
            lines = guides(self._plan, state, rest, shift, face)
        return Snapshot(
            at=at,
            phase=state.phase,
            repetition=0 if state.phase is Phase.PREPARE else state.repetition,
            repetitions=self._plan.repetitions,
            judged=reason is None,
            reason=reason,
            message=words.message,
            cue=words.cue,
            tone=words.tone,
            say=words.say,
            warning=warning,
            hold_share=min(state.attempt.shown_seconds / dose.hold_seconds, 1.0),
            hold_count=int(state.attempt.shown_seconds + 1e-9),
            hold_seconds=dose.hold_seconds,
            pace=pace(self._plan, state),
            muted=muted,
            correction=None if muted or state.corrected not in events else state.corrected.kind,
            side=turn.side,
            task=turn.task,
            led=_led(turn),
            midline=midline(face) if face is not None and reason is None else None,
            guides=lines,
            events=events,
            movements=readings if readings is not None else UNSEEN,
            pose=face.pose if face is not None else None,
            blink=self._blinking.masks(at),
        )


def _led(turn: Turn) -> str:
    """Who leads: the movement itself, the clock, or nobody because nothing is to move."""
    if turn.still:
        return "stillness"
    if turn.band is not None:
        return "movement"
    return "areas" if turn.movement is None else "range"
