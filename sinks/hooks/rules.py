"""Alert rules: read from TOML with errors that name file, line and key, and kept in the topic `rules`."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from newstide import tomlfile
from newstide.errors import SettingsError
from newstide.log import get
from newstide.ports import Log, Message
from newstide.records import Rule, decode, encode
from newstide.spans import seconds
from newstide.topics import RULES

CONDITIONS = ("entity", "topic", "words", "language", "source")
LISTS = ("hooks", *CONDITIONS)
KEYS = ("name", *LISTS, "at_least", "within")
# Below 10 s a window is shorter than the way of an article; above 90 days every tick reads a season.
SHORTEST, LONGEST = 10, 90 * 86_400
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_].*)?")

_log = get("alerts")


def read(
    path: Path, hooks: Collection[str] | None = None, is_topic: Callable[[str], bool] = lambda _: True
) -> list[Rule]:
    """The `[[rule]]` tables of a TOML file, in their order. `hooks`: the names that settings know.

    `is_topic`: does an article's topic ever go by this id or name?

    Raises SettingsError with one line, `file:line: key: reason`, for everything that is wrong.
    """
    text, tables = tomlfile.read(path)
    wrong = [
        f"{path}:{tomlfile.line(text, key)}: {key}: no such key; rules are [[rule]]" for key in tables if key != "rule"
    ]
    entries = tables.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SettingsError(f"{path}:{tomlfile.line(text, 'rule')}: rule: expected [[rule]] tables")
    names: set[str] = set()
    for number, entry in enumerate(entries):
        errors = [*_errors(entry, hooks), *_never(entry, is_topic), *_duplicate(entry, names)]
        wrong += [f"{path}:{tomlfile.line(text, 'rule', number, key)}: {key}: {reason}" for key, reason in errors]
    if not entries and not wrong:
        wrong = [f"{path}: holds no rule; rules are [[rule]]"]
    if wrong:
        raise SettingsError("\n".join(wrong))
    return [_rule(entry) for entry in entries]


def put(log: Log, rules: Sequence[Rule]) -> None:
    """Write the rules; one of the same name is replaced."""
    if rules:
        log.produce([Message(RULES.name, rule.name, encode(rule)) for rule in rules])


def remove(log: Log, name: str) -> bool:
    """Take the rule away; False where there was none."""
    if name not in log.latest(RULES.name):
        return False
    log.produce([Message(RULES.name, name, None)])
    return True


def load(log: Log) -> list[Rule]:
    """All rules, by name. One that cannot be read is left out, with an error in the log."""
    rules = []
    for name, value in sorted(log.latest(RULES.name).items()):
        try:
            rules.append(decode(value, Rule))
        except msgspec.DecodeError as e:
            _log.error("rule cannot be read", rule=name, error=str(e))
    return rules


def _rule(entry: dict[str, Any]) -> Rule:
    values = {key: _strings(entry[key]) or () for key in LISTS if key in entry}
    within = seconds(str(entry.get("within", Rule(name="").within)))
    return Rule(name=entry["name"], at_least=entry.get("at_least", 1), within=within or 0, **values)


def _errors(entry: dict[str, Any], hooks: Collection[str] | None) -> Iterator[tuple[str, str]]:
    yield from ((key, f"no such key; there are {', '.join(KEYS)}") for key in entry if key not in KEYS)
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        yield "name", "a rule needs a name on one line"
    for key in (key for key in LISTS if key in entry):
        values = _strings(entry[key])
        if values is None or not all(any(map(str.isalnum, value)) for value in values):
            yield key, "expected a text or a list of texts, none of them empty"
        elif key == "hooks" and hooks is not None:
            yield from ((key, f"settings know no hook {hook!r}") for hook in values if hook not in hooks)
    if not any(entry.get(key) for key in CONDITIONS):
        yield "rule", f"a rule needs a condition: {', '.join(CONDITIONS)}"
    at_least = entry.get("at_least", 1)
    if not isinstance(at_least, int) or isinstance(at_least, bool) or at_least < 1:
        yield "at_least", "expected a whole number of 1 or more"
    within = seconds(str(entry.get("within", SHORTEST)))
    if within is None or not SHORTEST <= within <= LONGEST:
        yield "within", 'expected 10 s to 90 d, such as "90s", "5m", "1h", "2d" or seconds'


def _never(entry: dict[str, Any], is_topic: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """What is well written and yet can meet no article."""
    for topic in _strings(entry.get("topic")) or ():
        if not is_topic(topic):
            yield "topic", f"no topic has the id or name {topic!r}; write such as medtop:15, sport, election"
    for language in _strings(entry.get("language")) or ():
        if not LANGUAGE.fullmatch(language):
            yield "language", f"{language!r} is no code of a language; write such as en or pt-BR"
    if "within" in entry and entry.get("at_least", 1) == 1:
        yield "within", "it counts only with an at_least above 1"


def _duplicate(entry: dict[str, Any], names: set[str]) -> Iterator[tuple[str, str]]:
    name = entry.get("name")
    if isinstance(name, str) and name in names:
        yield "name", f"a rule {name!r} stands above already"
    elif isinstance(name, str):
        names.add(name)


def _strings(value: object) -> tuple[str, ...] | None:
    """A text or a list of texts as a tuple; None for anything else."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None
