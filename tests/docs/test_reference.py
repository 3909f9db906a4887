"""The reference is fresh, and names everything that the running objects have."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newstide import records
from newstide.settings import load
from producers import jsonlines
from tests.docs.markdown import ROOT, documented, read, sections

NAMED = '[topics.NAME]\nexamples = ["word"]\n[hooks.NAME]\nurl = "https://desk.example/"\nsecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="\n'


def test_the_pages_are_fresh() -> None:
    check = [sys.executable, str(ROOT / "docs/generate.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_page_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for name, text in generate.pages().items():
        (tmp_path / name).write_text(text.replace("newstide_alerts_total", "newstide_alarms_total"), "utf-8")
    monkeypatch.setattr(generate, "HERE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 1
    assert capsys.readouterr().out.split(":")[0] == "docs/reference/metrics.md"


def test_every_setting_is_there(tmp_path: Path) -> None:
    config = tmp_path / "newstide.toml"
    config.write_text(NAMED)
    page = read("docs/reference/settings.md")
    assert documented(page) == list(_keys(load(config).model_dump()))
    assert "| `sql.password` | none | secret |" in page
    assert "<class" not in page


def test_an_article_in_and_out_is_described_key_by_key() -> None:
    pages = sections(read("docs/reference/article.md"), "## ")
    assert set(documented(pages["In"])) == jsonlines.KEYS
    assert tuple(documented(pages["Out"])) == records.PUBLIC


def _keys(values: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{name}.")
        else:
            yield prefix + name
