"""The user's own entities: `entities.toml`, which the setting `enrich.entities` names.

[[entity]]
name = "Lindholm Ferry Company"
aliases = ["LFC", "Lindholms Färjor"]
type = "ORG"
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from newstide import tomlfile, validation
from newstide.errors import SettingsError
from newstide.records import EntityType

# Composed as articles are, so that they meet. One letter would be found in every text; an id is one word, for it stands in rules and addresses.
Written = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200),
    AfterValidator(partial(normalize, "NFC")),
]


def _is_one_word(value: str) -> str:
    if value.split() != [value]:
        raise ValueError("expected one word")
    return value


Id = Annotated[str, StringConstraints(max_length=200), AfterValidator(_is_one_word)]


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


Fault = tuple[tuple[str | int, ...], str]  # the key as pydantic has it, and what is wrong there


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entity: list[OwnEntity] = Field(min_length=1)


def read(path: Path) -> tuple[OwnEntity, ...]:
    """The entries, in their order. Raises SettingsError that names file, line, entry and key."""
    text, tables = tomlfile.read(path)
    try:
        entries = _File.model_validate(tables).entity
    except ValidationError as e:
        raise _refused(
            path, text, [(error["loc"], validation.reason(error, "no such key")) for error in e.errors()]
        ) from None
    if shared := _shared(entries):
        raise _refused(path, text, shared)
    return tuple(entries)


def _shared(entries: list[OwnEntity]) -> list[Fault]:
    """Names that two entries claim: a text would not say which of the two it means."""
    first: dict[str, int] = {}
    return [
        (("entity", number, key), f"{name!r} already names entity {first[name] + 1}")
        for number, entry in enumerate(entries)
        for key, names in (("name", (entry.name,)), ("aliases", entry.aliases), ("demonyms", entry.demonyms))
        for name in names
        if first.setdefault(name, number) != number
    ]


def _refused(path: Path, text: str, faults: Sequence[Fault]) -> SettingsError:
    told = [f"{path}:{tomlfile.line(text, *keys)}: {_place(*keys)}: {what}" for keys, what in faults]
    return SettingsError("\n".join(told))


def _place(table: str | int, number: str | int = "", key: str | int = "", *_: str | int) -> str:
    """`entity 2: aliases`, as a person counts."""
    return f"{table} {number + 1}" + f": {key}" * bool(key) if isinstance(number, int) else str(table)
