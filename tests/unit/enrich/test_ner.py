"""What the encoder reads and what its answers mean."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from newstide.settings import BROUGHT
from streams.enrich.ner import tags, units
from streams.enrich.ner.encoder import MOST_WINDOWS, READ, Encoder, Ints, Run, encoder, remembering, version
from streams.enrich.ner.tags import TAGS, Floats
from streams.enrich.ner.units import LONGEST


@dataclass
class Encoding:
    ids: list[int]
    word_ids: list[int | None]


class Letters:
    """A tokenizer with one piece a letter; combining marks have none."""

    @staticmethod
    def encode(sequence: list[str], *, is_pretokenized: bool, add_special_tokens: bool) -> Encoding:
        assert is_pretokenized
        assert not add_special_tokens
        pairs = [(ord(c), at) for at, unit in enumerate(sequence) for c in unit if c.isalnum() or c in ".\ufffd"]
        return Encoding([i for i, _ in pairs], [at for _, at in pairs])


class Capitals:
    """A model for which capitals are persons, and capitals that follow belong to them. It counts its windows."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, ids: Ints, shapes: Ints) -> Floats:
        assert ids.shape == shapes.shape
        assert len(ids) <= LONGEST
        assert ids.all()
        self.calls += 1
        logits = np.zeros((*ids.shape, len(TAGS)), np.float32)
        logits[..., 0] = 1
        capital = shapes == units.CAPITAL
        logits[capital, TAGS.index("B-PER")] = 2
        logits[capital, TAGS.index("I-PER")] = 2.5
        return logits


def read(text: str, model: Run | None = None) -> list[str]:
    found = Encoder(Letters, model or Capitals(), start=1, separator=2).names(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    return [text[name.start : name.end] for name in found]


def test_units_stand_where_they_say_and_split_at_signs() -> None:
    text = "SDF-led 🙂 Al-Sharaa's U.S.\n\ud800 x_y"
    assert [text[a:b] for a, b in units.spans(text)] == [
        *("SDF", "-", "led", "🙂", "Al", "-", "Sharaa", "'", "s", "U", ".", "S", "."),
        *("\ud800", "x", "_", "y"),
    ]


@pytest.mark.parametrize(
    ("unit", "shape"),
    [
        ("rebels", units.PLAIN),
        ("الشرع", units.PLAIN),
        ("Erdoğan", units.CAPITAL),
        ("PKK", units.UPPER),
        ("A", units.LETTER),
        ("McCain", units.MIXED),
        ("2026", units.DIGITS),
        ("G7", units.DIGITS_TOO),
        ("—", units.SIGN),
        ("\ud800", units.SIGN),
    ],
)
def test_shape_of_a_unit(unit: str, shape: int) -> None:
    assert units.shape(unit) == shape


def test_a_line_without_a_full_stop_is_closed() -> None:
    headline = units.pieces(Letters, ["Hi", "Bo"], separator=7)
    sentence = units.pieces(Letters, ["Hi", "\u0301", "."], separator=7)
    assert headline.ids == [*map(ord, "HiBo"), 7]
    assert headline.unit == [0, -1, 1, -1, -1]
    assert sentence.unit == [0, -1, 2]


def test_viterbi_gives_a_lawful_sequence_where_the_best_tags_are_none() -> None:
    logits = np.zeros((3, len(TAGS)), np.float32)
    for at, (first, second) in enumerate([("O", "B-ORG"), ("I-ORG", "O"), ("I-PER", "I-ORG")]):
        logits[at, TAGS.index(first)], logits[at, TAGS.index(second)] = 3, 2.9
    assert [TAGS[t] for t in tags.best(logits)] == ["B-ORG", "I-ORG", "I-ORG"]
    assert tags.best(logits[:0]) == []


def test_spans_of_neighbouring_names() -> None:
    sequence = ["B-MISC", "B-ORG", "I-ORG", "O", "B-PER"]
    assert tags.spans([TAGS.index(t) for t in sequence]) == [(0, 1, "MISC"), (1, 3, "ORG"), (4, 5, "PER")]


def test_names_stand_where_they_are_read_in_every_window() -> None:
    sentence = "1 day Hakan Fidan met some people in the old town, among them Orla. "
    assert read(sentence * 60) == ["Hakan Fidan", "Orla"] * 60


def test_a_name_ends_with_its_line() -> None:
    assert read("on Tuesday Hakan\nFidan met\n\nOrla") == ["Tuesday Hakan", "Fidan", "Orla"]


def test_a_sentence_stays_in_one_window_where_it_can() -> None:
    text = "x" * 100 + ". Ada bint Omar al-" + "x" * 10 + " left."
    model = Capitals()
    assert read(text, model) == ["Ada", "Omar"]
    assert model.calls == 2


def test_a_long_text_is_read_to_its_limits() -> None:
    model = Capitals()
    assert len(read("Ada went. " * 100_000, model)) < READ / len("Ada went. ")
    assert model.calls == MOST_WINDOWS


@pytest.mark.parametrize(
    "text", ["", "\n \n", "\u0301", "\ud800\udfff", "😀🎉", "a" * 100_000, "(" * 100_000, "قال الرئيس", "\u202b\u202c"]
)
def test_any_string_will_do(text: str) -> None:
    assert read(text) == []


def test_a_surrogate_does_not_move_what_follows() -> None:
    assert read("\ud800 Ada \udfff Orla") == ["Ada", "Orla"]


def test_a_copy_costs_only_what_its_outlet_changed() -> None:
    model, sentences = Capitals(), [f"{'x' * 90}. Ada met Omar al-{n} here." for n in "abcd"]
    memory = remembering(model)
    assert read(" ".join(sentences), memory) == read(" ".join(sentences), memory) == ["Ada", "Omar"] * 4
    calls = model.calls
    sentences[2] = sentences[2].replace("Omar", "Orla")
    assert read(" ".join(sentences), memory) == ["Ada", "Omar", "Ada", "Omar", "Ada", "Orla", "Ada", "Omar"]
    assert model.calls == calls + 1


def test_both_encoders_that_are_brought_read_names_and_are_told_apart() -> None:
    text = "Chancellor Ada Lindholm met officials of the Bank of Norvania in Oslo."
    for brought in BROUGHT:
        assert ("Ada Lindholm", "PER") in {(text[n.start : n.end], n.kind) for n in encoder(brought).names(text)}
    assert len({version(brought) for brought in BROUGHT}) == len(BROUGHT)
