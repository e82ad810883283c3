"""Draws how much of each movement is read, by the coach and by the mesh alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.plot_style import BLUE, GREEN, MAUVE, OCHRE, STYLE

COLOURS = {"coach": (GREEN, BLUE), "mesh alone": (MAUVE, OCHRE)}


def draw(gains: Mapping[str, Mapping[tuple[str, str], float]], to: Path) -> None:
    """A bar for each movement, face and method: `gains` is movement to (face, method) to read / true; writes a PNG."""
    names = list(gains)
    pairs = sorted({pair for bars in gains.values() for pair in bars}, key=lambda pair: (pair[1], pair[0]))
    faces = sorted({face for face, _ in pairs})
    places, thick = np.arange(len(names))[::-1], 0.8 / len(pairs)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(8.4, 6.4), layout="constrained")
        axis.axvspan(0.8, 1.1, color=GREEN, alpha=0.08, label="aim")
        for number, (face, method) in enumerate(pairs):
            axis.barh(
                places + (len(pairs) / 2 - number - 0.5) * thick,
                [max(gains[name].get((face, method), 0.0), 0.0) for name in names],
                height=thick,
                color=COLOURS[method][faces.index(face) % 2],
                label=f"{method}: {face}",
            )
        axis.set_yticks(places, [name.replace("_", " ") for name in names])
        axis.set_xlabel("read / true movement of 1 to 4 mm (lids 0.5 to 3 mm)")
        axis.grid(axis="y", visible=False)
        axis.legend(frameon=False, fontsize=10, ncols=5, loc="lower center", bbox_to_anchor=(0.45, 1.0))
        figure.savefig(to / "accuracy.png", dpi=110)
        plt.close(figure)
