"""A practice cut off by a dying process keeps every repetition that was acknowledged."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from practices import CHIN, EYE, a_repetition

from coach.records import open_records

ROOT = Path(__file__).resolve().parent.parent

WRITER = """
import sys
from datetime import datetime, timezone
from coach.assignment import Assignment
from coach.library import load_library
from coach.records import open_records
from practices import CHIN, EYE, a_course, a_repetition

records = open_records(sys.argv[1])
exercise = load_library().exercises["small-closed-smile"]
began = datetime.now(timezone.utc)
uid = records.begin_practice(records.profile().uid, exercise, None, Assignment(exercise.id), began)
print(uid, flush=True)
for number in range(1, 100_000):
    records.add_repetition(uid, a_repetition(number, EYE, CHIN), a_course())
    print(number, flush=True)
"""


def test_every_acknowledged_repetition_survives_kill_9(tmp_path: Path) -> None:
    """Twenty times a writer is killed at a random moment, all into the same file."""
    url = f"sqlite:///{tmp_path / 'coach.sqlite'}"
    open_records(url).close()
    moments = random.Random(9)
    there = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    acknowledged: dict[str, int] = {}
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, url], cwd=ROOT, env=there, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            uid = writer.stdout.readline().strip()
            assert len(uid) == 32
            killer = threading.Timer(moments.uniform(0.0, 0.2), writer.send_signal, [signal.SIGKILL])
            killer.start()
            numbers = [int(line) for line in writer.stdout if line.endswith("\n")]
            killer.join()
        assert writer.returncode == -signal.SIGKILL
        acknowledged[uid] = len(numbers)

    raw = sqlite3.connect(tmp_path / "coach.sqlite")
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()
    records = open_records(url)
    patient = records.profile()
    practices = {practice.uid: practice for practice in records.practices(patient.uid)}
    courses = {uid: list(records.traces(uid, patient.uid)) for uid in practices}
    records.close()
    assert practices.keys() == acknowledged.keys()
    assert sum(acknowledged.values()) > 20
    for uid, count in acknowledged.items():
        repetitions = practices[uid].repetitions
        # One more may be in the file: written, but killed before it could be said.
        assert len(repetitions) in (count, count + 1)
        assert repetitions == tuple(a_repetition(n, EYE, CHIN) for n in range(1, len(repetitions) + 1))
        assert courses[uid] == [repetition.number for repetition in repetitions]
        assert practices[uid].ending is None
