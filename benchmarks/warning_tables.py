"""Plays all practices in two processes, and prints, draws and writes what the warnings were worth."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import cycle
from pathlib import Path
from typing import Annotated

import typer
from patient_photographs import CLIP
from rich.console import Console
from rich.progress import track
from rich.table import Table
from simulated_patient import faces

from benchmarks import healthy, trials, warned
from benchmarks.healthy import Healthy, Quiet
from benchmarks.practised import DEFAULT, EXERCISES, TO_FIND_1_MM, Person
from benchmarks.trials import SEVERITIES, Outcome, Played, Practised
from benchmarks.warning_plots import draw
from coach.face import Side

WORKERS = 2
DOCS = Path(__file__).resolve().parent.parent / "docs"
ASTRONAUT, MIRRORED, MAN = Person("astronaut"), Person("astronaut", mirrored=True), Person("clip")
CELLS = (  # whose face, the affected side, whether the head drifts
    (ASTRONAUT, Side.RIGHT, False),
    (MIRRORED, Side.LEFT, True),
    (MAN, Side.RIGHT, True),
    (MAN, Side.LEFT, False),
)
screen = Console(width=150)


def practices(quick: bool) -> tuple[list[Practised], list[Healthy]]:
    """Everything that is played; people whose photograph is not at hand are left out."""
    here = [cell for cell in CELLS if cell[0].picture in faces()]
    people = cycle(list(dict.fromkeys(person for person, _, _ in here)))
    trial_list = [
        Practised(person, exercise, side, drifting)
        for person, side, drifting in here
        for exercise in EXERCISES
    ]
    # A person's face goes round by one more after each row, so that every exercise meets every face.
    healthy_list = []
    for number, row in enumerate(healthy.ROWS):
        next(people)
        healthy_list += [
            Healthy(row, exercise, next(people), seed=number * 10 + place)
            for place, exercise in enumerate(EXERCISES)
            if row.counted or exercise != "gentle-eye-closing"
        ]
    if quick:
        trial_list = [
            Practised(p.person, p.exercise, p.affected, p.drifting, (1.0, 2.0)) for p in trial_list[:3]
        ]
        healthy_list = [Healthy(h.row, h.exercise, h.person, h.seed, 2) for h in healthy_list[3:27:6]]
    return trial_list, healthy_list


def _quiet_worker() -> None:
    """MediaPipe's own remarks would tear the progress bar; what goes wrong still comes back as an exception."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _play(what: Practised | Healthy) -> Played | Quiet:
    return trials.play(what) if isinstance(what, Practised) else healthy.play(what)


def played(what: Sequence[Practised | Healthy]) -> Iterator[Played | Quiet]:
    """All practices, as they are done."""
    spawn = multiprocessing.get_context(
        "spawn"
    )  # OpenCV's and MediaPipe's threads do not live through a fork
    with ProcessPoolExecutor(WORKERS, mp_context=spawn, initializer=_quiet_worker) as pool:
        for done in as_completed([pool.submit(_play, one) for one in what]):
            yield done.result()


def main(
    quick: Annotated[bool, typer.Option("--quick", help="A small part only; nothing is drawn.")] = False,
    to: Annotated[Path, typer.Option(help="Where the two plots go.")] = DOCS,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures there too.")] = None,
) -> None:
    """Play, print the tables, draw the plots, and say which aims were reached."""
    began = time.perf_counter()
    trial_list, healthy_list = practices(quick)
    everything: list[Practised | Healthy] = [*healthy_list, *trial_list]
    results = list(
        track(played(everything), "practising", total=len(everything), console=Console(stderr=True))
    )
    done = sorted((r for r in results if isinstance(r, Played)), key=lambda r: trial_list.index(r.where))
    quiet = sorted((r for r in results if isinstance(r, Quiet)), key=lambda r: healthy_list.index(r.where))
    film = None
    if CLIP.exists():
        film = {exercise: healthy.film_warnings(CLIP, exercise) for exercise in ("small-closed-smile",)}
    else:
        screen.print(f"{CLIP.name} is not at hand: the real film and the second face are left out.")
    report(done, quiet, film)
    minutes = sum([*(p.seconds for p in done), *(q.seconds for q in quiet)]) / 60
    screen.print(
        f"{minutes:.0f} minutes of practice played in {(time.perf_counter() - began) / 60:.1f} minutes."
    )
    if not quick:
        draw(done, quiet, to)
    if json_file is not None:
        json_file.write_text(json.dumps(warned.as_json(done, quiet, film), indent=1) + "\n", encoding="utf-8")


