"""The user's own entities: `entities.toml`, which the setting `enrich.entities` names.

[[entity]]
name = "Lindholm Ferry Company"
aliases = ["LFC", "Lindholms Färjor"]
type = "ORG"
"""

import re
import tomllib
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from newstide.errors import SettingsError, why
from newstide.records import EntityType

# Composed as articles are, so that they meet. One letter would be found in every text; an id is one word, for it stands in rules and addresses.
Written = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200),
    AfterValidator(partial(normalize, "NFC")),
]
Id = Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=200)]


class OwnEntity(BaseModel):
    """One entry. `demonyms`: adjectives and peoples, which count half; without `id` it is `user:` and the name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Written
    type: EntityType
    aliases: tuple[Written, ...] = ()
    demonyms: tuple[Written, ...] = ()
    id: Id | None = None

    @field_validator("name", "aliases", "demonyms")
    @classmethod
    def _has_letters(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for name in [value] if isinstance(value, str) else value:
            if not any(c.isalnum() for c in name):
                raise ValueError(f"{name!r} has no letter and no digit")
        return value


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entity: list[OwnEntity] = Field(min_length=1)


class Fault(NamedTuple):
    line: int
    what: str


def read(path: Path) -> tuple[OwnEntity, ...]:
    """The entries, in their order. Raises SettingsError that names file, line, entry and key."""
    try:
        text = path.read_text("utf-8")
        entries = _File.model_validate(tomllib.loads(text)).entity
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError(f"{path}: cannot be read: {why(e)}") from None
    except tomllib.TOMLDecodeError as e:
        raise SettingsError(f"{path}: {e}") from None
    except ValidationError as e:
        raise _refused(path, [_fault(text, error) for error in e.errors()]) from None
    if shared := _shared(text, entries):
        raise _refused(path, shared)
    return tuple(entries)


def _refused(path: Path, faults: list[Fault]) -> SettingsError:
    return SettingsError("\n".join(f"{path}:{line}: {what}" for line, what in faults))


def _shared(text: str, entries: list[OwnEntity]) -> list[Fault]:
    """Names that two entries claim: a text would not say which of the two it means."""
    first: dict[str, int] = {}
    return [
        Fault(_line(text, number, key), f"entity {number + 1}: {key}: {name!r} already names entity {first[name] + 1}")
        for number, entry in enumerate(entries)
        for key, names in (("name", (entry.name,)), ("aliases", entry.aliases), ("demonyms", entry.demonyms))
        for name in names
        if first.setdefault(name, number) != number
    ]


def _fault(text: str, error: Any) -> Fault:
    """`loc` is ("entity", number of the entry, key, …), or shorter."""
    _, number, key, *_ = [*map(str, error["loc"]), "", "", ""]
    reason = "no such key" if error["type"] == "extra_forbidden" else error["msg"].removeprefix("Value error, ")
    if not number.isdigit():
        return Fault(1, f"{'.'.join(map(str, error['loc']))}: {reason}")
    return Fault(_line(text, int(number), key), f"entity {int(number) + 1}: {key + ': ' if key else ''}{reason}")


def _line(text: str, number: int, key: str) -> int:
    """The line of a key in the numbered `[[entity]]`, that of its header where the key is not written."""
    at, seen = 1, -1
    for line, content in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*entity\s*\]\]", content):
            seen += 1
            at = line if seen == number else at
        elif seen == number and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", content):
            return line
    return at
