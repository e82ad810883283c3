"""Reports to draw: of nobody yet, of a first week, of a year, and of everything at once and far too long."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from coach.clinic.report_values import (
    Assessed,
    Beside,
    Dated,
    Line,
    Open,
    Picture,
    Practised,
    Prescribed,
    ReportData,
    Series,
    Treated,
    Week,
)
from coach.face import Side

MADE = datetime(2026, 3, 2, 9, 12, tzinfo=timezone.utc)
LAST = MADE.date()
CANNOT = (
    "A camera does not see the neck, fine dimpling of the chin or tightness without movement;",
    "what it could not judge is in no figure, and a quiet reading is not proof of a quiet face.",
)

NOTHING = ReportData(
    name="Anna Beispiel",
    record="0f" * 16,
    first=LAST - timedelta(days=27),
    last=LAST,
    made_at=MADE,
    made_by="Thea Kay",
    cannot=CANNOT,
)
"""Somebody who has only been written down."""


def wave(days: int, start: float, end: float, swing: float, every: int = 1) -> Dated:
    """Values up to the last day that go from `start` to `end`, with ups and downs."""
    first = LAST - timedelta(days=days - 1)
    return tuple(
        (
            first + timedelta(days=n),
            start + (end - start) * n / max(days - 1, 1) + swing * math.sin(2.1 * n) * math.cos(0.7 * n),
        )
        for n in range(0, days, every)
    )


def onset(title: str, days: int, start: float = 2.4, end: float = 5.5) -> Picture:
    """An onset that comes later and later."""
    points = wave(days, start, end, 0.6)
    quiet = tuple((day, value + 0.8) for day, value in points[3 * len(points) // 4 :: 2])
    return Picture(
        title=title,
        sentence="On 1 Mar the right eye stayed quiet, and the smile reached about 5.9 mm. It stayed quiet in 3 of the "
        "last 5 practices. In the last two weeks the smile got further than at the start (1.4 to 3.4 mm).",
        unit="mm",
        series=(Series("", "joined_in", points), Series("", "quiet", quiet)),
        weeks=points[3::7],
        band=(start - 1.0, start + 1.0) if days > 7 else None,
    )


def pictures(days: int) -> tuple[Picture, ...]:
    """The six of the second page."""
    return (
        Picture(
            "Coupling: Small closed smile",
            "How much the eye moves for each mm of the smile. In the last two weeks it was less than at the start.",
            "mm per mm",
            (Series("coupling", "first", wave(days, 0.5, 0.3, 0.05)),),
            wave(days, 0.5, 0.3, 0.0, 7),
            (0.42, 0.58),
            lowest=0,
        ),
        Picture(
            "Clean repetitions",
            "On 1 Mar 4 of 5 were clean. In the last 5 practices that could be judged it was 19 of 25.",
            "%",
            (Series("clean", "first", wave(days, 20, 80, 15)),),
            wave(days, 20, 80, 0, 7),
            lowest=0,
            highest=100,
        ),
        Picture(
            "Symmetry of the movement",
            "The smaller side moved 82 % as far as the larger. That is about as at the start (71 to 90 %).",
            "%",
            (Series("symmetry", "first", wave(days, 75, 84, 6)),),
            wave(days, 75, 84, 0, 7),
            (71, 90),
            lowest=0,
            highest=100,
        ),
        Picture(
            "The face at rest",
            "Affected beside the other side. Only the change over weeks counts: within the ups and downs of the start.",
            "mm",
            (
                Series("eye, more open", "first", wave(days, -1.1, -0.7, 0.2)),
                Series("mouth corner, higher", "second", wave(days, 0.8, 0.4, 0.2)),
                Series("brow, higher", "third", wave(days, 0.1, 0.2, 0.2)),
            ),
        ),
        Picture(
            "As the patient felt it",
            "After the last session: pain 0, tightness 3, effort 2 and eye comfort 8 of 10.",
            "0 to 10",
            (
                Series("pain", "second", wave(days, 1, 0.5, 0.4, 3)),
                Series("tightness", "first", wave(days, 5, 3, 1, 3)),
                Series("effort", "third", wave(days, 3, 2, 1, 3)),
                Series("eye comfort", "fourth", wave(days, 6, 8, 1, 3)),
            ),
            lowest=0,
            highest=10,
        ),
        Picture(
            "Share that could be judged",
            "In the middle practice the camera could judge 93 % of the time in repetitions; in 4 of 96 less than 80 %.",
            "%",
            (Series("judged", "first", wave(days, 92, 94, 5)),),
            lowest=0,
            highest=100,
        ),
    )


PRESCRIBED = Prescribed(
    version=3,
    day=LAST - timedelta(days=20),
    author="Thea Kay",
    sessions_per_day=2,
    when="",
    lines=(
        Line("Small closed smile", "5 times, held 5 s", "20 to 40 % of the healthy side", "level 3"),
        Line("Small pucker", "5 times, held 5 s", "as on the card", "level 2"),
        Line(
            "Eyes open while the lips say oo",
            "5 times, held 5 s",
            "20 to 40 % of the healthy side",
            "level 3, sensitive",
        ),
        Line("Soft rest", "3 times, held 30 s", "", "level 1"),
    ),
)

LITTLE = replace(
    NOTHING,
    affected=Side.RIGHT,
    cause="Bell's palsy",
    onset=date(2025, 6, 20),
    months_since_onset=8,
    stage="movement control",
    prescribed=replace(PRESCRIBED, version=1),
    practised=Practised(
        ("3 sessions on 2 days, of 14 that were prescribed.", "18 minutes of practice, of 84."),
        (Week(LAST - timedelta(days=7), 2, 7), Week(LAST, 1, 2)),
    ),
    onsets=(onset("Small closed smile: right eye", 3),),
    pictures=pictures(3),
    engines=("1.4.0",),
    cards=("Small closed smile 3f2a", "Small pucker 77c1"),
)
"""A first week."""

YEAR = replace(
    LITTLE,
    name="Maximiliane Ölgötz-Łukaszewicz",
    first=LAST - timedelta(days=364),
    flags=(
        "No practice for 6 days; the last was on 24 Feb.",
        "Small closed smile is ready for level 4: held in 14 of 15 judged repetitions, something joined in in 2.",
        "A note waits since 27 Feb.",
    ),
    prescribed=PRESCRIBED,
    practised=Practised(
        (
            "312 sessions on 231 days, of 728 that were prescribed.",
            "1,840 minutes of practice, of 4,368 that were prescribed.",
            "298 were finished, 12 ended early, 2 were stopped by the safety check.",
        ),
        tuple(
            Week(LAST - timedelta(days=7 * (52 - n)), round(6 + 5 * math.sin(n / 4)), 7 if n < 30 else 14)
            for n in range(53)
        ),
    ),
    onsets=(
        onset("Small closed smile: right eye", 340),
        onset("Small pucker: right eye", 340, 1.5, 3.0),
        onset("Small closed smile: chin", 300, 3.0, 4.0),
        onset("Eyes open while the lips say oo: right eye", 200, 4.0, 3.0),
    ),
    pictures=pictures(340),
    treated=(
        Treated("A", LAST - timedelta(days=290), "Surgery: eyelid weight, right"),
        Treated(
            "B",
            LAST - timedelta(days=150),
            "Botulinum toxin: orbicularis oculi, mentalis; 2.5 units each",
            (
                Beside(
                    "Smile before the right eye joins in",
                    "3.1 mm, 24 practices",
                    "4.6 mm, 26 practices",
                    "2.2 to 4.0 mm",
                    "more, beyond them",
                ),
                Beside(
                    "Clean repetitions, Small closed smile",
                    "31 %, 28 practices",
                    "52 %, 30 practices",
                    "5 to 57 %",
                    "within them",
                ),
            ),
        ),
    ),
    treated_words="Middles of up to 4 weeks before and after. No proof: whatever else changed then is in it, too.",
    assessed=(
        Assessed(
            "Sunnybrook composite",
            LAST - timedelta(days=10),
            "64 points",
            LAST - timedelta(days=200),
            "51 points",
            "13 points higher. Higher is better here, but no agreed figure for its noise was found.",
        ),
        Assessed("House-Brackmann", LAST - timedelta(days=10), "III"),
        Assessed(
            "SAQ",
            LAST - timedelta(days=10),
            "44.4 points",
            LAST - timedelta(days=200),
            "62.2 points",
            "17.78 points lower: beyond the noise by one study (MDC95 13.14, S50) but within it by another "
            "(SDC 28.2, S51), so not taken for a change.",
        ),
    ),
    open=(
        Open(
            LAST - timedelta(days=3),
            "note",
            "The eye waters when I practise in the evening. Is that all right?",
        ),
        Open(LAST - timedelta(days=1), "asks for an appointment", "Tuesdays after four, or Friday mornings"),
    ),
    engines=("1.3.0", "1.4.0"),
)

LONG = replace(
    YEAR,
    name="Wolfeschlegelsteinhausenbergerdorff" * 5,
    made_by="Prof. Dr. Dr. h. c. " * 10,
    cause="A very long story that nobody has a name for yet " * 4,
    stage="movement control " * 5,
    to_mind="Gum, balloons and everything else that is loud " * 40,
    flags=tuple(f"{n} {'warnings rise beyond the noise of the start, and more ' * 8}" for n in range(15)),
    prescribed=replace(
        PRESCRIBED,
        author="Prof. Dr. Dr. h. c. " * 10,
        lines=tuple(
            Line(
                f"An exercise of a name without an end {n} " * 6,
                "20 times, held 120 s",
                "20 to 40 % " * 12,
                "level 6 " * 9,
            )
            for n in range(8)
        ),
    ),
    practised=replace(
        YEAR.practised, sentences=("Sessions of which there were far too many to say. " * 9,) * 9
    ),
    onsets=tuple(
        replace(onset(f"Exercise {n} " * 20, 340), sentence="It joined in again and again. " * 30)
        for n in range(17)
    ),
    onset_words="All of them are told, however many there may be. " * 9,
    pictures=tuple(replace(one, title=one.title * 9, sentence=one.sentence * 9) for one in pictures(340)),
    treated=tuple(
        Treated(
            chr(ord("A") + n % 26),
            LAST - timedelta(days=10 * n),
            "Botulinum toxin: everywhere " * 20,
            tuple(
                Beside(
                    "A figure " * 20, "3.1 mm " * 9, "4.6 mm " * 9, "2.2 to 4.0 mm " * 9, "within them " * 9
                )
                for _ in range(5)
            ),
        )
        for n in reversed(range(30))
    ),
    treated_words="The middle of the weeks before, and of those after. " * 9,
    assessed=tuple(
        Assessed(
            f"Scale {n} with a name " * 6,
            LAST,
            "100 points " * 9,
            LAST,
            "100 points " * 9,
            "It is higher. " * 40,
        )
        for n in range(20)
    ),
    open=tuple(Open(LAST, "note", "I wanted to tell you something. " * 120) for _ in range(20)),
    engines=tuple(f"{n}.0.0" for n in range(30)),
    cards=tuple(f"An exercise of a name without an end {n} 3f2a" for n in range(60)),
    cannot=CANNOT * 9,
)
"""More of everything than there is room for."""

ALL = {"nothing": NOTHING, "little": LITTLE, "a year": YEAR, "too long": LONG}