def report(done: Sequence[Played], quiet: Sequence[Quiet], film: Mapping[str, list[str]] | None) -> None:
    """All tables."""
    outcomes = [o for p in done for o in p.outcomes]
    for setting in warned.SHOWN:
        tolerances = "every tolerance" if setting == TO_FIND_1_MM.name else "cards'"
        table = Table(
            "pattern",
            *(f"{s:g}" for s in SEVERITIES),
            "95 % from",
            title=(
                f"Warned of rightly, by true mm (lids: tens of % of the rest gap); {tolerances} {setting}"
            ),
        )
        for pattern in dict.fromkeys(o.trial.pattern for o in outcomes):
            shares = warned.by_severity(outcomes, setting, pattern=pattern)
            from_mm = warned.smallest_reliable(shares)
            table.add_row(
                f"{pattern} ({len(warned.at(outcomes, setting, pattern=pattern, severity=1.0))} each)",
                *("-" if v is None else f"{v:.0%}" for v in shares.values()),
                "not reached" if from_mm is None else f"{from_mm:g}",
            )
        screen.print(table)
    _ratios(done)
    _missed(outcomes)
    _wrong(done)
    _false(quiet)
    _aims(done, quiet, film)


def _ratios(done: Sequence[Played]) -> None:
    outcomes = [o for p in done for o in p.outcomes]
    table = Table(
        "setting",
        "what",
        *(f"{low:g}-{high:g}" for low, high, _, _ in warned.by_ratio(outcomes)),
        title=(
            "Share warned of, by the true movement over the prescribed tolerance (below 1 a warning is not asked for)"
        ),
    )
    for setting in warned.SHOWN:
        for eye, what in ((False, "skin"), (True, "lids")):
            cells = warned.by_ratio(warned.at(outcomes, setting, eye=eye))
            table.add_row(setting, what, *("-" if v is None else f"{v:.0%} of {n}" for _, _, n, v in cells))
    screen.print(table)
    table = Table(
        "setting",
        "head",
        "median, s",
        "p90, s",
        "warnings",
        title="From the tolerance truly passed to the warning",
    )
    for setting in warned.SHOWN:
        for drifting, head in ((False, "still"), (True, "drifting")):
            found = warned.delays(warned.at(outcomes, setting, drifting=drifting))
            table.add_row(
                setting,
                head,
                *(
                    ("-", "-", "0")
                    if found is None
                    else (f"{found[0]:.2f}", f"{found[1]:.2f}", str(found[2]))
                ),
            )
    screen.print(table)


def _missed(outcomes: Sequence[Outcome]) -> None:
    table = Table(
        "setting",
        "exercise",
        "why",
        "trials",
        "patterns",
        title="Movements beyond the tolerance, not warned of",
    )
    for setting in warned.SHOWN:
        for (exercise, why), patterns in sorted(warned.missed(outcomes, setting).items()):
            named = ", ".join(f"{name} {n}" for name, n in patterns.most_common())
            table.add_row(setting, exercise, why, str(patterns.total()), named)
    screen.print(table)


def _wrong(done: Sequence[Played]) -> None:
    table = Table(
        "setting",
        "right",
        "skin taken along",
        "wrong pattern",
        "wrong side",
        title=("The same trials with both sides watched: all warnings"),
    )
    for setting in warned.SHOWN:
        counts = [p.side_unknown[setting] for p in done]
        table.add_row(setting, *(str(sum(c[n] for c in counts)) for n in range(4)))
    screen.print(table)
    for line in sorted(
        {f"{name} cannot be simulated: not measured" for p in done for name in p.not_simulated}
    ):
        screen.print(line)
    apart = [f"{p.where.exercise} at {', '.join(p.parted)}" for p in done if p.parted]
    if apart:
        screen.print(f"Judged from rests taken at other times than the practice's own: {'; '.join(apart)}")


def _false(quiet: Sequence[Quiet]) -> None:
    shown = warned.SHOWN
    table = Table(
        "what is not still",
        "minutes",
        "watched",
        "repetitions",
        "not judged",
        *shown,
        title="False warnings of healthy practice",
    )
    for row in healthy.ROWS:
        some = [q for q in quiet if q.where.row == row]
        if not some:
            continue
        _, seconds, watched = warned.false_warnings(some, DEFAULT.name)
        of = sum(q.where.repetitions for q in some)
        table.add_row(
            row.name + ("" if row.counted else " (not counted)"),
            f"{seconds / 60:.1f}",
            f"{watched / seconds:.0%}",
            f"{sum(q.repetitions for q in some)} of {of}",
            _mostly(some),
            *(str(warned.false_warnings(some, s)[0]) for s in shown),
        )
    screen.print(table)
    for setting in shown[:2]:
        for what, count in warned.causes(quiet, setting).most_common(12):
            screen.print(f"  {setting}: {count} x {' / '.join(what)}")


def _mostly(some: Sequence[Quiet]) -> str:
    """The two commonest reasons for which pictures were not judged, with their shares of the time."""
    shares: Counter[str] = Counter()
    for quiet in some:
        shares.update({why: share / len(some) for why, share in quiet.unjudged.items()})
    return ", ".join(f"{why} {share:.0%}" for why, share in shares.most_common(2) if share >= 0.05)


def _aims(done: Sequence[Played], quiet: Sequence[Quiet], film: Mapping[str, list[str]] | None) -> None:
    table = Table("figure", "tolerances", "aim", "reached", "")
    rows = warned.aims(done, quiet, film)
    for aim in rows:
        table.add_row(aim.figure, aim.setting, aim.aim, aim.shown, "" if aim.reached else "not reached")
    screen.print(table)
    screen.print(f"{sum(a.reached for a in rows)} of {len(rows)} aims reached.")
