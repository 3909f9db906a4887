"""What an English article is about, by its vector and words together, and by the user's own examples."""

import pytest

from newstide import settings
from newstide.errors import SettingsError
from newstide.records import encode
from streams.enrich import own, subtopics, topics, vector
from streams.models.training import topic_sets
from streams.pipeline import Chosen, enrich, enrich_bytes

from .conftest import make_raw

COFFEE = (
    "Frost in Minas Gerais lifts arabica futures",
    "Coffee growers lost a tenth of the crop; exporters raised prices.",
)
SCHOOL = (
    "Teachers walk out over pay in all schools",
    "Pupils stayed at home as the teachers' union demanded higher wages from the education ministry.",
)
MINE = (("user:coffee-trade", "Coffee trade", ("coffee prices rise", "arabica and robusta exports", "coffee harvest")),)


def best(title: str, text: str) -> list[str]:
    return [t.id for t in topics.classify(title, text, "en", (), vector.find(title, text, "en"))]


@pytest.mark.parametrize(
    ("title", "text", "topic"),
    [
        ("Browser flaw lets attackers read files", "The maker of the program has released a patch.", "13"),
        ("Retailer's half-year earnings beat forecasts", "Sales rose and the dividend was lifted.", "04"),
        ("Defender's late header sends hosts through", "The hosts went through to the semi-finals.", "15"),
        ("Measles outbreak spreads in northern districts", "Hospitals are full and doctors vaccinate children.", "07"),
        ("Cabinet reshuffle after vote of no confidence", "The prime minister named new ministers.", "11"),
        ("Missiles hit port as ceasefire collapses", "Troops and insurgents exchanged artillery fire overnight.", "16"),
        ("Debut novel wins prize", "The jury praised the author's prose.", "01"),
        (
            "Crater spews ash over villages",
            "The mountain erupted at dawn and 4,000 people were moved to shelters.",
            "03",
        ),
        ("Pupils get results of leaving exam", "More candidates than last year passed, the school board said.", "05"),
        (
            "Wardens count fewer turtles",
            "Plastic and warmer sea harm the nests in the reserve, conservationists say.",
            "06",
        ),
        ("Weavers' union calls off walkout", "The mill offered its workers a rise after a strike of nine days.", "09"),
        ("Abbot blesses rebuilt shrine", "Worshippers sang hymns and monks carried the relics into the church.", "12"),
        (
            "Mild and wet until Sunday",
            "Showers move in from the west, with highs of 14 degrees and a light wind.",
            "17",
        ),
    ],
)
def test_a_brief_has_its_topic_first(title: str, text: str, topic: str) -> None:
    assert best(title, text)[:1] == [f"medtop:{topic}000000"]


def test_what_we_wrote_has_known_topics_and_each_title_once() -> None:
    rows = list(topic_sets.written())
    assert {topic for row in rows for topic in row.topics} == set(topics.model().topics)
    titles = {(row.title.casefold(), row.topics) for row in rows}
    assert len(titles) == len(rows)
    assert all(row.title == row.title.strip() and row.text == row.text.strip() for row in rows)


def test_judged_headlines_have_known_topics_and_each_headline_once() -> None:
    rows = [line.split("\t") for line in topic_sets.JUDGED.read_text("utf-8").splitlines()[1:]]
    assert len({key for key, *_ in rows}) == len(rows)
    assert {drawn for _, drawn, _ in rows} == {"random", "doubtful"}
    assert {topic for *_, numbers in rows for topic in topic_sets.codes(*map(int, numbers.split()))} == set(
        topics.model().topics
    )


def test_a_second_topic_is_given_only_beside_a_sure_one() -> None:
    several = {}
    for report in (COFFEE, SCHOOL, ("A", "b c d"), ("Bishop convicted of fraud", "The court sentenced the bishop.")):
        found = topics.classify(*report, "en", (), vector.find(*report, "en"))
        assert all(t.score >= topics.FURTHER for t in found)
        assert not found or found[0].score >= topics.THRESHOLD
        several[report] = len(found)
    assert (several[COFFEE], several[SCHOOL]) == (1, 2)


def test_the_record_has_the_topic_that_its_vector_gives(article) -> None:
    found = article(title=SCHOOL[0], text=SCHOOL[1], language="en")
    above = topics.classify(found.title, found.text, "en", (), found.vector)
    assert above
    assert found.topics == above + subtopics.classify(above, (), found.vector)


@pytest.mark.parametrize("text", ["hi", "A / Text & more"])
def test_a_word_or_two_in_no_known_language_are_about_nothing(text: str) -> None:
    assert topics.classify("", text, "und") == ()


def test_an_own_topic_is_found_by_likeness_to_its_examples() -> None:
    batch = [(None, make_raw(id=str(n), title=title, text=text)) for n, (title, text) in enumerate([COFFEE, SCHOOL])]
    coffee, school = enrich(batch, chosen=Chosen(topics=MINE))
    assert ("user:coffee-trade", "Coffee trade") in [(t.id, t.name) for t in coffee.topics]
    assert not [t for t in school.topics if t.id.startswith("user:")]
    assert all(own.LIKE <= t.score <= 1 for t in coffee.topics if t.id.startswith("user:"))


def test_own_topics_leave_the_others_as_they_are_and_are_named_in_the_record(article) -> None:
    without = article(title=COFFEE[0], text=COFFEE[1])
    [with_mine] = enrich([(None, make_raw(title=COFFEE[0], text=COFFEE[1]))], chosen=Chosen(topics=MINE))
    assert with_mine.topics[: len(without.topics)] == without.topics
    assert with_mine.made_by["topics"] != without.made_by["topics"]


def test_own_topics_reach_a_workers_batch() -> None:
    [(kind, value)] = enrich_bytes(
        [(0, 0, encode(make_raw(title=COFFEE[0], text=COFFEE[1])))], chosen=Chosen(topics=MINE)
    )
    assert kind == "article"
    assert b"user:coffee-trade" in value


@pytest.mark.parametrize("examples", [("",), ("😀",), ("\ud800",)])
def test_examples_without_a_word_are_like_nothing(examples: tuple[str, ...]) -> None:
    assert own.classify(vector.find(*COFFEE, "en"), (("user:x", "x", examples),)) == ()


def test_other_languages_have_it_too(article) -> None:
    [found] = enrich(
        [(None, make_raw(title="Kahve fiyatları", text="Kahve ihracatı arttı.", language="tr"))],
        chosen=Chosen(topics=MINE),
    )
    assert [t.name for t in found.topics if t.id.startswith("user:")] == ["Coffee trade"]


def test_settings_give_own_topics_their_ids(tmp_path) -> None:
    config = tmp_path / "newstide.toml"
    config.write_text('[topics."Coffee & trade"]\nexamples = ["coffee prices", "arabica exports"]\n')
    assert settings.load(config).own_topics == (
        ("user:coffee-trade", "Coffee & trade", ("coffee prices", "arabica exports")),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[topics.A]\nexamples = ["x"]\n[topics.a]\nexamples = ["y"]\n', "names differ"),
        ('[topics."!"]\nexamples = ["x"]\n', "needs a letter"),
        ("[topics.A]\nexamples = []\n", "1 or more in the list"),
    ],
)
def test_settings_refuse_an_own_topic_without_an_id_or_examples(tmp_path, text: str, reason: str) -> None:
    config = tmp_path / "newstide.toml"
    config.write_text(text)
    with pytest.raises(SettingsError, match=reason):
        settings.load(config)
