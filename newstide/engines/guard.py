"""What a guest's SQL may be: one reading statement that stays inside the database.

`readonly=1` refuses changes, yet lets through the function `file()`, `INTO OUTFILE`, the table function `python()` and
the tables of `system`. So the statement is judged too: the engine writes it anew (`formatQuery`: one statement, no
comments, heredocs or odd quotes), and of that text each node of its syntax tree (`EXPLAIN AST`) must be on a list here.
What was judged is what runs.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newstide.engines.catalogue import Catalogue
from newstide.errors import UsageError

REWRITE = "SELECT formatQuery({statement:String})"
PARSE = "EXPLAIN AST "

# Of `system`: what tells of SQL itself and of the tables; not what tells of files, machine, log or other people's work.
SYSTEM = {"one", "numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "tables", "columns", "databases", "functions",
          "settings", "formats", "data_type_families", "time_zones", "keywords", "aggregate_function_combinators",
          "table_functions", "collations"}  # fmt: skip
TELLING = {"system.tables", "system.databases"}  # … except these columns, so no `*` over them either
PATHS = {"data_path", "data_paths", "metadata_path"}
TABLE_FUNCTIONS = {"numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "generateSeries", "generate_series",
                   "values", "SQLStandardValues"}  # fmt: skip
MEMBERSHIP = re.compile(r"(?:global)?(?:not)?(?:null)?in(?:ignoreset)?", re.IGNORECASE)

HARMLESS = set(
    """ExpressionList SelectQuery SelectIntersectExceptQuery Subquery TableExpression TablesInSelectQuery
TablesInSelectQueryElement TableJoin ArrayJoin WithElement OrderByElement WindowDefinition WindowListElement SampleRatio
InterpolateElement ColumnsTransformerList ColumnsExceptTransformer ColumnsReplaceTransformer
ColumnsReplaceTransformer::Replacement Collation NameTypePair DataType""".split()
)
WILDCARDS = {"Asterisk", "QualifiedAsterisk", "ColumnsRegexpMatcher", "QualifiedColumnsRegexpMatcher",
             "ColumnsListMatcher", "QualifiedColumnsListMatcher"}  # fmt: skip
OTHERS = {"Function", "Identifier", "TableIdentifier", "Literal", "Set"}
READING = {"SelectWithUnionQuery", "DescribeQuery", "Explain"}

KNOWN = HARMLESS | WILDCARDS | READING | OTHERS
LONGEST_NAME = 256

NAME = r"(?:\w+|`[^`\\\n]+`)(?:\.(?:\w+|`[^`\\\n]+`))?"
LIKE = r"(?: (?:NOT )?I?LIKE '(?:[^'\\]|\\.)*')?"
END = r"(?: LIMIT \d+)?(?:\s+FORMAT \w+)?"
# Statements whose tree keeps quiet about a part of them.
SHOWING = re.compile(
    rf"SHOW (?:FULL )?(?:TABLES|DATABASES|COLUMNS|FUNCTIONS|SETTINGS)(?: FROM {NAME})*{LIKE}{END}"
    rf"|(?:SHOW CREATE|EXISTS) (?:TABLE |VIEW )?(?P<table>{NAME}){END}"
)
STRINGS = re.compile(r"'(?:[^'\\]|\\.)*'")
QUOTED = re.compile(r"`(?:[^`\\]|\\.)*`")
ROOM = re.compile(r" *")
TAIL = re.compile(r"(?: \(alias .*\))?(?: \(children \d+\))?\Z")


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the tree: `place` is its place among its parent's children."""

    kind: str
    name: str
    parent: "Node | None"
    place: int

    def above(self, steps: int) -> "Node | None":
        node: Node | None = self
        for _ in range(steps):
            node = node.parent if node else None
        return node


def judged(statement: str, rewrite: Callable[[str], str], parse: Callable[[str], str], catalogue: Catalogue) -> str:
    """The statement as it shall run. `rewrite` gives the answer of REWRITE, `parse` that of PARSE before a statement.

    Raises UsageError for what a guest may not do; the engine's own errors pass.
    """
    text = rewrite(statement).rstrip("\n")
    names = STRINGS.sub("''", text)
    if any("\\" in name or "\n" in name or len(name) > LONGEST_NAME for name in QUOTED.findall(names)):
        raise UsageError("names that are very long, or with backslashes or control characters, are not allowed here")
    words = QUOTED.sub("``", names)
    if "INTO OUTFILE" in words:
        raise UsageError("INTO OUTFILE is not allowed here")
    if re.search(r"\{\w+:\s*Identifier\}", words):
        raise UsageError("names as parameters are not allowed here")
    if text.startswith(("SHOW ", "EXISTS ")):
        _check_showing(text, catalogue)
    else:
        check(parse(text), catalogue)
    return text


