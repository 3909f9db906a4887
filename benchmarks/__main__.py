"""python -m benchmarks [name …]: what is measured, each benchmark in a process of its own."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from newstide.workers import available_cores

# Each name and the modules that it runs, in order.
BENCHMARKS = {
    "names": ("names",),
    "embedded": ("embedded",),
    "memory": ("memory",),
    "engines": ("sqlite_log", "sink", "resolver"),
    "latency": ("latency",),
    "copies": ("copies", "lineage"),
    "lookups": ("lookups",),
    "distributed": ("distributed", "enriching", "resolving"),
}


def main(names: list[str]) -> int:
    """Exit code: 0, 1 where one failed, 2 for a name that is none."""
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {available_cores()} cores, {time.strftime('%Y-%m-%d')}")
    return max(_run(module) for name in names or BENCHMARKS for module in BENCHMARKS[name])


def _run(module: str) -> int:
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"\n## {module} (load before it: {load})", flush=True)
    begun = time.perf_counter()
    code = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}"], cwd=Path(__file__).parents[1], check=False
    ).returncode
    print(f"{'took' if code == 0 else 'FAILED after'} {time.perf_counter() - begun:.0f} s", flush=True)
    return int(code != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
