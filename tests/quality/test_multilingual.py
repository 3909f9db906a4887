"""Topics of items in sixteen languages, none of which the model was trained on: `python -m pytest tests/quality/test_multilingual.py -m slow -s`.

`tests/data/topics/languages.tsv` holds 816 items that we wrote for it (language, numbers of the right topics, title, text): three
for each top-level topic in each language, by one who saw neither model nor rows. Nothing is trained on them.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from newstide.records import Topic
from streams.enrich import multilingual, topics

pytestmark = pytest.mark.slow

LEAST, SURE = 0.92, 0.94
ITEMS = Path(__file__).parents[1] / "data" / "topics" / "languages.tsv"


class Answer(NamedTuple):
    language: str
    wanted: frozenset[int]
    best: int
    given: tuple[Topic, ...]


def answers() -> list[Answer]:
    found = []
    for line in ITEMS.read_text("utf-8").splitlines():
        language, numbers, title, text = line.split("\t")
        point = multilingual.find(title, text, language)
        chances = topics.chances(title, text, language, (), "", point)
        best = max(chances, key=chances.__getitem__)
        given = topics.classify(title, text, language, (), "", point)
        found.append(Answer(language, frozenset(map(int, numbers.split())), _number(best), given))
    return found


def _number(topic: str) -> int:
    return int(topic[7:9])


def share(right: Iterable[bool]) -> float:
    all_of = list(right)
    return sum(all_of) / len(all_of)


def test_the_best_topic_is_right_in_languages_that_nothing_was_trained_on() -> None:
    read = answers()
    right = share(each.best in each.wanted for each in read)
    topped = [each for each in read if each.given]
    sure = share(_number(each.given[0].id) in each.wanted for each in topped)
    print(f"\nbest topic right {right:.3f}; given {len(topped) / len(read):.3f}, right of these {sure:.3f}")
    for language in sorted({each.language for each in read}):
        some = [each for each in read if each.language == language]
        print(f"{language} {share(each.best in each.wanted for each in some):.2f}", end="  ")
    print()
    for number in range(1, 18):
        some = [each for each in read if number in each.wanted]
        print(f"{number} {share(each.best in each.wanted for each in some):.2f}", end="  ")
    assert right >= LEAST
    assert sure >= SURE
