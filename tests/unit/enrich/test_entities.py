import itertools

import pytest

from newstide.records import Entity
from streams.enrich.entities import recognise

PKK = "x:org:kurdistan-workers-party"


def found(text: str, title: str = "", language: str = "en") -> dict[str, Entity]:
    entities = recognise([(title, text, language)])[0]
    for entity in entities:
        for mention in entity.mentions:
            assert {"title": title, "text": text}[mention.field][mention.start : mention.end] == mention.text
    return {entity.id: entity for entity in entities}


def said(text: str, key: str, **more: str) -> list[str]:
    return [m.text for m in found(text, **more)[key].mentions]


@pytest.mark.parametrize(
    "text",
    [
        "The Partiya Karkerên Kurdistanê (PKK) spoke. The PKK left.",
        "The PKK (Kurdistan Workers' Party) spoke. The PKK left.",
        "The Kurdistan Workers’ Party, or PKK, spoke. The PKK left.",
        "PKK and the Kurdistan Workers Party.",
        "حزب العمال الكردستاني",
    ],
)
def test_acronym_and_full_name_are_one(text: str) -> None:
    entities = found(text)
    assert PKK in entities
    assert [e for e in entities.values() if e.type == "ORG"] == [entities[PKK]]


def test_unknown_acronym_is_learnt_from_the_text() -> None:
    text = "The Lindholm Ferry Workers Association (LFWA) met. The LFWA agreed. On Monday LFWA left."
    assert said(text, "x:org:lindholm-ferry-workers-association") == [
        "Lindholm Ferry Workers Association",
        "LFWA",
        "LFWA",
        "LFWA",
    ]


def test_document_may_redefine_a_known_acronym() -> None:
    entities = found("The Social Democratic Front (SDF) met. The SDF agreed.")
    assert len(entities["x:org:social-democratic-front"].mentions) == 3
    assert "x:org:syrian-democratic-forces" not in entities


def test_agency_of_a_dateline_is_not_its_city() -> None:
    assert [m.text for m in found("ANKARA (AA) — It rained.")["Q3640"].mentions] == ["ANKARA"]


def test_title_before_a_name_and_the_surname_after() -> None:
    text = "Turkish Foreign Minister Hakan Fidan met Prime Minister Orla Lindgren. Fidan spoke, and Lindgren's aides listened."
    entities = found(text, title="Fidan meets Lindgren")
    assert [m.text for m in entities["x:per:hakan-fidan"].mentions] == ["Fidan", "Hakan Fidan", "Fidan"]
    assert [m.text for m in entities["x:per:orla-lindgren"].mentions] == ["Lindgren", "Orla Lindgren", "Lindgren"]
    assert entities["x:per:orla-lindgren"].type == "PER"


def test_shared_surname_is_nobodys() -> None:
    text = "Minister Orla Lindgren met Minister Sten Lindgren. Then Lindgren left."
    entities = found(text)
    assert len(entities["x:per:orla-lindgren"].mentions) == len(entities["x:per:sten-lindgren"].mentions) == 1


def test_surname_before_the_full_name_is_the_same_person() -> None:
    assert said("President Barrow arrived. Adama Barrow spoke.", "x:per:adama-barrow") == ["Barrow", "Adama Barrow"]


@pytest.mark.parametrize("name", ["Erdoğan", "Erdogan", "Recep Tayyip Erdogan", "أردوغان", "ERDOĞAN"])
def test_spellings_meet(name: str) -> None:
    assert "Q39259" in found(f"… {name} …")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Turkish officials left.", "Q43"),
        ("Türkiye's border", "Q43"),
        ("Türkiye'nin sınırı", "Q43"),
        ("التقى الوفد بتركيا", "Q43"),
        ("an Iran-backed group", "Q794"),
        ("U.S. officials", "Q30"),
        ("访问北京", "Q956"),
        ("New\nYork was cold", "Q60"),
    ],
)
def test_countries_and_places_in_their_forms(text: str, key: str) -> None:
    assert key in found(text)


def test_demonym_is_a_mention_of_its_country_that_weighs_less() -> None:
    assert found("The Turkish side")["Q43"].salience < found("The Turkey side")["Q43"].salience


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Iranians gathered", "Q796"),
        ("The USAir flight", "Q30"),
        ("Chadwick spoke", "Q657"),
        ("IRAN IS READY, THEY TOLD US", "Q2429253"),
        ("IRAN IS READY, THEY TOLD US", "Q30"),
        ("Michael Jordan scored", "Q810"),
        ("a turkey and some china", "Q43"),
    ],
)
def test_what_only_looks_like_a_name_is_none(text: str, key: str) -> None:
    assert key not in found(text)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("He joined the Ministry of Foreign Affairs in May.", "Ministry of Foreign Affairs", "ORG"),
        ("He studied at the University of Baghdad then.", "University of Baghdad", "ORG"),
        ("They crossed the Lindholm River at night.", "Lindholm River", "LOC"),
        ("It won the Lindholm Cup again.", "Lindholm Cup", "MISC"),
        ("The shares of Ostrava Steel Inc fell.", "Ostrava Steel Inc", "ORG"),
        ("Yesterday Maria Lindgren won.", "Maria Lindgren", "PER"),
    ],
)
def test_rules_find_what_no_lexicon_has(text: str, name: str, kind: str) -> None:
    assert [(e.name, e.type) for e in found(text).values() if e.name == name] == [(name, kind)]


def test_sentence_beginnings_and_german_nouns_are_no_names() -> None:
    assert found("Workers went home. Yesterday nothing happened. Harbours closed.") == {}
    assert found("Die Neue Regierung sagte dem Großen Rat nichts.", language="de") == {}


def test_order_is_by_salience_then_id() -> None:
    entities = recognise([("Iran", "Paris, Rome. Iran.", "en")])[0]
    assert [e.id for e in entities] == ["Q794", "Q220", "Q90"]
    assert all(0 < e.salience <= 1 and round(e.salience, 4) == e.salience for e in entities)


def test_mentions_of_a_field_never_overlap() -> None:
    text = "The UN Security Council in New York, the U.S. Senate and University of Oxford professor Ada Oxford met. Oxford left."
    mentions = sorted((m.start, m.end) for e in found(text).values() for m in e.mentions)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(mentions))
