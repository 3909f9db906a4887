"""Which way imports point, how large files are, and how fast help answers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("newstide", "producers", "streams", "sinks")
HEAVY = {"chdb", "clickhouse_connect", "kafka", "faust", "aiokafka", "onnxruntime", "trafilatura", "feedparser", "numpy",
         "pandas", "uvicorn", "plotly", "lxml"}  # fmt: skip


def test_import_contracts_hold() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout


def test_help_imports_no_engine_and_answers_fast() -> None:
    code = "import sys, newstide.cli; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)
    best = min(_seconds([sys.executable, "-m", "newstide", "--help"]) for _ in range(3))
    bare = min(_seconds([sys.executable, "-c", "import typer"]) for _ in range(3))
    assert best < 10 * bare + 1  # a ratio, since machines differ; an engine alone would cost more


def _seconds(command: list[str]) -> float:
    import time

    begun = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begun


@pytest.mark.parametrize("package", PACKAGES)
def test_the_environment_is_read_in_one_place(package: str) -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert set(readers) <= {"newstide/settings.py"}


def test_files_and_functions_stay_small() -> None:
    long_files, long_functions = [], []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text()
            if len(text.splitlines()) > 400:
                long_files.append(str(path))
            long_functions += [
                f"{path}:{node.name}"
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
            ]
    assert not long_files
    assert not long_functions
