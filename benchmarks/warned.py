"""From trials and healthy practice to figures: shares, smallest reliable severity, delays, false warnings, aims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.healthy import Quiet
from benchmarks.practised import CARDS, DEFAULT, LIBRARY, SETTINGS, TO_FIND_1_MM
from benchmarks.trials import SEVERITIES, Outcome, Played

RELIABLE = 0.95
FALSE_PER_10_MINUTES = 10 / 30  # at most one in 30 minutes
MOST_DELAY_SECONDS = 0.9
ONSET_WITHIN_SECONDS = 0.15  # of the true movement passing the tolerance
SHOWN = (*(s.name for s in CARDS), TO_FIND_1_MM.name)  # the settings that stand in the tables
RATIOS = (0.0, 0.7, 0.9, 1.1, 1.35, 1.7, 2.2, 3.0, np.inf)  # edges of true movement over prescribed tolerance


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim and what came out at one setting; `value` None: nothing to measure it by."""

    figure: str
    setting: str
    aim: str
    value: float | None
    shown: str
    reached: bool


def share(outcomes: Sequence[Outcome]) -> float | None:
    """The share of trials that were warned of rightly, 0 to 1; None of no trial."""
    return sum(o.warned for o in outcomes) / len(outcomes) if outcomes else None


def smallest_reliable(shares: Mapping[float, float | None], wanted: float = RELIABLE) -> float | None:
    """The smallest severity from which on every share reaches `wanted`; None where not even the largest does."""
    found = None
    for severity in sorted(shares, reverse=True):
        value = shares[severity]
        if severity == 0 or value is None or value < wanted:
            break
        found = severity
    return found


def per_ten_minutes(count: int, seconds: float) -> float:
    """How many in ten minutes."""
    return count / seconds * 600 if seconds > 0 else float("nan")


def most_per_ten_minutes(count: int, seconds: float) -> float:
    """The rate that is not exceeded with 95 % confidence (Poisson): 3 in the whole time where none was seen."""
    low, high = float(count), count + 3.0 + 4.0 * float(np.sqrt(count + 1))
    while high - low > 1e-6:
        middle = (low + high) / 2
        terms = np.cumprod([1.0, *(middle / n for n in range(1, count + 1))])
        low, high = (middle, high) if float(np.exp(-middle) * terms.sum()) > 0.05 else (low, middle)
    return per_ten_minutes(1, seconds) * high


def delays(outcomes: Iterable[Outcome]) -> tuple[float, float, int] | None:
    """Median and p90 in seconds from the true movement passing the tolerance to the warning, and of how many."""
    found = [o.delay for o in outcomes if o.delay is not None]
    return (float(np.median(found)), float(np.percentile(found, 90)), len(found)) if found else None


def at(outcomes: Iterable[Outcome], setting: str, **wanted: object) -> list[Outcome]:
    """The outcomes at a setting; `pattern`, `severity`, `drifting`, `eye` narrow them down."""
    tests: Mapping[str, Callable[[Outcome], object]] = {
        "pattern": lambda o: o.trial.pattern,
        "severity": lambda o: o.trial.severity,
        "drifting": lambda o: o.where.drifting,
        "eye": lambda o: LIBRARY.patterns[o.trial.pattern].movement == "eye_narrowing",
        "side": lambda o: o.where.affected,
        "person": lambda o: o.where.person.name,
        "exercise": lambda o: o.where.exercise,
    }
    return [
        o
        for o in outcomes
        if o.setting == setting and all(tests[name](o) == value for name, value in wanted.items())
    ]


def by_severity(outcomes: Sequence[Outcome], setting: str, **wanted: object) -> dict[float, float | None]:
    """The share warned of at each severity."""
    return {s: share(at(outcomes, setting, severity=s, **wanted)) for s in SEVERITIES}


def by_ratio(outcomes: Sequence[Outcome]) -> list[tuple[float, float, int, float | None]]:
    """(from, to, trials, share warned of) by how far the true movement went beyond the prescribed tolerance."""
    return [
        (low, high, len(some), share(some))
        for low, high in pairwise(RATIOS)
        for some in [[o for o in outcomes if o.trial.severity and low <= o.true_excess < high]]
    ]


def false_warnings(quiet: Iterable[Quiet], setting: str) -> tuple[int, float, float]:
    """How many, in how many seconds of practice, of which watched."""
    rows = list(quiet)
    return (
        sum(len(q.warned[setting]) for q in rows),
        sum(q.seconds for q in rows),
        sum(q.watched_seconds[setting] for q in rows),
    )


def causes(quiet: Iterable[Quiet], setting: str) -> Counter[tuple[str, str, str, str]]:
    """What the false warnings were of: disturbance, exercise, pattern and side, person."""
    return Counter(
        (
            q.where.row.name,
            q.where.exercise,
            f"{w.pattern} {w.side.value if w.side else ''}".strip(),
            q.where.person.name,
        )
        for q in quiet
        for w in q.warned[setting]
    )


