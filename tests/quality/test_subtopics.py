"""Second-level topics against labels that we mapped or gave ourselves, on rows that were not looked at.

`python -m pytest tests/quality/test_subtopics.py -m slow -s`. No set labelled with IPTC codes is at hand: Reuters' indexers'
topics are mapped here, ECB+'s stories too, and of four sets 140 rows were judged by eye before there was a model
(subtopics.tsv: CRC-32 of the row, its set, all second-level topics that one may well give it).
"""

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from newstide.records import Topic
from streams.enrich import subtopics, topics, vector
from streams.models.training import jsonl, topic_sets
from tests.quality.test_enrich import DATA

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")]

BUSINESS, ECONOMY, MARKET, PRODUCTS = 170, 344, 385, 209
# Reuters' topic → what it may be. IPTC has currencies, rates and policy under economy, the dealing in them under market;
# what is grown, dug or refined under products, its trade on exchanges under market.
_WORDS = {
    (BUSINESS,): "earn acq",
    (MARKET, ECONOMY): "money-fx interest dlr yen stg dmk austdlr saudriyal can dfl nzdlr rand peseta ringgit lit rupiah skr nkr dkr cruzado",
    (ECONOMY,): "trade money-supply gnp bop cpi wpi reserves ipi retail housing lei income instal-debt inventories cpu",
    (ECONOMY, 533, 523): "jobs",
    (PRODUCTS,): "ship",
    (MARKET, PRODUCTS): "grain wheat corn sugar oilseed coffee veg-oil gold soybean livestock nat-gas cocoa carcass copper iron-steel cotton barley rubber gas rice"
    " alum meal-feed palm-oil sorghum silver zinc pet-chem tin rapeseed strategic-metal hog orange lead soy-oil heat soy-meal fuel sunseed lumber tea oat nickel"
    " l-cattle sun-oil platinum rape-oil groundnut plywood jet coconut-oil coconut tapioca propane potato pork-belly linseed copra-cake palmkernel cornglutenfeed"
    " wool fishmeal palladium naphtha lin-oil rye red-bean groundnut-oil citruspulp rape-meal corn-oil cotton-oil castorseed castor-oil sun-meal lin-meal crude",
}  # fmt: skip
REUTERS = {word: ids for ids, words in _WORDS.items() for word in words.split()}
SAMPLE, SEED = 3000, 7
# Stories of ECB+ → what they may be. Topics 2, 5, 12, 18, 21, 23, 34 and 35 were looked at.
ECB = {
    1: (505, 802, 2, 464, 461), 3: (82, 106, 129), 4: (2, 501, 505), 6: (2,), 7: (822, 1108), 8: (82, 53, 129, 139), 9: (420, 621, 441, 593),
    10: (1148, 822), 11: (574, 593, 649), 13: (148, 82, 697, 168, 139), 14: (148, 168, 139), 16: (82, 129, 106), 19: (65, 129, 82),
    20: (148, 168), 22: (82, 106, 129), 24: (82, 129), 25: (822,), 26: (82, 129, 106), 27: (756, 209),
    28: (501, 45, 593, 129, 710, 717, 735, 498), 29: (822, 1108), 30: (756, 209), 31: (822, 1301, 1108), 32: (82, 106, 129), 33: (82, 106, 129),
}  # fmt: skip
Case = tuple[tuple[Topic, ...], frozenset[int], list[frozenset[int]]]


def _number(topic: Topic) -> int:
    return int(topic.id.removeprefix("medtop:2"))


def _below(title: str, text: str) -> tuple[Topic, ...]:
    point = vector.find(title, text, "en")
    return subtopics.classify(topics.classify(title, text, "en", (), point), (), point)


def _measured(name: str, cases: list[Case]) -> tuple[float, float, float]:
    """Precision over all that is given, recall over what each row is wanted to have, F1. A want is met by any of its ids."""
    given = right = wanted = met = 0
    having = sum(bool(found) for found, *_ in cases)
    for found, allowed, wants in cases:
        numbers = {_number(topic) for topic in found}
        given, right = given + len(numbers), right + len(numbers & allowed)
        wanted, met = wanted + len(wants), met + sum(bool(numbers & want) for want in wants)
    precision, recall = right / max(1, given), met / wanted
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{name}: {len(cases)} rows, {having} have one, {given} given, P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")
    return precision, recall, f1


def _reuters() -> Iterator[tuple[str, str, list[frozenset[int]]]]:
    rows = sorted(jsonl.rows(DATA / "topic/reuters21578_modapte.train.jsonl.gz"), key=lambda row: row["id"])
    random.Random(SEED).shuffle(rows)
    for row in rows[SAMPLE // 2 : SAMPLE]:
        wants = {frozenset(REUTERS[word]) for word in row["topics"] if word in REUTERS}
        body = "" if "Blah blah blah" in row["body"] else row["body"]  # nothing but a headline
        if wants:
            yield row["title"] or "", body, sorted(wants, key=sorted)


def test_reuters_topics_mapped_to_the_second_level() -> None:
    read = [(_below(title, body), wants) for title, body, wants in _reuters()]
    precision, recall, _ = _measured("Reuters", [(f, frozenset().union(*wants), wants) for f, wants in read])
    for number in (BUSINESS, ECONOMY, MARKET, PRODUCTS):
        only = [(tuple(t for t in f if _number(t) == number), wants) for f, wants in read]
        rows = [(f, frozenset().union(*wants), [want for want in wants if number in want]) for f, wants in only]
        _measured(f"  {number} alone", rows)
    commonest = (Topic(f"medtop:20000{BUSINESS}", "", 1.0),)
    _measured("  always business information", [(commonest, frozenset().union(*wants), wants) for _, wants in read])
    assert precision >= 0.82
    assert recall >= 0.55


def test_stories_of_ecb_plus() -> None:
    rows = [r for r in jsonl.rows(DATA / "cluster/ecbplus.topics1-35.jsonl.gz") if int(r["topic"]) in ECB]
    cases = [(_below("", " ".join(r["sentences"])), frozenset(ECB[int(r["topic"])])) for r in rows]
    precision, recall, _ = _measured("ECB+", [(found, right, [right]) for found, right in cases])
    assert precision >= 0.85
    assert recall >= 0.25


def test_rows_judged_by_eye() -> None:
    lines = Path(__file__).with_name("subtopics.tsv").read_text().splitlines()[1:]
    judged = {
        key: frozenset(int(number) - 20_000_000 for number in right.split("|"))
        for key, _, right in (line.split("\t") for line in lines)
    }
    rows = {
        f"{zlib.crc32(f'{row.title} {row.text}'.encode()):08x}": row
        for row in topic_sets.labelled(DATA)
        if row.part == "test"
    }
    cases = [(_below(rows[key].title, rows[key].text), right) for key, right in judged.items()]
    precision, recall, _ = _measured("judged", [(found, right, [right]) for found, right in cases])
    assert precision >= 0.82
    assert recall >= 0.45
