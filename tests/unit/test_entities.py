"""`entities.toml`: what is wrong is named with file, line, entry and key."""

from pathlib import Path

import pytest

from newstide import entities
from newstide.errors import SettingsError


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("[[entity]]\nname = 'Acme'\ntype = 'FIRM'\n", "entities.toml:3: entity 1: type: expected 'PER'"),
        ("[[entity]]\nname = 'Acme'\ntype = 'ORG'\nalias = ['A']\n", "entities.toml:4: entity 1: alias: no such key"),
        (
            "[[entity]]\nname = 'Acme'\ntype = 'ORG'\n[[entity]]\ntype = 'ORG'\n",
            "entities.toml:4: entity 2: name: it is missing",
        ),
        (
            "[[entity]]\nname = 'Acme'\ntype = 'ORG'\naliases = ['--']\n",
            "entities.toml:4: entity 1: aliases: '--' has no",
        ),
        ("[[entity]]\nname = 'Acme'\ntype = 'ORG'\nid = 'a b'\n", "entities.toml:4: entity 1: id: expected one word"),
        (
            "[[entity]]\nname = 'Acme'\ntype = 'ORG'\n[[entity]]\nname = 'Other'\naliases = ['Acme']\ntype = 'ORG'\n",
            "entities.toml:6: entity 2: aliases: 'Acme' already names entity 1",
        ),
        ("[[thing]]\nname = 'Acme'\n", "entities.toml:1: thing: no such key"),
        ("[[entity]\n", "entities.toml: Expected"),
        ("", "entities.toml:1: entity: it is missing"),
    ],
)
def test_a_bad_file_is_named_with_line_entry_and_key(tmp_path: Path, file: str, said: str) -> None:
    path = tmp_path / "entities.toml"
    path.write_text(file)
    with pytest.raises(SettingsError, match=r"entities\.toml") as error:
        entities.read(path)
    assert said in str(error.value)