def aims(played: Sequence[Played], quiet: Sequence[Quiet], film: Mapping[str, list[str]] | None) -> list[Aim]:
    """Every aim beside what was reached, at the settings that are shown."""
    outcomes = [o for p in played for o in p.outcomes]
    rows = []
    for figure, eye, severity, wanted in (
        ("skin moves 1.0 mm: warned", False, 1.0, 0.95),
        ("skin moves 1.5 mm: warned", False, 1.5, 0.99),
        ("lids narrow by 10 % of the rest gap: warned", True, 1.0, 0.95),
    ):
        for setting in SHOWN:
            some = at(outcomes, setting, eye=eye, severity=severity)
            value = share(some)
            shown = "-" if value is None else f"{value:.0%} of {len(some)}"
            rows.append(
                Aim(figure, setting, f">= {wanted:.0%}", value, shown, value is not None and value >= wanted)
            )
    counted = [q for q in quiet if q.where.row.counted]
    for setting in SHOWN:
        count, seconds, _ = false_warnings(counted, setting)
        rate = per_ten_minutes(count, seconds)
        shown = f"{rate:.2f} ({count} in {seconds / 60:.0f} min, up to {most_per_ten_minutes(count, seconds):.2f})"
        rows.append(
            Aim("false warnings in 10 minutes", setting, "<= 0.33", rate, shown, rate <= FALSE_PER_10_MINUTES)
        )
    for setting in SHOWN:
        found = delays(at(outcomes, setting))
        shown = f"{found[0]:.2f} s, p90 {found[1]:.2f} s, of {found[2]}" if found else "-"
        reached = found is not None and found[0] <= MOST_DELAY_SECONDS
        rows.append(
            Aim(
                "tolerance passed to warning, median",
                setting,
                "<= 0.9 s",
                found[0] if found else None,
                shown,
                reached,
            )
        )
    for setting in SHOWN:
        late = [o.onset_late for o in at(outcomes, setting) if o.onset_late is not None]
        off = float(np.median(np.abs(late))) if late else None
        shown = f"{off:.2f} s, median late by {np.median(late):.2f} s, of {len(late)}" if late else "-"
        reached = off is not None and off <= ONSET_WITHIN_SECONDS
        rows.append(Aim("beginning found, off by, median", setting, "<= 0.15 s", off, shown, reached))
    if film is not None:
        count = sum(len(found) for found in film.values())
        rows.append(Aim("healthy man's film: warnings", DEFAULT.name, "0", count, str(count), count == 0))
    return rows


def roc(played: Sequence[Played], quiet: Sequence[Quiet]) -> list[dict[str, float | str]]:
    """For each setting: false warnings in 10 minutes, and the shares of 1.0 mm (10 %) and 1.5 mm (15 %) warned of."""
    outcomes = [o for p in played for o in p.outcomes]
    counted = [q for q in quiet if q.where.row.counted]
    return [
        {
            "setting": setting.name,
            "false_per_10_minutes": per_ten_minutes(*false_warnings(counted, setting.name)[:2]),
            **{
                f"share_{severity:g}": share(at(outcomes, setting.name, severity=severity)) or 0.0
                for severity in (1.0, 1.5)
            },
        }
        for setting in SETTINGS
    ]


def missed(outcomes: Iterable[Outcome], setting: str) -> dict[tuple[str, str], Counter[str]]:
    """Patterns that went beyond the tolerance unwarned, by exercise and by why."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for o in outcomes:
        if o.setting == setting and (why := o.why_missed) is not None:
            found.setdefault((o.where.exercise, why), Counter())[o.trial.pattern] += 1
    return found


def as_json(
    done: Sequence[Played], quiet: Sequence[Quiet], film: Mapping[str, list[str]] | None
) -> dict[str, Any]:
    """Every figure, with the trials and the false warnings behind it."""
    return {
        "aims": [
            {"figure": a.figure, "setting": a.setting, "aim": a.aim, "value": a.value, "reached": a.reached}
            for a in aims(done, quiet, film)
        ],
        "roc": roc(done, quiet),
        "film": film,
        "trials": [
            {
                "person": o.where.person.name,
                "exercise": o.where.exercise,
                "affected": o.where.affected.value,
                "head_drifts": o.where.drifting,
                "pattern": o.trial.pattern,
                "severity": o.trial.severity,
                "setting": o.setting,
                "warned": o.warned,
                "true_over_tolerance": round(o.true_excess, 3),
                "delay_s": None if o.delay is None else round(o.delay, 3),
                "read_mm": None if o.read is None else round(o.read, 3),
                "tolerance_mm": None if o.tolerance_mm is None else round(o.tolerance_mm, 3),
                "prescribed_mm": None if o.prescribed_mm is None else round(o.prescribed_mm, 3),
                "why_missed": o.why_missed,
                "judged_share": round(o.judged_share, 3),
                "wrong": [w.pattern for w in o.wrong],
            }
            for p in done
            for o in p.outcomes
        ],
        "healthy": [
            {
                "row": q.where.row.name,
                "counted": q.where.row.counted,
                "exercise": q.where.exercise,
                "person": q.where.person.name,
                "seconds": q.seconds,
                "repetitions": q.repetitions,
                "unjudged": {why: round(share, 3) for why, share in q.unjudged.items()},
                "settings": {
                    s.name: {
                        "watched_s": round(q.watched_seconds[s.name], 1),
                        "warned": [
                            {
                                "at": round(w.at, 2),
                                "pattern": w.pattern,
                                "side": w.side and w.side.value,
                                "phase": w.phase.value,
                            }
                            for w in q.warned[s.name]
                        ],
                    }
                    for s in SETTINGS
                },
            }
            for q in quiet
        ],
    }
