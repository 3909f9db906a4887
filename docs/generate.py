"""The reference pages, made from the running objects, so that they cannot be wrong.

python docs/generate.py           write docs/reference/*.md
python docs/generate.py --check   write nothing; exit 1 and name the pages that are stale
"""

import argparse
import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import typer
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from newstide import metrics, records, topics
from newstide.cli import app
from newstide.settings import Settings
from newstide.web.api import OPERATIONS, PREFIX
from newstide.web.parameters import Param

HERE = Path(__file__).resolve().parent / "reference"
MADE = "<!-- Made by docs/generate.py; change what it reads, not this page. -->"
SIGNS = (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))
CODES = {
    0: "done",
    1: "it found something wrong, or an engine cannot do it",
    2: "used wrongly: a setting, an option, an id that is not there",
}
COMPLETION = {"install_completion", "show_completion"}  # the shell's matter, and worded by what the machine has
# Topic → its key, and what lies in it.
CONTENTS = {
    topics.RAW: ("article id", "articles as the producers met them"),
    topics.ENRICHED: ("article id", "articles with clean text, language, entities, places, topics, fingerprint"),
    topics.RESOLVED: ("article id", "the same with version, relation and story"),
    topics.DEAD: ("article id, else hash of the bytes", "what ended early, with its bytes: dropped or dead"),
    topics.DECISIONS: ("article id", "what the resolver decided on each input: its whole state"),
    topics.MOVES: (
        "old and new story id",
        "a story that was merged, and into which, or that came back; every step stays",
    ),
    topics.LINEAGE: ("article id", "what an article is after all, since its original came late, and why"),
    topics.PROFILES: ("outlet", "what the outlet repeats over its articles, as hashes of lines"),
    topics.FEEDS: ("`host url`", "the catalogue"),
    topics.FEED_STATE: ("`host url`", "what the last look at each feed came to"),
    topics.FEED_SEEN: ("`host url`", "the items that each feed carried, to tell new from old"),
    topics.RULES: ("name of the rule", "alert rules"),
    topics.ALERTS: ("alert key", "alerts raised"),
    topics.DELIVERIES: ("`webhook-id`", "each alert's way to each hook, with every try"),
    topics.ERASED: ("article id", "ids that must not be kept"),
}


def main() -> int:
    """Write or check every page; exit 1 when a check finds a stale one."""
    parser = argparse.ArgumentParser(description="Make the reference pages.")
    parser.add_argument("--check", action="store_true", help="only say which pages are stale")
    check = parser.parse_args().check
    stale = [name for name, text in pages().items() if not (HERE / name).is_file() or _read(name) != text]
    for name in stale:
        if not check:
            (HERE / name).write_text(pages()[name], "utf-8")
        print(f"docs/reference/{name}: {'stale; run python docs/generate.py' if check else 'written'}")
    return 1 if check and stale else 0


def pages() -> dict[str, str]:
    """Every page's text by its file name."""
    makers: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
        "settings.md": ("Settings", settings_page),
        "commands.md": ("Commands", commands_page),
        "topics.md": ("Topics", topics_page),
        "metrics.md": ("Metrics", metrics_page),
        "records.md": ("Records", records_page),
        "api.md": ("The JSON API", api_page),
    }
    return {
        name: "\n\n".join([f"# {title}", MADE, *(part.strip() for part in make())]) + "\n"
        for name, (title, make) in makers.items()
    }


def _read(name: str) -> str:
    return (HERE / name).read_text("utf-8")


# --- settings ---


def settings_page() -> Iterator[str]:
    yield (
        "Settings are read once at the start: from `newstide.toml` in the working directory, or the file that "
        "`newstide --config FILE` names, and from variables of the environment, which win. `__` stands between "
        "the levels, and lists are JSON: `NEWSTIDE_FETCH__ALLOW_PRIVATE='[\"127.0.0.1:8990\"]'`. An unknown key or "
        "variable, a wrong type or an impossible value is an error that names file, line and key, with exit code 2."
    )
    yield (
        "A `log` at `kafka://` and a `store` at `http://` or `https://` are for [several machines](../guides/distributed.md); "
        "a real ClickHouse server has not been tried yet."
    )
    rows = [(name, *setting(field)) for name, field in fields(Settings)]
    yield _table(("key", "default", "expects", "meaning"), [(f"`{n}`", d, e, m) for n, d, e, m in rows])
    yield "The variable of a key is `NEWSTIDE_` and the key in capitals, such as `NEWSTIDE_WEB__LISTEN`."


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its dotted key; `NAME` stands for a name of the user's choice."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        inner = get_args(kind)[1] if get_origin(kind) is dict else kind
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner, f"{prefix}{name}." + "NAME." * (inner is not kind))
        else:
            yield prefix + name, field


def setting(field: FieldInfo) -> tuple[str, str, str]:
    """A setting's default, what it expects, and its meaning."""
    value = field.default
    default = "required" if value is PydanticUndefined else "none" if value is None else f"`{_shown(value)}`"
    limits = [
        f"{word} {m:g}"
        for rule in field.metadata
        for sign, word in SIGNS
        if (m := getattr(rule, sign, None)) is not None
    ]
    return default, ", ".join([_expected(field.annotation), *limits]), field.description or ""


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return str(value).lower() if isinstance(value, bool | int | float) else f'"{value}"'


