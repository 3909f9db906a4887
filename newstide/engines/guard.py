"""What a guest's SQL may be: one reading statement that stays inside the database.

`readonly=1` refuses changes and table functions, yet lets through the scalar function `file()` and
`INTO OUTFILE`. Both show in the syntax tree of `EXPLAIN AST`, which is judged here instead of the words.
"""

import re

from newstide.errors import UsageError

READING = ("SelectWithUnionQuery", "ShowTables", "ShowCreate", "DescribeQuery", "Exists", "Explain")
# Scalar functions that leave the database or hold the server up.
FORBIDDEN = {"file", "sleep", "sleepEachRow", "getOSKernelVersion", "catboostEvaluate", "getServerSetting", "getenv"}

# Strings, quoted names, comments and heredocs, whose insides are no syntax.
OPAQUE = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.|``)*`|\"(?:[^\"\\]|\\.|\"\")*\"|--[^\n]*|#[ !][^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$",
    re.DOTALL,
)
NODE = re.compile(r"(?P<depth> *)(?P<kind>\S+)(?: (?P<rest>(?!\(children ).*?))?(?: \(children (?P<children>\d+)\))?\Z")


def single(statement: str) -> str:
    """The statement without its closing semicolon. Raises UsageError when there are several."""
    bare = statement.strip().rstrip(";").strip()
    if ";" in OPAQUE.sub(" ", bare):
        raise UsageError("one statement at a time")
    if not bare:
        raise UsageError("an empty statement")
    return bare


def check(tree: str) -> None:
    """Judge the answer of `EXPLAIN AST`. Raises UsageError for what a guest may not do."""
    lines = [line for line in tree.split("\n") if line.strip()]
    nodes = [NODE.match(line) for line in lines]
    first = nodes[0]
    if first is None or not first["kind"].startswith(READING):
        raise UsageError("only statements that read are allowed here")
    expected = 1
    for node in nodes:
        if node is None or expected == 0:
            raise UsageError("one statement at a time")
        expected += int(node["children"] or 0) - 1
        _judge(node)


def _judge(node: re.Match[str]) -> None:
    if node["kind"] == "Function" and (node["rest"] or "").split(" ")[0] in FORBIDDEN:
        raise UsageError(f"the function {(node['rest'] or '').split(' ')[0]} is not allowed here")
    if node["kind"] == "Literal" and len(node["depth"]) == 1:
        raise UsageError("INTO OUTFILE is not allowed here")
