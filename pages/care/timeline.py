"""From onset to today in one picture: what was done, what time has opened, and what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

from coach.clinic import choice
from coach.clinic.onset import Gate
from coach.records import telling
from coach.records.care_history import History, Treatment
from pages import drawing
from pages.drawing import BLUE, GREEN, INK, QUIET_INK, VERMILLION, Chart

KINDS = {
    "botulinum_toxin": "Botulinum toxin",
    "surgery": "Surgery",
    "therapy_visit": "Therapy visit",
    "other": "Other treatment",
}
_ONSET, _GATE = "Onset", "Time opens"
_LOOKS = {
    _ONSET: ("diamond", INK),
    _GATE: ("triangle-right", GREEN),
    KINDS["surgery"]: ("square", "#CC79A7"),
    KINDS["botulinum_toxin"]: ("triangle-down", VERMILLION),
    KINDS["therapy_visit"]: ("circle", BLUE),
    KINDS["other"]: ("cross", "#E69F00"),
}
_ROW = 30  # pixels


def draw(
    history: History | None, gates: Sequence[Gate], treatments: Sequence[Treatment], today: date
) -> None:
    """The line of time, a row for each kind of mark; nothing where there is nothing to place on it."""
    onset = history.onset if history else None
    marks = [
        *([(onset, _ONSET, "onset")] if onset else []),
        *((gate.day, _GATE, gate.name) for gate in gates),
        *((one.day, KINDS[one.kind], _words(one)) for one in treatments),
    ]
    if not marks:
        return
    points = pd.DataFrame(
        {
            "day": [pd.Timestamp(day) for day, *_ in marks],
            "what": [what for _, what, _ in marks],
            "words": [words for *_, words in marks],
            "when": [telling.long_day(day) for day, *_ in marks],
        }
    )
    first = min(points["day"].min(), pd.Timestamp(today))
    last = max(points["day"].max(), pd.Timestamp(today))
    room = max((last - first) * 0.05, pd.Timedelta(days=2))
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(domain=[(first - room).isoformat(), (last + room).isoformat()]),
        axis=alt.Axis(format="%b %Y", tickCount=6, labelOverlap="greedy", labelSeparation=8, grid=False),
    )
    rows = [name for name in _LOOKS if (points["what"] == name).any()]
    y = alt.Y(
        "what:N",
        title=None,
        scale=alt.Scale(domain=rows, padding=0.6),
        axis=alt.Axis(ticks=False, domain=False, grid=True, labelLimit=130),
    )
    looks = {
        "shape": alt.Shape("what:N", scale=_scale(rows, 0), legend=None),
        "color": alt.Color("what:N", scale=_scale(rows, 1), legend=None),
    }
    tooltip = [alt.Tooltip("words:N", title="what"), alt.Tooltip("when:N", title="when")]
    now = pd.DataFrame({"day": [pd.Timestamp(today)], "words": ["today"]})
    layers: list[Chart] = [
        alt.Chart(now).mark_rule(color=QUIET_INK, strokeWidth=1.5).encode(x=x),
        alt.Chart(now)
        .mark_text(color=QUIET_INK, fontSize=12, baseline="bottom")
        .encode(x=x, y=alt.value(-3), text="words:N"),
        drawing.marks(points, 190).encode(x=x, y=y, tooltip=tooltip, **looks),
    ]
    drawing.show(
        alt.layer(*layers).properties(height=_ROW * len(rows) + 50),
        sentence(history, gates, treatments, today),
    )


def _scale(rows: Sequence[str], which: int) -> alt.Scale:
    return alt.Scale(domain=list(rows), range=[_LOOKS[name][which] for name in rows])


def sentence(
    history: History | None, gates: Sequence[Gate], treatments: Sequence[Treatment], today: date
) -> str:
    """What the picture shows."""
    parts = []
    months = history.months_since_onset(today) if history else None
    if history is not None and history.onset is not None and months is not None:
        since = telling.sentence_case(choice.counted(months))
        parts.append(f"{since} since onset on {telling.long_day(history.onset)}.")
    if treatments:
        last, count = treatments[-1], len(treatments)
        kind, when = KINDS[last.kind].lower(), telling.long_day(last.day)
        parts.append(f"{count} treatment{'' if count == 1 else 's'}, the latest: {kind} on {when}.")
    parts += [
        f"{telling.sentence_case(gate.name)} from {telling.long_day(gate.day)} on."
        for gate in gates
        if gate.day > today
    ]
    return " ".join(parts)


def _words(one: Treatment) -> str:
    sites = f" ({', '.join(one.sites)})" if one.sites else ""
    return f"{KINDS[one.kind].lower()}{sites}"
