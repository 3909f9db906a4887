import os
import pickle
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from newstide.errors import SettingsError
from newstide.records import Article, Origin, decode, encode, pack
from streams.enrich import subtopics, topics
from streams.enrich.ner.encoder import FILES
from streams.pipeline import Chosen, enrich, enrich_bytes
from streams.step import Dropped, Reject

from .conftest import FETCHED, make_raw

REPORT = (
    "ANKARA (AA) — The Kurdistan Workers' Party (PKK) said on Monday that it will disarm. Foreign Minister Hakan Fidan "
    "welcomed the step in Baghdad. Fidan said the PKK must keep its word before the parliament votes on a new law."
)


def test_one_outcome_per_input_in_order() -> None:
    batch = [
        (None, make_raw(id="1", text=REPORT)),
        (None, make_raw(id="2")),
        (None, make_raw(id="3", title="Only a title here")),
    ]
    first, second, third = enrich(batch)
    assert isinstance(first, Article)
    assert first.id == "1"
    assert second == Dropped("no text")
    assert isinstance(third, Article)
    assert (third.title, third.text) == ("Only a title here", "")


def test_what_no_step_can_take_ends_alone() -> None:
    batch = [(None, make_raw(text=REPORT)), (None, make_raw(title=5)), (None, make_raw(text=REPORT))]
    first, broken, last = enrich(batch)
    assert first == last == enrich(batch[:1])[0]
    assert isinstance(broken, Reject)
    assert broken.reason == "step failed"
    assert "Error: " in broken.detail


