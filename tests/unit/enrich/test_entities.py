import itertools
import re
from collections.abc import Sequence

import pytest

from newstide.records import Entity, EntityType
from streams.enrich.entities import Reader, recognise
from streams.enrich.lexicon import Hit
from streams.enrich.words import Name

PKK = "x:org:kurdistan-workers-party"


def found(text: str, title: str = "", language: str = "en", witness: Reader | None = None) -> dict[str, Entity]:
    """The entities by id; the reader beside the lexicon is the step's own, if no other is given."""
    document = (title, text, language)
    entities = (recognise([document], witness) if witness else recognise([document]))[0]
    for entity in entities:
        for mention in entity.mentions:
            assert {"title": title, "text": text}[mention.field][mention.start : mention.end] == mention.text
    return {entity.id: entity for entity in entities}


def said(text: str, key: str, title: str = "", witness: Reader | None = None) -> list[str]:
    return [m.text for m in found(text, title, witness=witness)[key].mentions]


def saying(**kinds: EntityType) -> Reader:
    """A witness that takes these names (`_` for a blank) for these kinds, the longest where they overlap."""
    known = {name.replace("_", " "): kind for name, kind in kinds.items()}
    pattern = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))
    return lambda text, hits, language: [Name(*match.span(), known[match[0]]) for match in pattern.finditer(text)]


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


def test_of_two_things_of_one_acronym_the_first_is_called_by_it() -> None:
    text = "The Syrian Democratic Forces (SDF) met. The Social Democratic Front (SDF) did not. The SDF agreed."
    entities = found(text)
    forces = [m.text for m in entities["x:org:syrian-democratic-forces"].mentions]
    assert forces == ["Syrian Democratic Forces", "SDF", "SDF", "SDF"]
    assert [m.text for m in entities["x:org:social-democratic-front"].mentions] == ["Social Democratic Front"]


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("Die Christlich Demokratische Union (CDU) gewann. Die CDU jubelte.", "de", "Q49762"),
        ("Cumhuriyet Halk Partisi'nin (CHP) lideri geldi. CHP kazandı.", "tr", "x:org:chp"),
    ],
)
def test_a_known_acronym_keeps_its_owner_in_another_language_and_case(text: str, language: str, key: str) -> None:
    entities = found(text, language=language)
    assert [e.id for e in entities.values() if e.type == "ORG"] == [key]
    assert len(entities[key].mentions) == 3


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
def test_what_only_looks_like_a_name_the_lexicon_passes_over(text: str, key: str) -> None:
    assert key not in found(text, witness=saying(Michael_Jordan="PER"))


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("He joined the Lindholm Institute of Technology in May.", "Lindholm Institute of Technology", "ORG"),
        ("He studied at the University of Baghdad then.", "University of Baghdad", "ORG"),
        ("They crossed the Lindholm River at night.", "Lindholm River", "LOC"),
        ("It won the Lindholm Cup again.", "Lindholm Cup", "MISC"),
        ("The shares of Ostrava Steel Inc fell.", "Ostrava Steel Inc", "ORG"),
        ("Yesterday Maria Lindgren won.", "Maria Lindgren", "PER"),
    ],
)
def test_the_encoder_finds_what_no_lexicon_has(text: str, name: str, kind: str) -> None:
    assert [(e.name, e.type) for e in found(text).values() if e.name == name] == [(name, kind)]


def test_sentence_beginnings_and_german_nouns_are_no_names() -> None:
    assert found("Workers went home. Yesterday nothing happened. Harbours closed.") == {}
    assert found("Die Neue Regierung sagte dem Großen Rat nichts.", language="de") == {}


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Le ministre français Jean Lindholm a parlé à la Banque Ostlind.", "fr", {"Jean Lindholm", "Banque Ostlind"}),
        (
            "Am Abend sprach Ministerin Orla Lindgren lange mit einem gewissen Sten Bakke über vieles.",
            "de",
            {"Orla Lindgren"},
        ),
        ("Ayer viajó el presidente Ostrov Lindar hacia el norte y habló con Verano Azul.", "es", {"Ostrov Lindar"}),
    ],
)
def test_where_no_encoder_reads_a_name_is_what_a_word_makes_certain(text: str, language: str, names: set[str]) -> None:
    assert {e.name for e in found(text, language=language).values() if e.id.startswith("x:")} == names


def test_order_is_by_salience_then_id() -> None:
    entities = recognise([("Paris, Rome", "Iran. Rome.", "en")])[0]
    assert [e.id for e in entities] == ["Q220", "Q90", "Q794"]
    assert [e.id for e in recognise([("Paris, Rome", "Iran.", "en")])[0]] == ["Q220", "Q90", "Q794"]
    assert all(0 < e.salience <= 1 and round(e.salience, 4) == e.salience for e in entities)


