"""Cards as a therapist might write them, made without a file."""

from __future__ import annotations

from coach.exercise import Dose, Drawing, Exercise, Judged, Target, Task, Tolerance, Watch

SOURCE = "proposal: for a test"
SMALL_SMILE = Target(movement="smile", unit="mm", low=2, high=4, source=SOURCE)


def a_card(
    name: str = "Small smile",
    judged: Judged = "movement",
    dose: Dose | None = None,
    target: Target | None = None,
) -> Exercise:
    """A card with what its kind of judging needs; the usual dose and a small smile unless told otherwise."""
    quiet = Watch(
        pattern="chin",
        compare="own_rest",
        unit="mm",
        tolerance=Tolerance(sensitive=0.8, default=1.0, lenient=1.5),
        source=SOURCE,
    )
    moves = judged in ("movement", "areas")
    tasks = [
        Task(id=f"task-{n}", name="Full smile", movement="smile", prompt="Smile.", source=SOURCE)
        for n in "ab"
    ]
    return Exercise(
        id=name.lower().replace(" ", "-"),
        name=name,
        clinical_id="E12",
        region="mouth",
        muscle="zygomaticus",
        branch="buccal",
        stages=("movement_control",),
        instruction="Think of a polite smile.",
        prompt="Ease into a small smile.",
        judged=judged,
        eyes_closed=False,
        quality="Good.",
        target=(target or SMALL_SMILE) if judged == "movement" else None,
        tasks=tuple(tasks) if judged == "range" else (),
        dose=dose or Dose(source=SOURCE),
        watch=() if judged in ("nothing", "range") else (quiet,),
        drawing=Drawing(moves={"corner_up": 2.0} if moves else {}),
        sources=(SOURCE,),
    )
