"""One life in a process of its own, so that several are lived at once: python -m coach.demo.alone, pickle in and out.

Not multiprocessing: its new processes load whatever script the first one was begun with, and that may be no script of
ours.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from coach.demo.life import Life
from coach.demo.marking import DemoRefused
from coach.demo.person import Person

_ROOT = Path(__file__).resolve().parents[2]


def alone(lived: Callable[[Person], Life], person: Person) -> Life:
    """What `lived` gives of a person; both must be what pickle can carry.

    Raises:
        DemoRefused: the other process broke off; it has said why by then.
    """
    told = pickle.dumps((lived, person))
    done = subprocess.run([sys.executable, "-m", __name__], cwd=_ROOT, input=told, stdout=subprocess.PIPE)
    if done.returncode:
        raise DemoRefused(f"The life of {person.name} broke off (the reason is above). Please try again.")
    life = pickle.loads(done.stdout)
    assert isinstance(life, Life)
    return life


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends it without a word; who began it has the say
    lived, person = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(lived(person)))
