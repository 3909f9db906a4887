"""The README's console blocks, run in a folder of their own against a sample wire, as a reader would run them."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs import terminal
from tests.docs.markdown import ROOT, blocks, read
from tests.docs.transcript import entries, fits, plain

README = read("README.md")
PORT = "8990"  # the wire's port in the text; here it takes a free one
WATCHED = timedelta(minutes=2)  # the README's reader waits as long for the story to break


@pytest.fixture
def port() -> Iterator[str]:
    wire = _wire().serve(0, datetime.now(UTC) - WATCHED)
    yield str(wire.server_address[1])
    wire.shutdown()


@pytest.mark.timeout(300)
def test_the_readme_says_what_happens(port: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "newstide.toml").write_text(blocks(README, "toml")[0].replace(PORT, port))
    for entry in entries(README):
        code, printed = terminal.run(entry.command.replace(PORT, port), tmp_path, _environment())
        shown = plain(printed).replace(port, PORT)
        assert fits(entry.output, shown), (
            f"$ {entry.command}\n{shown}(exit {code}), where the README has\n" + "\n".join(entry.output)
        )


def _environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSTIDE_", "COLUMNS"))}
    return ours | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }


def _wire() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_wire", ROOT / "examples/first-run/wire.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("written", "printed", "same"),
    [
        (["stored 110"], "  stored         110\n", True),
        (["stored 110"], "stored 111\n", False),
        (["stored …"], "stored 111\n", True),
        (["…", "balanced"], "entered 110\nbalanced\n", True),
        (["…", "balanced"], "NOT balanced\n", False),
        ([], "newstide: something is wrong\n", False),
    ],
)
def test_a_transcript_fits_what_it_says_and_nothing_else(written: list[str], printed: str, same: bool) -> None:
    assert fits(written, printed) is same