def _expected(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return "list of texts"
    choices = get_args(kind)
    if NoneType in choices:
        [kind] = (choice for choice in choices if choice is not NoneType)
        return _expected(kind)
    if choices:
        return " or ".join(f"`{choice}`" for choice in choices)
    names = {
        str: "text",
        Path: "path",
        bool: "true or false",
        int: "whole number",
        float: "number",
        SecretStr: "secret",
    }
    return names[kind]


# --- commands ---


def commands_page() -> Iterator[str]:
    yield (
        "Beside a running service a command speaks to it through `control.sock` in the data directory; without one "
        "it opens log and store itself. Data goes to stdout, talk to stderr. On a terminal, rows are a table; in a "
        "pipe they are separated by tabs; `--json` gives JSON."
    )
    yield "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in CODES.items()) + "."
    for context in commands():
        yield f"## {context.command_path}"
        yield context.command.help or ""
        if pieces := context.command.collect_usage_pieces(context):
            yield f"```text\n{context.command_path} {' '.join(pieces)}\n```"
        helped = [p.get_help_record(context) for p in context.command.params if p.name not in COMPLETION]
        rows = [(f"`{usage}`", " ".join(text.split())) for usage, text in filter(None, helped)]
        if rows:
            yield _table(("argument or option", "meaning"), rows)


def commands() -> Iterator[Any]:
    """A context of every command, groups included, in the order of `--help`."""

    def walk(command: Any, name: str, parent: Any) -> Iterator[Any]:
        context = command.make_context(name, [], parent=parent, resilient_parsing=True)
        yield context
        for inner, sub in getattr(command, "commands", {}).items():
            yield from walk(sub, inner, context)

    yield from walk(typer.main.get_command(app), "newstide", None)


# --- topics, metrics, records, the API ---


def topics_page() -> Iterator[str]:
    yield (
        "Every topic of the log. A record's partition is the CRC-32 of the first word of its key, modulo the partitions. "
        "A compacted topic keeps the newest value of each key; another keeps its records for the days named, and longer "
        "where a reader has not read them yet. When the slowest reader is more than `limit` records behind, producing waits."
    )
    rows = []
    for spec in topics.ALL:
        kept = "compacted" if spec.compacted else f"{spec.retain // topics.DAY} days"
        limit = str(spec.limit) if spec.readers and not spec.compacted else ""
        record = spec.record.__name__
        link = f"[{record}](records.md#{record.lower()})"
        key, content = CONTENTS[spec]
        rows.append((f"`{spec.name}`", link, content, key, str(spec.partitions), kept, ", ".join(spec.readers), limit))
    yield _table(("topic", "record", "holds", "key", "partitions", "kept", "readers", "limit"), rows)


def metrics_page() -> Iterator[str]:
    yield "Served at `/metrics` of `web.listen` in the Prometheus text format, beside the usual `process_…` and `python_…`."
    rows = []
    for collector in collectors():
        [family] = collector.describe()
        name = family.name + "_total" * (family.type == "counter")
        rows.append((f"`{name}`", family.type, ", ".join(collector._labelnames), family.documentation))  # noqa: SLF001 - it has no public name
    yield _table(("metric", "kind", "labels", "meaning"), rows)


def collectors() -> list[MetricWrapperBase]:
    """The metrics of the house, in the order of their file."""
    return [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]


def records_page() -> Iterator[str]:
    yield (
        "What travels on the log, as JSON objects with these keys in this order. Times are RFC 3339 in UTC. "
        "[One article](article.md) explains the public keys of `Article`."
    )
    for kind in record_types():
        yield f"## {kind.__name__}"
        if not (kind.__doc__ or "").startswith(f"{kind.__name__}("):  # a docstring that dataclass made up
            yield _unindented(kind.__doc__ or "")
        rows = [(f"`{f.name}`", f"`{str(f.type).replace('|', 'or')}`", _default(f)) for f in dataclasses.fields(kind)]
        yield _table(("key", "type", "default"), rows)


def record_types() -> list[type]:
    rooms = (records.articles, records.deciding, records.operating)
    return [v for room in rooms for v in vars(room).values() if isinstance(v, type) and v.__module__ == room.__name__]


def api_page() -> Iterator[str]:
    yield (
        f"Served under `{PREFIX}` by the web role (`web.listen`), reading only: GET and HEAD. The same in machine-readable\n"
        "form is at `/openapi.json`."
    )
    yield (
        "Every answer is an object of `complete_until`, the moment up to which everything fetched is in it, and `data`.\n"
        "Times are RFC 3339 in UTC; a span of time is a number of seconds, or a number with `s`, `m`, `h`, `d` or `w`.\n"
        'A parameter that cannot be used answers 400 with `{"error": …, "parameter": …}`, an unknown id 404.\n'
        "Lists with `next` go on with `before=` and that value; `next` is null on the last page."
    )
    yield (
        "Beside it: `/healthz` (200 while the process lives), `/readyz` (200, or 503 with what is missing), `/metrics`\n"
        "(Prometheus)."
    )
    for operation in OPERATIONS:
        yield f"## GET {PREFIX}{operation.path}"
        yield f"{operation.summary}."
        if operation.params:
            yield _table(("parameter", "default", "meaning"), [_parameter(param) for param in operation.params])
        many = isinstance(operation.shape, list)
        keys = ", ".join(f"`{name}`" for name in (operation.shape[0] if many else operation.shape))
        yield f"`data` is {'a list of objects' if many else 'an object'} with {keys}."


def _parameter(param: Param) -> tuple[str, str, str]:
    default = "required" if param.required else f"`{param.default}`" if param.default else ""
    return f"`{param.name}`", default, param.help


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default_factory is not dataclasses.MISSING:
        return f"`{field.default_factory()!r}`"
    if field.default is dataclasses.MISSING:
        return "required"
    return "`null`" if field.default is None else f"`{field.default!r}`"


def _unindented(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
