"""What is put right of the encoder's names."""

import pytest

from streams.enrich.bounds import whole
from streams.enrich.entities import recognise
from streams.enrich.words import Name
from tests.unit.enrich.test_entities import found, said, saying


def cut(text: str, *names: str) -> list[str]:
    marks = [Name(text.index(name), text.index(name) + len(name), "ORG") for name in names]
    return [text[name.start : name.end] for name in whole(marks, text)]


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("the Lindholm Band", "Lindholm Band"),
        ("Department of Roads in", "Department of Roads"),
        ("Lindholm (", "Lindholm"),
        ("- Lindholm", "Lindholm"),
        ("SDF-led", "SDF"),
        ("Rolls-Royce", "Rolls-Royce"),
        ("Lloyd's", "Lloyd's"),
        ("Inside Out", "Inside Out"),
    ],
)
def test_a_name_neither_begins_nor_ends_with_small_words_or_signs(marked: str, name: str) -> None:
    assert cut(f"He saw {marked} again.", marked) == [name]


@pytest.mark.parametrize("marked", ["The", "and", "-", "of the"])
def test_what_holds_no_name_is_none(marked: str) -> None:
    assert cut(f"He saw {marked} again.", marked) == []


def test_a_name_that_goes_on_after_in_is_one() -> None:
    assert cut("He joined Human Rights in China.", "Human Rights in", "China") == ["Human Rights in China"]


def test_a_name_ends_with_its_line() -> None:
    text = "Results: Maria Lindgren\nAda Oxford\nJohn Smith"
    assert [m.text for e in recognise([("", text, "en")])[0] for m in e.mentions] == text[9:].split("\n")


def test_an_address_names_nobody() -> None:
    text = "More at https://news.example/world/Iran-says-no or write to Iran@desk.example. Iraq agreed."
    assert set(found(text)) == {"Q796"}


def test_a_number_is_no_entity() -> None:
    assert not found("It rained in 2022 there.", witness=saying(**{"2022": "MISC"}))


def test_a_day_of_the_week_is_no_entity() -> None:
    text = "They met on Friday there."
    assert list(whole([Name(12, 18, "MISC")], text)) == []


def test_a_name_cut_before_its_last_word_is_whole() -> None:
    names = saying(Damascus="LOC", University="ORG", UK="LOC", Government="ORG", Ada_Oxford="PER")
    text = "Damascus University closed. The UK Government paid. Ada Oxford Government no."
    assert said(text, "x:org:damascus-university", witness=names) == ["Damascus University"]
    assert said(text, "x:org:british-government", witness=names)[0] == "UK Government"
    assert said(text, "x:per:ada-oxford", witness=names) == ["Ada Oxford"]
