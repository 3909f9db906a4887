"""The training programme on a handful of sentences of our own."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from streams.enrich.ner import units
from streams.enrich.words import Name
from streams.models.training.ner import scores, sets

SENTENCE = ["Turkish", "Foreign", "Ministry", "met", "Kurdish", "Hawar", "News", "."]
TAGS = ["B-MISC", "B-ORG", "I-ORG", "O", "B-MISC", "B-ORG", "I-ORG", "O"]


def data(folder: Path, **rows: list[dict[str, Any]]) -> Path:
    """Every set's file; those not given are empty."""
    (folder / "ner").mkdir()
    for name, source in sets.SOURCES.items():
        with gzip.open(folder / "ner" / f"{source.file}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows.get(name, []))
    return folder


def row(text: str, split: str, doc: str = "") -> dict[str, Any]:
    tokens = text.split(" ")
    return {"tokens": tokens, "tags": ["O"] * len(tokens), "split": split, **({"doc": doc} if doc else {})}


def test_a_reported_sentence_is_not_trained_on(tmp_path: Path) -> None:
    repeated, own = "one two three four five six", "seven eight nine ten eleven twelve"
    folder = data(tmp_path, wnut17=[row(repeated, "train"), row(own, "train"), row(repeated, "dev")])
    training, held = sets.read(folder, "open")
    assert [[s.tokens for s in d] for d in training["wnut17"]] == [[tuple(own.split())]]
    assert [[s.tokens for s in d] for d in held["wnut17"]] == [[tuple(repeated.split())]]


def test_a_variant_keeps_to_its_licences(tmp_path: Path) -> None:
    folder = data(tmp_path)
    trained = {variant: set(sets.read(folder, variant)[0]) for variant in sets.VARIANTS}
    assert "wikineural" not in trained["open"]
    assert "conllpp" not in trained["noncommercial"]
    assert trained["open"] < trained["noncommercial"] < trained["research"]
    assert not {"re3d", "wikigold"} & trained["research"]


def test_a_newswire_document_is_on_one_side(tmp_path: Path) -> None:
    rows = [row(f"sentence {i} of document {i % 40}", "open", f"d{i % 40}") for i in range(120)]
    training, held = sets.read(data(tmp_path, worldwide=rows), "open")
    assert len(training["worldwide"]) + len(held["worldwide"]) == 40
    assert all(len(d) == 3 for d in training["worldwide"] + held["worldwide"])


def test_a_demonym_joins_the_institution_that_follows_but_not_an_outlet() -> None:
    mended = ["B-ORG", "I-ORG", "I-ORG", "O", "B-MISC", "B-ORG", "I-ORG", "O"]
    assert sets.joined({"tokens": SENTENCE, "tags": TAGS}) == tuple(mended)
    assert sets.joined({"tokens": ["Qatari", "Al", "Jazeera"], "tags": TAGS[:3]}) == tuple(TAGS[:3])


def test_an_answer_is_judged_in_the_sets_tokens_across_a_documents_sentences() -> None:
    document = [
        sets.Sentence(("SDF-led", "men", "left"), ("B-ORG", "O", "O")),
        sets.Sentence(("Ada", "."), ("B-PER", "O")),
    ]

    def read(text: str) -> list[Name]:
        assert text == "SDF-led men left\nAda .\n"
        return [Name(0, 3, "ORG"), Name(8, 11, "MISC"), Name(17, 20, "LOC")]

    score = scores.judge(read, {"worldwide": [document], "ewt": [document], "re3d": [document]})
    assert [(s.right.total(), s.given.total(), s.wanted.total()) for s in score.values()] == [
        (1, 3, 2),
        (1, 2, 2),  # where the set marks no MISC none is counted
        (1, 2, 2),
        (1, 2, 2),
    ]


def test_names_alone_are_judged_where_a_set_marks_phrases() -> None:
    text = "the US Secretary Ash Carter met We , the rebels of Ada Lindholm and France"
    at = {
        words: (text.index(words), text.index(words) + len(words))
        for words in (
            "the US Secretary Ash Carter",
            "Ash Carter",
            "We",
            "the rebels of Ada Lindholm",
            "Ada Lindholm",
            "France",
        )
    }

    def spans(**kinds: str) -> set[scores.Span]:
        return {(*at[words.replace("_", " ")], kind) for words, kind in kinds.items()}

    gold = spans(the_US_Secretary_Ash_Carter="PER", We="ORG", the_rebels_of_Ada_Lindholm="ORG", France="LOC")
    given, wanted = scores.names_only(text, spans(Ash_Carter="PER", Ada_Lindholm="PER", France="ORG"), gold)
    assert wanted == spans(Ash_Carter="PER", France="LOC")
    assert given == spans(Ash_Carter="PER", France="ORG")


@pytest.mark.train
def test_an_o_may_hide_a_misc_where_the_set_marks_none() -> None:
    import torch

    from streams.enrich.ner.tags import TAGS as KNOWN
    from streams.models.training.ner.fit import loss

    logits = torch.full((1, 1, len(KNOWN)), -9.0)
    logits[0, 0, KNOWN.index("B-MISC")] = 9.0
    o = torch.zeros(1, 1, dtype=torch.long)
    assert loss(logits, o, torch.tensor([True])) > 10
    assert loss(logits, o, torch.tensor([False])) < 0.01


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A tiny model with weights drawn by chance, and the folder with its graph and a tokenizer of letters."""
    import torch
    from tokenizers import Tokenizer, models, normalizers

    from streams.models.training.ner import export
    from streams.models.training.ner.model import Encoder

    folder = tmp_path_factory.mktemp("ner")
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = [begins + letter for letter in "abcdefghijklmnopqrstuvwxyz." for begins in ("", "##")]
    vocabulary = {piece: number for number, piece in enumerate([*marks, *letters])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    model = Encoder(len(vocabulary), layers=2).eval()
    torch.nn.init.normal_(model.head.weight)
    export.write({k: v.numpy() for k, v in model.state_dict().items()}, folder / "ner.onnx")
    return model, folder


@pytest.mark.train
def test_the_written_graph_answers_as_the_trained_model(written: tuple[Any, Path]) -> None:
    import torch

    from streams.enrich.ner.encoder import session

    model, folder = written
    run = session(folder / "ner.onnx")
    ids = np.array([1, 7, 9, 11, 20], np.int32)
    shapes = ids % 3
    with torch.no_grad():
        wanted = model(*map(torch.from_numpy, (ids[None], shapes[None], ids[None] > 0)))[0].numpy()
    assert np.corrcoef(run(ids, shapes).ravel(), wanted.ravel())[0, 1] > 0.999


@pytest.mark.train
def test_teachers_label_what_they_are_sure_of_and_leave_the_rest(written: tuple[Any, Path]) -> None:
    import torch
    from tokenizers import Tokenizer

    from streams.enrich.ner.tags import TAGS as KNOWN
    from streams.models.training.ner import teach
    from streams.models.training.ner.windows import NONE

    class Sure(torch.nn.Module):
        """B-PER where the shape is a capital's; of digits it cannot say."""

        def forward(self, ids: torch.Tensor, shapes: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            logits = torch.zeros(*ids.shape, len(KNOWN))
            logits[..., 0] = 9.0
            logits[shapes == units.CAPITAL] = torch.eye(len(KNOWN))[KNOWN.index("B-PER")] * 9
            logits[shapes == units.DIGITS] = 0.0
            return logits

    tokenizer = Tokenizer.from_file(str(written[1] / "tokenizer.json"))
    documents = teach.documents(["on may 3 Ada left.\nshe slept", "Bo"], tokenizer, separator=3)
    answers = teach.answers(documents, [Sure(), Sure()], start=2, device="cpu")
    known = [
        [KNOWN[tag] if tag != NONE else "" for tag in line.labels]
        for d in teach.taught(documents, answers)
        for line in d
    ]
    assert [tag for line in known for tag in line if tag not in {"", "O"}] == ["B-PER", "B-PER"]
    assert answers.tolist() == [0, 0, NONE, 1, 0, 0, 0, 0, 1]


ODD = [
    "",
    "\ud800 Ada \udfff",
    "😀🎉",
    "a" * 100_000,
    "(" * 100_000,
    "قال الرئيس",
    "e\u0301\u202b",
    "Zoë\x00met",
    "訪問北京",
]


@pytest.mark.train
def test_what_was_written_reads_any_text_and_the_same_text_alike_whatever_came_before(
    written: tuple[Any, Path],
) -> None:
    from streams.enrich.ner.encoder import load

    texts = ["Ada went to Lindholm. " * 9, "THE BANK OF LINDHOLM FELL\nIt fell.", *ODD]
    encoder = load(written[1])
    found = [encoder.names(text) for text in texts]
    assert any(found)
    assert all(
        0 <= name.start < name.end <= len(text) for text, names in zip(texts, found, strict=True) for name in names
    )
    assert [encoder.names(text) for text in texts[::-1]] == found[::-1]
    assert load(written[1]).names(texts[0]) == found[0]
