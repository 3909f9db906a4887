"""Which settings of a request reach the engine."""

import re
from collections.abc import Container, Iterable, Mapping
from typing import Any

from newstide.errors import UsageError

# What a guest may set: how answers look and how SQL is read, nothing that opens files or lifts a limit.
FREE = {
    "aggregate_functions_null_for_empty", "cast_keep_nullable", "count_distinct_implementation", "date_time_input_format",
    "date_time_output_format", "extremes", "final", "format_csv_delimiter", "format_csv_null_representation",
    "format_tsv_null_representation", "group_by_use_nulls", "join_use_nulls", "limit", "offset",
    "prefer_column_name_to_alias", "session_timezone", "transform_null_in", "union_default_mode",
}  # fmt: skip
FREE_PREFIX = "output_format_"
WRITING = {"output_format_schema"}  # names a file
# What clients send of themselves about transport, writing and permissions: dropped, for it changes no answer here.
TRANSPORT = ("http_", "send_", "cancel_", "log_", "async_insert", "wait_for_", "readonly", "allow_", "max_insert_")

# A list of the settings, as formatQuery writes it: plain columns, of which `readonly` is one.
LISTING = re.compile(r"SELECT\s(?:\*\s|[\w\s,]+)(?=\bFROM system\.settings\b)")
COLUMN = re.compile(r"(?<! AS )\breadonly\b(?P<named> AS)?|\*")


def known(asked: Mapping[str, str], names: Container[str]) -> dict[str, str]:
    """What the engine knows of it; `readonly` last, for nothing can be set after it."""
    found = {name: value for name, value in asked.items() if name in names and name != "readonly"}
    return found | {name: value for name, value in asked.items() if name == "readonly"}


def guests(asked: Mapping[str, str], limits: Mapping[str, Any], names: Container[str]) -> dict[str, str]:
    """The guest's limits, tightened where it asks for that, and of its settings those that are free.

    A limit is never lifted: what asks for more gets ours. Raises UsageError for a setting that would be needed for the
    answer that was meant; what the engine does not know is dropped.
    """
    given = {name: value for name, value in asked.items() if _free(name)}
    for name in asked.keys() - given.keys() - limits.keys():
        if name in names and not name.startswith(TRANSPORT):
            raise UsageError(f"the setting {name} is not allowed here")
    ours = {name: _tighter(asked.get(name, ""), limit) for name, limit in limits.items()}
    return known(given | ours, names)


def listed(statement: str, limits: Mapping[str, Any]) -> str:
    """The statement; where it lists the settings, `readonly` is 0 of those that a guest may set.

    A read-only session says 1 of all, and a client that believes it sends none.
    """
    ours = FREE | {name for name, limit in limits.items() if isinstance(limit, int) and name != "readonly"}
    closed = f"name NOT IN {_names(ours)} AND (name IN {_names(WRITING)} OR NOT startsWith(name, '{FREE_PREFIX}'))"

    def told(column: re.Match[str]) -> str:
        value = f"toUInt8({closed})" + (column["named"] or " AS readonly")
        return f"* REPLACE ({value})" if column[0] == "*" else value

    found = LISTING.match(statement)
    return COLUMN.sub(told, found[0]) + statement[found.end() :] if found else statement


def _names(names: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in sorted(names)) + ")"


def _free(name: str) -> bool:
    return name not in WRITING and (name in FREE or name.startswith(FREE_PREFIX))


def _tighter(asked: str, limit: Any) -> str:
    """The lower of the two; 0 means without limit to the engine."""
    if not isinstance(limit, int) or not asked.isdigit():
        return str(limit)
    return str(min(int(asked) or limit, limit))
