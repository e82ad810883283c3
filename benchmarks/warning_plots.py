"""Draws the two plots of the warnings: sensitivity by severity, and the price of it in false warnings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from benchmarks import warned
from benchmarks.healthy import Quiet
from benchmarks.plot_style import BLUE, GREEN, INK, MAUVE, OCHRE, STYLE
from benchmarks.practised import CARDS, ONE_TOLERANCE, TO_FIND_1_MM
from benchmarks.trials import SEVERITIES, Played

COLOURS = {"sensitive": GREEN, "default": BLUE, "lenient": MAUVE, TO_FIND_1_MM.name: OCHRE}
PERCENT = "share warned of rightly, %"


def draw(done: Sequence[Played], quiet: Sequence[Quiet], to: Path) -> None:
    """Both plots as PNG into the folder `to`."""
    with plt.rc_context(STYLE):
        for name, figure in {
            "warnings-sensitivity.png": _sensitivity(done),
            "warnings-roc.png": _roc(done, quiet),
        }.items():
            figure.savefig(to / name, dpi=110)
            plt.close(figure)


def _sensitivity(done: Sequence[Played]) -> Any:
    outcomes = [o for p in done for o in p.outcomes]
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.4), sharey=True, layout="constrained")
    for axis, eye, unit, title, scale in (
        (axes[0], False, "true movement, mm", "skin", 1),
        (axes[1], True, "true narrowing, % of the rest gap", "eyelids", 10),
    ):
        for setting, colour in COLOURS.items():
            shares = warned.by_severity(outcomes, setting, eye=eye)
            points = [(s * scale, v * 100) for s, v in shares.items() if v is not None]
            label = (
                f"all at {setting} or {float(setting[:-3]) * 10:g} %"
                if setting == TO_FIND_1_MM.name
                else f"cards' {setting}"
            )
            axis.plot(
                *zip(*points, strict=True), marker="o", markersize=5, linewidth=2, color=colour, label=label
            )
        axis.axhline(95, color=INK, linewidth=1, linestyle=":")
        axis.set_title(title)
        axis.set_xlabel(unit)
        axis.set_xticks([s * scale for s in SEVERITIES if s not in (0.75,)])
        axis.set_ylim(-3, 103)
    axes[0].set_ylabel(PERCENT)
    axes[1].legend(title="tolerances", frameon=False, loc="lower right")
    return figure


def _roc(done: Sequence[Played], quiet: Sequence[Quiet]) -> Any:
    points = {str(point["setting"]): point for point in warned.roc(done, quiet)}
    figure, axis = plt.subplots(figsize=(7.6, 4.8), layout="constrained")
    for severity, colour in ((1.5, COLOURS["default"]), (1.0, COLOURS["sensitive"])):
        line = [points[s.name] for s in ONE_TOLERANCE]
        axis.plot(
            [p["false_per_10_minutes"] for p in line],
            [float(p[f"share_{severity:g}"]) * 100 for p in line],
            color=colour,
            linewidth=1.5,
            linestyle="--",
            marker="o",
            markersize=4,
            markerfacecolor="white",
            label=f"{severity:g} mm or {severity * 10:g} %: one tolerance for all, 0.4 to 1 mm",
        )
        for setting, marker in zip(CARDS, ("^", "s", "v"), strict=True):
            point = points[setting.name]
            axis.plot(
                point["false_per_10_minutes"],
                float(point[f"share_{severity:g}"]) * 100,
                linestyle="",
                marker=marker,
                markersize=10,
                color=colour,
                label=f"{severity:g} mm: cards' {setting.name}",
            )
    axis.axvline(warned.FALSE_PER_10_MINUTES, color=INK, linewidth=1, linestyle=":")
    axis.annotate(
        "aim: left of here",
        (warned.FALSE_PER_10_MINUTES, 2),
        xytext=(4, 0),
        textcoords="offset points",
        fontsize=10,
    )
    axis.set_xlabel("false warnings in 10 minutes of healthy practice")
    axis.set_ylabel(PERCENT)
    axis.set_ylim(-3, 103)
    axis.set_xlim(left=-0.1)
    axis.legend(frameon=False, fontsize=10, loc="lower right")
    return figure