def test_of_two_names_the_one_nearer_to_the_beginning_is_more_salient() -> None:
    filler = "It rained all day and nothing else was said of it. " * 20
    [first, second] = recognise([("", f"Iran spoke. {filler}Paris answered.", "en")])[0]
    assert (first.id, second.id) == ("Q794", "Q90")
    [often, once] = recognise([("", f"Iran spoke. {filler}{'Paris answered. ' * 5}", "en")])[0]
    assert (often.id, once.id) == ("Q90", "Q794")


def test_mentions_of_a_field_never_overlap() -> None:
    text = "The UN Security Council in New York, the U.S. Senate and University of Oxford professor Ada Oxford met. Oxford left."
    mentions = sorted((m.start, m.end) for e in found(text).values() for m in e.mentions)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(mentions))


def test_of_two_witnesses_the_longer_name_stays_and_the_lexicon_knows_its_own_better() -> None:
    text = "Syrian Democratic Forces officers saw the Paris Opera."
    names = saying(Syrian="MISC", Democratic_Forces="ORG", Syrian_Democratic_Forces="MISC", Paris_Opera="ORG")
    assert {(e.id, e.type) for e in found(text, witness=names).values()} == {
        ("x:org:syrian-democratic-forces", "ORG"),
        ("x:org:paris-opera", "ORG"),
    }


def test_a_surname_alone_that_looks_like_a_firms_is_the_persons() -> None:
    names = saying(Orla_Lindgren="PER", Lindgren="ORG")
    assert said("Orla Lindgren spoke. Lindgren left.", "x:per:orla-lindgren", witness=names) == [
        "Orla Lindgren",
        "Lindgren",
    ]


def test_a_place_that_bears_a_persons_surname_stays_a_place() -> None:
    names = saying(Ada_Lindholm="PER", Lindholm="LOC")
    assert "x:loc:lindholm" in found("Ada Lindholm left. People in Lindholm stayed.", witness=names)


@pytest.mark.parametrize("short", ["al-Nuri", "Nuri", "Al Nuri", "Samir al-Nuri"])
def test_every_end_of_a_full_name_is_the_person(short: str) -> None:
    text = f"Minister Basil Samir al-Nuri spoke. But {short} left."
    assert said(text, "x:per:basil-samir-al-nuri")[0] == "Basil Samir al-Nuri"
    assert len(said(text, "x:per:basil-samir-al-nuri")) == 2


def test_a_headline_in_capitals_names_the_same_people() -> None:
    text = "Minister Orla Lindgren spoke to Minister Sten Bakke."
    entities = found(text, title="ORLA LINDGREN TELLS BAKKE")
    assert [(e.name, [m.text for m in e.mentions]) for e in entities.values()] == [
        ("Orla Lindgren", ["ORLA LINDGREN", "Orla Lindgren"]),
        ("Sten Bakke", ["BAKKE", "Sten Bakke"]),
    ]


def test_one_name_is_one_kind_of_thing_in_a_document() -> None:
    def witness(text: str, hits: Sequence[Hit], language: str) -> list[Name]:
        kinds: list[EntityType] = ["ORG", "LOC", "ORG"]
        return [Name(*m.span(), kind) for m, kind in zip(re.finditer("Lindholm", text), kinds, strict=False)]

    [entity] = found("Lindholm won. He left Lindholm, and Lindholm cried.", witness=witness).values()
    assert (entity.id, len(entity.mentions)) == ("x:org:lindholm", 3)


def test_a_name_met_once_is_found_again_where_no_witness_saw_it() -> None:
    text = "It won the Lindholm Cup. Nothing else. It was the “Lindholm Cup”s last year."
    first = text.index("Lindholm")
    names = found(text, witness=lambda text, *_: [Name(first, first + 12, "MISC")] if text else [])
    assert len(names["x:misc:lindholm-cup"].mentions) == 2


@pytest.mark.parametrize("longer", ["Lindgren-Castell", "Lindgren Motors Ltd", "Sten Bakke Lindgren"])
def test_a_surname_in_a_longer_name_is_not_the_person(longer: str) -> None:
    names = saying(Orla_Lindgren="PER", Sten_Bakke="PER")
    assert said(f"Orla Lindgren left. Then {longer} opened.", "x:per:orla-lindgren", witness=names) == ["Orla Lindgren"]


def test_sdf_led_forces_are_a_mention_of_the_sdf() -> None:
    text = (
        "The Syrian Democratic Forces (SDF) met. SDF-led fighters and U.S.-backed units stayed in the town on Tuesday."
    )
    assert said(text, "x:org:syrian-democratic-forces") == ["Syrian Democratic Forces", "SDF", "SDF"]
    assert said(text, "Q30") == ["U.S."]


def test_a_title_at_a_names_end_is_no_surname() -> None:
    names = saying(Lindholm_President="PER")
    assert said("The Lindholm President left. The President slept.", "x:per:lindholm-president", witness=names) == [
        "Lindholm President"
    ]


def test_a_country_in_points_belongs_to_its_institution() -> None:
    assert list(found("He saw the U.S. Agriculture Department.")) == ["x:org:u-s-agriculture-department"]