def readable(statement: str | bytes) -> str:
    """The statement as text. Raises UsageError where it is none."""
    try:
        return statement if isinstance(statement, str) else statement.decode()
    except UnicodeDecodeError as e:
        raise UsageError(f"the statement is not UTF-8: byte {e.start}") from e


def escaped(text: str) -> str:
    """A String parameter's value as the engine reads it."""
    for plain, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0")):
        text = text.replace(plain, escape)
    return text


def _check_showing(text: str, catalogue: Catalogue) -> None:
    found = SHOWING.fullmatch(text)
    if not found:
        raise UsageError("this SHOW is not allowed here")
    if found["table"]:
        _check_table(found["table"].replace("`", ""), catalogue)


def check(tree: str, catalogue: Catalogue) -> None:
    """Judge the answer of `EXPLAIN AST`. Raises UsageError for what a guest may not do."""
    nodes = list(_nodes(tree))
    if not nodes or nodes[0].kind not in READING:
        raise UsageError("only statements that read are allowed here")
    telling = any(_table_of(node) in TELLING for node in nodes)
    for node in nodes:
        _check_kind(node)
        if node.kind == "Function":
            _check_function(node, catalogue)
        elif table := _table_of(node):
            _check_table(table, catalogue)
        elif node.kind == "Identifier":
            _check_name(node, catalogue, telling=telling)
        elif node.kind in WILDCARDS and telling and not _counted(node):
            raise UsageError("name the columns that you want of system.tables and system.databases")


def _nodes(tree: str) -> Iterator[Node]:
    path: list[tuple[Node, int]] = []  # from the root down, with the number of children met so far
    first = True
    for line in filter(str.strip, tree.split("\n")):
        found = ROOM.match(line)
        depth = found.end() if found else 0
        if depth > len(path) or (depth == 0 and not first):
            raise UsageError("one statement at a time")
        del path[depth:]
        kind, _, rest = line.strip().partition(" ")
        parent, place = path[-1] if path else (None, 0)
        if parent:
            path[-1] = (parent, place + 1)
        name = "" if kind == "Literal" else TAIL.sub("", " " + rest).strip()  # a literal may be long
        node = Node(kind, name, parent, place)
        path.append((node, 0))
        first = False
        yield node


def _check_kind(node: Node) -> None:
    parent = node.parent.kind if node.parent else ""
    if node.kind == "Literal" and parent in READING:
        raise UsageError("INTO OUTFILE is not allowed here")
    if node.kind == "Set" and (parent != "Explain" or node.place > 0):  # the options of EXPLAIN come first
        raise UsageError("SETTINGS is not allowed here")
    if node.kind == "ColumnsApplyTransformer":
        raise UsageError("APPLY is not allowed here")
    if node.kind not in KNOWN:
        raise UsageError(f"{node.kind} is not allowed here")


def _table_of(node: Node) -> str | None:
    """The table that the node names, if it names one: in FROM, or on the right of IN."""
    if node.kind == "TableIdentifier":
        return node.name
    function = node.above(2)
    if node.kind == "Identifier" and node.place == 1 and function and function.kind == "Function":
        return node.name if MEMBERSHIP.fullmatch(function.name) else None
    return None


def _check_table(name: str, catalogue: Catalogue) -> None:
    if not re.fullmatch(r"[^\s.]+(?:\.[^\s.]+)?", name):
        raise UsageError(f"the table {name} is not open here")
    database, _, table = name.rpartition(".")
    open_to_all = database.lower() == "information_schema" or (database == "system" and table in SYSTEM)
    if database not in {"", catalogue.database} and not open_to_all:
        raise UsageError(f"the table {name} is not open here")


def _check_function(node: Node, catalogue: Catalogue) -> None:
    name = node.name.split(" ")[0]
    if node.parent and node.parent.kind == "TableExpression":
        view = name.removeprefix(f"{catalogue.database}.")
        if name not in TABLE_FUNCTIONS and not catalogue.is_view(view):
            raise UsageError(f"the table function {name} is not allowed here")
    elif not catalogue.allows(name):
        raise UsageError(f"the function {name} is not allowed here")


def _check_name(node: Node, catalogue: Catalogue, *, telling: bool) -> None:
    """A name may stand for a function (`arrayMap(file, …)`), or for a column that tells of files."""
    if catalogue.forbids(node.name):
        raise UsageError(f"the name {node.name} is not allowed here, since a function has it")
    if telling and PATHS & set(node.name.split(".")):
        raise UsageError(f"the column {node.name} is not open here")


def _counted(node: Node) -> bool:
    function = node.above(2)
    return bool(function and function.kind == "Function" and function.name == "count")
