"""`entities.toml`, from the settings file through `newstide process` to the record."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.service import Newstide, lines

OWN = """
[[entity]]
name = "Lindholm Ferry Company"
aliases = ["LFC", "Lindholms Färjor", "شركة ليندهولم"]
type = "ORG"

[[entity]]
name = "Georgia"
type = "PER"
id = "desk:georgia"

[[entity]]
name = "Vestland"
type = "LOC"
demonyms = ["Vestlander"]

[[entity]]
name = "Türkiye Cumhuriyeti"
aliases = ["the Republic's"]
type = "LOC"
id = "Q43"
"""
AWAY = "The weather in the north stayed calm all day, and the harbours were open until late in the evening, they said. "


@pytest.fixture
def newstide(tmp_path: Path) -> Newstide:
    (tmp_path / "entities.toml").write_text(OWN)
    (tmp_path / "newstide.toml").write_text("[enrich]\nentities = 'entities.toml'\n")
    return Newstide(tmp_path)


def processed(newstide: Newstide, *texts: str) -> list[dict[str, Any]]:
    records = [
        {"url": f"http://one.example/{n}", "title": "Harbours", "text": text, "fetched": "2026-03-03T12:00:00Z"}
        for n, text in enumerate(texts)
    ]
    done = newstide.run("process", "--through", "enrich", "-", stdin=lines(records))
    return [json.loads(line) for line in done.stdout.splitlines()]


def mentions(record: dict[str, Any]) -> dict[str, list[str]]:
    return {e["id"]: [m["text"] for m in e["mentions"]] for e in record["entities"]}


def test_own_names_are_found_and_win_over_lexicon_and_encoder(newstide: Newstide) -> None:
    [record] = processed(
        newstide,
        AWAY + "Lindholm Ferry Company's ships left. LFC Holdings said so. LFCs are none. Georgia laughed, and Georgia "
        "Brandt with her. Turkey and the Vestlander crews of Vestland went home.",
    )
    found = mentions(record)
    assert found["user:lindholm-ferry-company"] == ["Lindholm Ferry Company", "LFC"]
    assert set(found["desk:georgia"]) == {"Georgia"}
    assert "Q230" not in found  # Georgia, the country
    assert found["user:vestland"] == ["Vestlander", "Vestland"]
    assert found["Q43"] == ["Turkey"]
    kinds = {e["id"]: (e["name"], e["type"]) for e in record["entities"]}
    assert kinds["Q43"] == ("Türkiye Cumhuriyeti", "LOC")
    assert kinds["desk:georgia"] == ("Georgia", "PER")
    assert [(p["id"], p["country"]) for p in record["places"]] == [("Q43", "TR")]


def test_own_names_are_found_in_every_language(newstide: Newstide) -> None:
    german, arabic = processed(
        newstide,
        "Die Reederei Lindholms Färjor hat am Dienstag mitgeteilt, dass die Schiffe wieder fahren. LINDHOLMS FARJOR IST DA.",
        "قالت وزارة النقل في بيان لها يوم الثلاثاء إن السفن عادت إلى العمل وشركة ليندهولم وافقت على ذلك",
    )
    assert mentions(german)["user:lindholm-ferry-company"] == ["Lindholms Färjor", "LINDHOLMS FARJOR"]
    assert mentions(arabic)["user:lindholm-ferry-company"] == ["شركة ليندهولم"]


def test_a_name_with_a_small_letter_is_found_with_a_capital_where_a_sentence_begins(newstide: Newstide) -> None:
    (newstide.folder / "entities.toml").write_text(OWN.replace('"LFC", ', '"LFC", "the Line", '))
    [begun] = processed(
        newstide, "The Line would stop, it said. " + AWAY + '"The Line is well," they said. Nobody but the Line knew.'
    )
    assert mentions(begun)["user:lindholm-ferry-company"] == ["The Line", "The Line", "the Line"]


def test_the_version_of_the_file_is_part_of_what_an_article_is_made_by(newstide: Newstide) -> None:
    def made_by() -> str:
        article = {"url": "http://one.example/1", "title": "Harbours", "text": AWAY, "fetched": "2026-03-03T12:00:00Z"}
        shown = newstide.run("inspect", "-", stdin=lines([article])).stdout
        return next(line for line in shown.splitlines() if "made by" in line)

    before = made_by()
    (newstide.folder / "entities.toml").write_text(OWN.replace('"LFC", ', ""))
    after = made_by()
    (newstide.folder / "newstide.toml").write_text("")
    assert len({before, after, made_by()}) == 3
    assert "entities" in before
    assert "entities" not in made_by()


def test_a_bad_file_is_named_by_the_setting_and_by_itself(newstide: Newstide) -> None:
    (newstide.folder / "entities.toml").write_text("[[entity]]\nname = 'Acme'\ntype = 'FIRM'\n")
    refused = newstide.run("process", "-", check=False, stdin="")
    assert refused.returncode == 2
    assert "newstide.toml:2: enrich.entities: " in refused.stderr
    assert "entities.toml:3: entity 1: type: expected 'PER'" in refused.stderr


def test_a_file_that_is_not_there_is_named(newstide: Newstide) -> None:
    (newstide.folder / "entities.toml").unlink()
    assert "entities.toml: cannot be read" in newstide.run("process", "-", check=False, stdin="").stderr
