"""What a stretch of work took: wall time, CPU time by who spent it, and what others took of the machine.

The machine is shared, so rates by the clock say little alone; CPU seconds are ours whoever else is busy.
"""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Measured:
    """`seconds` by the clock; `cpu` seconds by who spent them; `others`: CPU seconds that the rest of the machine
    took meanwhile.
    """

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    others: float = 0.0

    @property
    def spent(self) -> float:
        """CPU seconds of us all."""
        return sum(self.cpu.values())


@contextmanager
def measured(processes: Mapping[str, int] | None = None) -> Iterator[Measured]:
    """Measures its block: the named processes, else the threads of this one; each with its workers.

    They must be there from its start to its end.
    """
    found, look = Measured(), lambda: _cpu() if processes is None else _cpu_of(processes)
    begun, machine, cpu = time.perf_counter(), _machine(), look()
    yield found
    found.seconds = time.perf_counter() - begun
    found.cpu = {name: seconds - cpu.get(name, 0.0) for name, seconds in look().items()}
    found.others = max(0.0, _machine() - machine - found.spent)


def fresh(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The function's result from a process of its own, so that no round inherits anything."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def workers(pid: int) -> list[int]:
    """The spawned processes of a process."""
    own = [stat.parent for stat in Path("/proc").glob("[0-9]*/stat") if _fields(stat)[1:2] == [str(pid)]]
    return [int(process.name) for process in own if b"spawn_main" in _read(process / "cmdline")]


@dataclass(frozen=True, slots=True)
class Memory:
    """A process's proportional set size in MB, and of it what lies in no file: a kernel may let go of the rest."""

    pss: float
    anonymous: float


def memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    found = {name: int(rest.split()[0]) * 1024 / 1e6 for name, _, rest in (line.partition(":") for line in lines)}
    return Memory(found["Pss"], found["Pss_Anon"])


def _cpu() -> dict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for thread in threading.enumerate():
        found[_role(thread.name)] += _thread_seconds(thread.native_id)
    # What is left are threads that Python does not know (the store's engine), and those that ended.
    found["native threads"] = max(0.0, time.process_time() - sum(found.values()))
    found["workers"] = sum(_process_seconds(pid) for pid in workers(os.getpid()))
    return dict(found)


def _cpu_of(processes: Mapping[str, int]) -> dict[str, float]:
    found = {name: _process_seconds(pid) for name, pid in processes.items()}
    return found | {"workers": sum(_process_seconds(worker) for pid in processes.values() for worker in workers(pid))}


def _role(name: str) -> str:
    return "pool" if name.startswith("Thread-") else name


def _thread_seconds(thread: int | None) -> float:
    return int(Path(f"/proc/self/task/{thread}/schedstat").read_text().split()[0]) / 1e9


def _process_seconds(pid: int) -> float:
    user, system = _fields(Path(f"/proc/{pid}/stat"))[11:13]
    return (int(user) + int(system)) / TICKS


def _machine() -> float:
    """CPU seconds that all cores together have worked, or were taken from us, since the machine's start."""
    user, nice, system, _idle, _wait, irq, soft, steal = Path("/proc/stat").read_text().split()[1:9]
    return sum(map(int, (user, nice, system, irq, soft, steal))) / TICKS


def _fields(stat: Path) -> list[str]:
    """The fields after the command's name, which may hold spaces."""
    return _read(stat).decode("utf-8", "replace").rpartition(")")[2].split()


def _read(path: Path) -> bytes:
    """Nothing where the process has ended meanwhile."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
