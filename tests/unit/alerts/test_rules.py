"""Rules in TOML: what is read, and that everything wrong is named with file, line and key."""

from pathlib import Path

import pytest

from newstide.errors import SettingsError
from newstide.ports import Message
from newstide.records import Rule
from newstide.topics import RULES
from sinks.hooks import rules
from tests.fakes import MemoryLog

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "alerts.md"


def write(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, "utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[[rule]]\nname = "a"\nhooks = ["desk"]\nentity = ["Q42", "UFC"]\ntopic = "medtop:11"\nwords = ["strike"]\n'
        'language = ["en"]\nsource = ["a.example"]\nat_least = 5\nwithin = "2h"\n\n[[rule]]\nname = "b"\nwords = ["x"]\n',
    )
    first, second = rules.read(path, hooks=["desk"])
    assert first == Rule(
        name="a",
        hooks=("desk",),
        entity=("Q42", "UFC"),
        topic=("medtop:11",),
        words=("strike",),
        language=("en",),
        source=("a.example",),
        at_least=5,
        within=7200,
    )
    assert second == Rule(name="b", words=("x",))


@pytest.mark.parametrize(
    ("written", "expected"),
    [('"90s"', 90), ('"5m"', 300), ('"1h"', 3600), ('"2d"', 172_800), ('"1w"', 604_800), ("75", 75)],
)
def test_a_window_may_be_written_with_its_unit(tmp_path: Path, written: str, expected: int) -> None:
    path = write(tmp_path, f'[[rule]]\nname = "a"\nwords = ["x"]\nat_least = 2\nwithin = {written}\n')
    assert rules.read(path)[0].within == expected


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('[[rule]]\nname = "a"\nwords = ["x"]\nhook = ["d"]\n', 4, "hook"),
        ('[[rules]]\nname = "a"\n', 1, "rules"),
        ('\n[[rule]]\nwords = ["x"]\n', 2, "name"),
        ('[[rule]]\nname = "  "\nwords = ["x"]\n', 2, "name"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\n\n[[rule]]\nname = "a"\nwords = ["y"]\n', 6, "name"),
        ('[[rule]]\nname = "a"\nhooks = ["desk"]\n', 1, "rule"),
        ('[[rule]]\nname = "a"\nat_least = 5\nwithin = "1h"\n', 1, "rule"),
        ('[[rule]]\nname = "a"\nwords = []\n', 1, "rule"),
        ('[[rule]]\nname = "a"\nwords = ["..."]\n', 3, "words"),
        ('[[rule]]\nname = "a"\nwords = [1]\n', 3, "words"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nwithin = "9s"\n', 4, "within"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nwithin = "91d"\n', 4, "within"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nwithin = "soon"\n', 4, "within"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nwithin = true\n', 4, "within"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nat_least = 0\n', 4, "at_least"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nat_least = "3"\n', 4, "at_least"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nhooks = ["nobody"]\n', 4, "hooks"),
        ('[[rule]]\nname = "a"\nwords = ["x"]\nwithin = "1h"\n', 4, "within"),
        ('[[rule]]\nname = "a"\nlanguage = ["English"]\n', 3, "language"),
        ('[[rule]]\nname = "a"\ntopic = ["sprot"]\n', 3, "topic"),
        ('rule = ["a"]\n', 1, "rule"),
        ('rule = [{name = "a", word = "x"}]\n', 1, "word"),
    ],
)
def test_a_wrong_rule_is_named_with_file_line_and_key(tmp_path: Path, text: str, line: int, key: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        rules.read(path, hooks=["desk"], is_topic={"sport"}.__contains__)
    assert f"{path}:{line}: {key}: " in str(error.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, '[[rule]]\nname = "a"\nword = ["x"]\n\n[[rule]]\nwords = ["x"]\nwithin = 1\nat_least = 2\n')
    with pytest.raises(SettingsError) as error:
        rules.read(path)
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in str(error.value).splitlines()] == ["3", "1", "5", "7"]


@pytest.mark.parametrize("content", [b"[[rule]\n", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_an_error_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"rules\.toml"):
        rules.read(path)
    with pytest.raises(SettingsError, match=r"none\.toml"):
        rules.read(tmp_path / "none.toml")


def test_rules_live_in_the_log() -> None:
    log = MemoryLog()
    rules.put(log, [Rule(name="b b", words=("x",)), Rule(name="a", words=("x",))])
    rules.put(log, [Rule(name="a", words=("y",))])
    log.produce([Message(RULES.name, "broken", b"{")])
    assert rules.load(log) == [Rule(name="a", words=("y",)), Rule(name="b b", words=("x",))]
    assert rules.remove(log, "a")
    assert not rules.remove(log, "a")
    assert [rule.name for rule in rules.load(log)] == ["b b"]


def test_the_guides_rules_can_be_read(tmp_path: Path) -> None:
    blocks = [part.split("```")[0] for part in GUIDE.read_text("utf-8").split("```toml\n")[1:]]
    files = [block for block in blocks if "[[rule]]" in block]
    assert files
    for block in files:
        assert rules.read(write(tmp_path, block), hooks=["desk"])


def test_a_file_without_a_rule_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"rules\.toml: holds no rule"):
        rules.read(write(tmp_path, "# nothing yet\n"))


def test_a_file_that_is_not_there_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(SettingsError) as error:
        rules.read(path, hooks=[])
    assert str(error.value) == f"{path}: cannot be read: No such file or directory"
