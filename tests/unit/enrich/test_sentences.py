import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.enrich.sentences import sentences


def split(text: str) -> list[str]:
    return [text[a:b].strip() for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith met Mr. Jones. They talked.", 2),
        ("J. R. Example wrote it. It sold.", 2),
        ("The U.S. Army left. It rained.", 2),
        ("He moved to the U.S. The firm did not.", 2),
        ("“We won.” He smiled. “Twice!” She did not.", 4),
        ("Am 3. Mai begann es. Es regnete.", 2),
        ("Das kostet z.B. 3,50 Euro. Viel.", 2),
        ("Prices rose 3.5 percent. Wages fell.", 2),
        ("Sn. Örnek geldi. Gitti.", 2),
        ("هل وصل الوزير؟ نعم وصل. ثم غادر.", 3),
        ("今天下雨。明天晴。", 2),
        ("मंत्री आए। फिर गए।", 2),
        ("No end here", 1),
        ("Wait… what? Yes.", 3),
        ("One line\nAnother line", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert len(split(text)) == count, split(text)


@given(st.text(alphabet=st.sampled_from('aB. ?!\n"”؟。1é'), max_size=60))
def test_sentences_cover_the_text_without_gap_or_overlap(text: str) -> None:
    spans = sentences(text)
    assert "".join(text[a:b] for a, b in spans) == text