def test_a_chosen_encoder_that_is_none_is_no_articles_fault(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text("{}")
    with pytest.raises(SettingsError, match=f"workers.names.*{tmp_path}"):
        enrich([(None, make_raw(text=REPORT))], chosen=Chosen(names=str(tmp_path)))


@pytest.mark.parametrize("spelt", [partial(unicodedata.normalize, "NFD"), "\u00ad".join])
def test_letters_in_pieces_and_soft_hyphens_change_nothing(article, spelt: Callable[[str], str]) -> None:
    title = "Erdoğan Çanakkale'de"
    text = (
        "Cumhurbaşkanı Recep Tayyip Erdoğan pazartesi günü Çanakkale'de konuştu. Törene bakanlar ve yurttaşlar katıldı."
    )
    assert article(title=spelt(title), text=spelt(text)) == article(title=title, text=text)


def test_neighbours_change_nothing() -> None:
    texts = [REPORT, "Fidan went home.", "مصر وتركيا", "", "The PKK (Party of Kind Kangaroos) met in Perth.", "😀"]
    batch = [(Origin(0, i), make_raw(id=str(i), text=t)) for i, t in enumerate(texts)]
    together = enrich(batch)
    assert list(reversed(enrich(batch[::-1]))) == together
    assert [enrich([entry])[0] for entry in batch] == together


@pytest.mark.parametrize(
    ("before", "counts"),
    [(timedelta(hours=1), True), (timedelta(days=7), True), (timedelta(days=8), False), (-timedelta(minutes=1), False)],
)
def test_time_is_published_only_when_recent_and_past(article, before: timedelta, counts: bool) -> None:
    published = FETCHED - before
    assert article(text=REPORT, published=published).time == (published if counts else FETCHED)


HOSTILE = {
    "emoji only": "😀😀😀 🎉",
    "one long word": "a" * 100_000,
    "long capital word": "A" * 100_000,
    "lone surrogates": "Ankara \ud800 said \udfff nothing",
    "right to left": "\u202bقال الرئيس أحمد الشرع في دمشق\u202c",
    "nul and controls": "Fidan\x00 said\x07 so\x1b[0m in Ankara",
    "five megabytes": "The minister met Hakan Fidan in Ankara (AA) today, and said so. " * 80_000,
    "brackets": "(" * 50_000 + "PKK" + ")" * 50_000,
    "capitals and links": "Van der De La Al Bin " * 5_000,
    "quotes": "\"'“”" * 20_000,
    "unclosed tags": "<div><p><b>" * 5_000 + "text",
    "sentences of donations": "Please donate " * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_an_outcome_in_bounded_time(name: str) -> None:
    start = time.process_time()
    [outcome] = enrich(
        [(None, make_raw(title=HOSTILE[name][:300], text=HOSTILE[name], extra={"x": [HOSTILE[name][:50]]}))]
    )
    assert time.process_time() - start < 6
    assert isinstance(outcome, Article)
    encode(outcome)
    for entity in outcome.entities:
        for mention in entity.mentions:
            assert getattr(outcome, mention.field)[mention.start : mention.end] == mention.text


def test_title_falls_back_to_the_first_words(article) -> None:
    assert article(text="A short report about rain.\nMore follows.").title == "A short report about rain."


def test_extraction_failure_is_named_when_feed_text_takes_over(article) -> None:
    found = article(
        title="T", text="What the feed said of it.", page=pack(b"%PDF-1.7 binary"), page_type="application/pdf"
    )
    assert found.extra["extraction"] == "not html"
    assert found.text == "What the feed said of it."


def test_users_own_extra_keys_survive(article) -> None:
    found = article(title="T", text="x y z", page=pack(b"%PDF"), extra={"extraction": "mine", "n": 1})
    assert found.extra == {"extraction": "mine", "n": 1}


@pytest.mark.parametrize(
    ("page", "page_type", "reason"),
    [
        (b"%PDF-1.4", None, "not html"),
        (b"\x89PNG\r\n<", "image/png", "not html"),
        (b"<html>" + b" " * 20_000_001, "text/html", "too large"),
        (b"", "text/html", "empty page"),
        (b"<html><body><script>show()</script></body></html>", "text/html", "script-only page"),
    ],
)
def test_page_without_article_is_dropped_with_its_reason(page: bytes, page_type: str | None, reason: str) -> None:
    assert enrich([(None, make_raw(page=pack(page), page_type=page_type))]) == [Dropped(reason)]


def test_damaged_page_is_named() -> None:
    assert enrich([(None, make_raw(page="AAAA"))]) == [Dropped("damaged page")]


def test_bytes_step_answers_article_dropped_and_reject() -> None:
    good, empty = encode(make_raw(text=REPORT)), encode(make_raw())
    answers = enrich_bytes([(2, 7, good), (2, 8, empty), (2, 9, b"{not json"), (2, 10, b'{"id": 5}')])
    assert [kind for kind, _ in answers] == ["article", "dropped", "reject", "reject"]
    assert decode(answers[0][1], Article).origin == Origin(2, 7)
    assert answers[1][1] == b"no text\t"
    assert answers[2][1].startswith(b"unreadable record\t")


def test_bytes_step_rejects_what_json_writers_cannot_nest() -> None:
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    value = encode(make_raw(text=REPORT)).replace(b'"extra":{}', b'"extra":' + deep)
    [(kind, _)] = enrich_bytes([(0, 0, value)])
    assert kind == "reject"


def test_bytes_step_pickles_by_name() -> None:
    assert pickle.loads(pickle.dumps(enrich_bytes)) is enrich_bytes


def test_result_does_not_depend_on_the_process() -> None:
    """Hash randomisation must not reach the record."""
    code = (
        "import sys; from streams.pipeline import enrich_bytes;"
        "sys.stdout.buffer.write(enrich_bytes([(0, 0, sys.stdin.buffer.read())])[0][1])"
    )
    value = encode(make_raw(title="PKK to disarm, Fidan says", text=REPORT * 3, sections=("World", "Politics")))
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=value,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_record_names_what_it_depends_on(article) -> None:
    made_by = article(text=REPORT).made_by
    assert set(made_by) == {"lexicon", "boilerplate", "names", "topics", "multilingual", "vector", "rules"}
    assert len(made_by["lexicon"]) == len(made_by["boilerplate"]) == 8
    assert made_by["topics"] == topics.model().version + subtopics.model().version


def test_same_input_encodes_to_same_bytes() -> None:
    batch = [(0, 1, encode(make_raw(text=REPORT)))]
    assert enrich_bytes(batch) == enrich_bytes(batch)


def test_cost_grows_with_the_text_not_with_its_square() -> None:
    """A regular expression that backtracks would show here."""

    def seconds(text: str) -> float:
        start = time.process_time()
        enrich([(None, make_raw(text=text))])
        return time.process_time() - start

    for piece in (
        "please donate ",
        "A. ",
        "(PKK (",
        "Aa-",
        "a.b.",
        "Van der ",
        "M. ",
        "U.S",
        "sign up for our ",
        "\n- ",
        "U.S. The donation ",
        "“donate to us ",
        "(Photo by us ",
        "\nRead also: us",
        " ",
        ".",
        'a." ',
    ):
        enrich([(None, make_raw(text=piece))])
        assert seconds(piece * 60_000) < 30 * max(0.02, seconds(piece * 6_000)), piece