def test_a_quiet_place_is_one_where_the_reader_says_so() -> None:
    assert list(found("Van was cold.", witness=saying(_="PER"))) == []
    assert [e.name for e in found("It snowed in VAN.", witness=saying(VAN="LOC")).values()] == ["Van"]


@pytest.mark.parametrize(
    ("text", "language", "key", "wanted"),
    [
        ("Theresa May spoke. In May 2017 and on 4 May she lost.", "en", "x:per:theresa-may", ["Theresa May"]),
        (
            "Will Power won the race in Detroit. Power cuts hit the city. Power said he was happy.",
            "en",
            "x:per:will-power",
            ["Will Power", "Power"],
        ),
        (
            "Genel Başkanı Özgür Özel geldi. Özel sektör büyüdü. Okullar Özel'in dedi.",
            "tr",
            "x:per:ozgur-ozel",
            ["Özgür Özel", "Özel"],
        ),
        (
            "Gestern kam noch Minister Sten Quill, dann quill alles über. Quill ist was quillt. Mit Quill sprach aber keiner.",
            "de",
            "x:per:sten-quill",
            ["Sten Quill", "Quill"],
        ),
    ],
)
def test_a_surname_that_is_a_word_is_the_person_only_where_nothing_speaks_against_it(
    text: str, language: str, key: str, wanted: list[str]
) -> None:
    assert [m.text for m in found(text, language=language)[key].mentions] == wanted


def test_a_surname_in_an_address_is_no_everyday_word() -> None:
    text = "Gestern kam noch Minister Sten Quill (example.org/sten-quill/, @quill) nach langer Fahrt an. Quill sprach kaum."
    assert [m.text for m in found(text, language="de")["x:per:sten-quill"].mentions] == ["Sten Quill", "Quill"]


def test_a_family_name_that_stands_first_is_the_person() -> None:
    text = "President Lee Jae-myung met Xi Jinping. Lee said Xi agreed. Kim Jong Un did not come. Kim sent a letter."
    entities = found(text)
    persons = {key: [m.text for m in e.mentions] for key, e in entities.items() if e.type == "PER"}
    assert list(persons.values()) == [["Lee Jae-myung", "Lee"], ["Xi Jinping", "Xi"], ["Kim Jong Un", "Kim"]]


def test_a_family_name_that_two_bear_is_nobodys() -> None:
    entities = found("Chen Shui-bian spoke in Taipei. Tony Chen, a lawyer, answered him. Then Chen left the hall.")
    assert len(entities["x:per:chen-shui-bian"].mentions) == len(entities["x:per:tony-chen"].mentions) == 1


def test_a_hyphen_in_a_surname_makes_no_family_name_of_the_given_one() -> None:
    text = "Ministerin Rebecca Long-Bailey kam gestern in die Stadt und sprach lange mit allen. Rebecca heißt auch ein Schiff."
    assert [m.text for m in found(text, language="de")["x:per:rebecca-long-bailey"].mentions] == ["Rebecca Long-Bailey"]


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        (
            "Dün gece saatlerinde Ekrem Lindgren'in evi yandı. Daha sonra Ekrem Lindgren geldi ve olayı anlattı.",
            "x:per:ekrem-lindgren",
            ["Ekrem Lindgren", "Ekrem Lindgren"],
        ),
        (
            "Dün gece saatlerinde Lindholm Gemi Derneği'nin (LGD) başkanı geldi ve olayı uzun uzun anlattı. LGD kazandı.",
            "x:org:lindholm-gemi-dernegi",
            ["Lindholm Gemi Derneği", "LGD", "LGD"],
        ),
    ],
)
def test_a_case_behind_an_apostrophe_is_no_part_of_the_name(text: str, key: str, wanted: list[str]) -> None:
    entities = found(text, language="tr")
    assert {k: [m.text for m in e.mentions] for k, e in entities.items()} == {key: wanted}


@pytest.mark.parametrize(
    ("written", "kind", "key"),
    [
        ("google", "ORG", "Q95"),
        ("REUTERS", "ORG", "Q130879"),
        ("isis", "ORG", "x:org:isis"),
        ("AFD", "ORG", "x:org:afd"),
        ("JEM", "ORG", "x:org:jem"),
        ("google", "PER", "x:per:google"),
    ],
)
def test_a_name_in_other_capitals_is_the_lexicons_thing_of_that_kind(written: str, kind: str, key: str) -> None:
    assert key in found(f"They asked {written} again.", witness=saying(**{written: kind}))


def test_names_that_a_sign_tells_apart_are_two_things() -> None:
    witness = saying(**{"C++": "MISC", "C#": "MISC", "Google+": "ORG"})
    assert set(found("From C++ to C# to Google+ again.", witness=witness)) == {
        "x:misc:c-plus-plus",
        "x:misc:c-sharp",
        "x:org:google-plus",
    }
