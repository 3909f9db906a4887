"""The line of a key in TOML, whatever the values before it look like."""

import pytest

from newstide import tomlfile

RULES = """\
[[rule]]
words = [
  [1],
  "] # \\" [",  # ]
  [2]
]
at_least = 0

[[ rule ]]  # the second
text = \"\"\"
[[rule]]
within = 1
\"\"\"\"
other = '''
[rule]'''
empty = [""] # "[
within = 2

[["rule"]]
within = 3
[plain."a b"]
key = { a = [1], b = 2 }
more = 4
"""


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("rule", 0, "words"), 2),
        (("rule", 0, "at_least"), 7),
        (("rule", 1), 9),
        (("rule", 1, "other"), 14),
        (("rule", 1, "within"), 17),
        (("rule", 2, "within"), 20),
        (("plain", "a b", "key"), 22),
        (("plain", "a b", "more"), 23),
        (("rule", 0, "none"), 1),
        (("rule", 1, "none"), 9),
        (("nothing",), 1),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_is_found_at_its_line(keys: tuple[str | int, ...], expected: int, end: str) -> None:
    assert tomlfile.line(RULES.replace("\n", end), *keys) == expected
