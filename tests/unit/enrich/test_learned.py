"""The learned witness, through the front door: what no rule knows goes, and place alone cuts nothing."""

import numpy as np
import pytest

from newstide.records import pack
from streams.enrich import boilerplate
from streams.models.training.boilerplate import fit
from streams.models.training.boilerplate_lines import Row

PARAGRAPHS = [
    f"The council of Lindholm decided on point {n} of its agenda after a long debate about the harbour and its ferries."
    for n in range(6)
]


def page(*last: str) -> bytes:
    text = "".join(f"<p>{part}</p>" for part in (*PARAGRAPHS, *last))
    return pack(f"<html lang='en'><title>Ferries stay</title><body><article>{text}</article></body></html>".encode())


KNOWN = [
    "Additional photos: Ada Example",
    "Das Video finden Sie auch auf YouTube",
    "Zum Weiterlesen im Netz",
]


@pytest.mark.parametrize("line", KNOWN)
def test_a_line_goes_that_is_like_those_that_went_elsewhere_and_can_be_put_back(article, line: str) -> None:
    found = article(page=page(line))
    assert found.text == "\n".join(PARAGRAPHS)
    assert boilerplate.restore(found.text, found.removed).endswith(line)
    assert found.removed == article(page=page(line)).removed


@pytest.mark.parametrize("line", KNOWN)
def test_a_text_without_a_page_is_not_its_business(article, line: str) -> None:
    assert article(text="\n".join([*PARAGRAPHS, line])).text.endswith(line)


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
        return Row("x.example", np.array([label, 2 + number % 5]), label, 1.0, cut=False, gold=True)

    rows = [row(number, number % 2) for number in range(40)]
    one, other = fit(rows), fit(rows)
    assert (one.weights == other.weights).all()
    stays, goes = one.chances([np.array([0, 2]), np.array([1, 2])])
    assert stays[0] > 0.8 > 0.5 > goes[0]
    assert one.classes[1 + int(goes[1:].argmax())] == "related"
