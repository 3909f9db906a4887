"""Every page: its links resolve, its commands exist, and nothing in it is of one machine."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from newstide.cli import app
from tests.docs.markdown import FILES, ROOT, blocks, prose

LINK = re.compile(r"\]\((?!https?://|#)([^)\s#]*)(?:#([^)\s]+))?\)")
ENDS = {"|", ">", "<", ";", "&&", "&"}
pages = pytest.mark.parametrize("page", FILES, ids=lambda path: str(path.relative_to(ROOT)))


@pages
def test_links_resolve(page: Path) -> None:
    for target, anchor in LINK.findall(prose(page.read_text("utf-8"))):
        there = (page.parent / target).resolve()
        assert there.exists(), f"{target} is not there"
        assert not anchor or anchor in _anchors(there.read_text("utf-8")), f"{target} has no heading #{anchor}"


@pages
def test_commands_exist(page: Path) -> None:
    for words in _commands(page.read_text("utf-8")):
        command: Any = typer.main.get_command(app)
        options = {"--help", *_options(command)}
        while words and (inner := getattr(command, "commands", {}).get(words[0])):
            command = inner
            options |= _options(command)
            words.pop(0)
        named = [word.partition("=")[0] for word in words if word.startswith("--")]
        assert set(named) <= options, f"{command.name} has no {set(named) - options}"
        assert not hasattr(command, "commands") or command.invoke_without_command, f"{command.name} {words}"


def _commands(markdown: str) -> Iterator[list[str]]:
    """The words after `newstide` of every command in a shell's block."""
    for line in "".join(blocks(markdown, "sh", "console")).splitlines():
        if "newstide " not in line:
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        while words and (re.fullmatch(r"[A-Z_]+=.*", words[0])):
            words.pop(0)
        if words and Path(words[0]).name == "newstide":
            end = next((i for i, word in enumerate(words) if word in ENDS), len(words))
            yield words[1:end]


def _options(command: Any) -> set[str]:
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts) if name.startswith("-")}


def _anchors(markdown: str) -> set[str]:
    """The headings' anchors, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(markdown), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
