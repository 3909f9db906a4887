"""The learned witness, through the front door: what no rule knows goes, and place alone cuts nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from newstide.records import pack
from streams.enrich import boilerplate
from streams.models.training.boilerplate import fit
from streams.models.training.boilerplate_lines import Row

CORPUS = Path(__file__).parents[2] / "data" / "boilerplate"
PARAGRAPHS = [
    f"The council of Lindholm decided on point {n} of its agenda after a long debate about the harbour and its ferries."
    for n in range(6)
]


def page(*last: str) -> bytes:
    text = "".join(f"<p>{part}</p>" for part in (*PARAGRAPHS, *last))
    return pack(f"<html lang='en'><title>Ferries stay</title><body><article>{text}</article></body></html>".encode())


KNOWN = ["Das Video finden Sie auch auf YouTube"]
KNOWN_OF_TEXTS = [
    *KNOWN,
    "Additional photos: Ada Example",
    "Zum Weiterlesen im Netz",
    "Tell your friends about this article",
    "Lust auf mehr? Unser Hafenbrief kommt jeden Freitag",
]


@pytest.mark.parametrize("line", KNOWN)
def test_a_line_goes_that_is_like_those_that_went_elsewhere_and_can_be_put_back(article, line: str) -> None:
    found = article(page=page(line))
    assert found.text == "\n".join(PARAGRAPHS)
    assert boilerplate.restore(found.text, found.removed).endswith(line)
    assert found.removed == article(page=page(line)).removed


@pytest.mark.parametrize("line", KNOWN_OF_TEXTS)
def test_a_text_without_a_page_loses_what_it_is_surer_of(article, line: str) -> None:
    text = "\n".join([*PARAGRAPHS, line])
    found = article(text=text)
    assert found.text == "\n".join(PARAGRAPHS)
    assert boilerplate.restore(found.text, found.removed) == text


@pytest.mark.parametrize("line", KNOWN_OF_TEXTS)
def test_a_text_of_one_line_is_too_little_to_tell(article, line: str) -> None:
    assert article(text=line).text == line


@pytest.mark.parametrize(
    "line", ["Madrid: 21C, clear", "Árbitro: Mateu Example", "Gele kaarten: De Jong, Timber", "Subs: Rice, Kane"]
)
def test_a_match_report_or_a_table_of_the_weather_keeps_its_last_line(article, line: str) -> None:
    text = "\n".join([*PARAGRAPHS[:3], line])
    assert article(text=text).text == text


def test_a_list_of_thousands_of_lines_is_no_article(article) -> None:
    text = "\n".join([*(f"Hafen {number}" for number in range(2_000)), KNOWN_OF_TEXTS[1]])
    assert article(text=text).text == text


def test_a_long_text_is_read_in_parts_with_the_same_answer(article) -> None:
    many = [f"{paragraph} It was item {number}." for number in range(60) for paragraph in PARAGRAPHS]
    found = article(text="\n".join([*many, KNOWN_OF_TEXTS[1]]))
    assert found.text == "\n".join(many)


TRAPS = [
    pytest.param(text, id=f"{file.stem}-{number}")
    for file in sorted(CORPUS.glob("*.jsonl"))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    for text in [json.loads(line)["text"]]
    if not json.loads(line)["cut"]
]


@pytest.mark.parametrize("trap", TRAPS)
def test_news_that_sounds_like_the_outlet_stays_also_for_the_witness(trap: str) -> None:
    text = "\n".join([*PARAGRAPHS, trap, *PARAGRAPHS])
    assert boilerplate.judge(text).heard({}, {}).carried_out() == boilerplate.judge(text).carried_out()


@pytest.mark.parametrize(
    "last",
    [
        ["The ferries sail on."],
        ["<a href='/x'>Harbour master resigns after the storm</a>", "The ferries sail on."],
        ["Correction: an earlier version named the wrong quay.", "“It is over,” she said."],
        ["“We will read the letter, and answer it,” said the mayor."],
    ],
)
def test_the_news_stays_at_the_end_too(article, last: list[str]) -> None:
    assert article(page=page(*last)).text.endswith(last[-1])


def test_training_is_repeatable_and_tells_two_kinds_of_line_apart() -> None:
    def row(number: int, label: int) -> Row:
        return Row("x.example", (np.array([label, 2 + number % 5]),), label, 1.0, cut=False)

    rows = [row(number, number % 2) for number in range(200)]
    one, other = fit(rows), fit(rows)
    assert (one.weights == other.weights).all()
    two_lines = [(np.array([0, 2, 1, 2]), np.array([0, 0, 1, 1]))]
    for alone in (False, True):
        stays, goes = one.chances(two_lines, 2, alone=alone)
        assert stays < 0.3 < 0.7 < goes
    assert one.why(two_lines, 1) == "related"
