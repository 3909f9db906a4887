"""Articles in other languages than English: topics from what they say, the same for the same text, none that is invented."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from newstide.records import Topic
from streams.enrich import multilingual, own, subtopics, topics

ITEMS = [
    ("de", "sport", "Hansa verliert das Derby in der Nachspielzeit", "Das Tor fiel in der 94. Minute; der Trainer sprach von einer bitteren Niederlage."),
    ("fr", "health", "Rougeole : les hôpitaux débordés", "Les médecins appellent à vacciner les enfants avant la rentrée."),
    ("es", "disaster", "Un terremoto sacude la costa y deja tres muertos", "Los equipos de rescate buscan a los desaparecidos entre los escombros."),
    ("tr", "economy", "Merkez Bankası faizi iki puan indirdi", "Karar sonrası lira dolar karşısında değer kaybetti, borsa yükseldi."),
    ("ar", "conflict", "مقتل عشرين جنديا في قصف على الحدود", "وقال الجيش إن طائرات استهدفت موقعا للقوات قرب البلدة."),
    ("ru", "science", "Учёные открыли новую планету у далёкой звезды", "Телескоп наблюдал за ней три года, рассказали астрономы."),
    ("zh", "weather", "华南今晨迎来入秋最强冷空气", "气象台预计夜间气温将下降十度，并伴有大风和小雨。"),
    ("hi", "politics", "विधानसभा चुनाव की तारीखों का ऐलान", "मुख्य चुनाव आयुक्त ने कहा कि मतदान तीन चरणों में होगा।"),
]  # fmt: skip


def given(title: str, text: str, language: str, sections: tuple[str, ...] = ()) -> tuple[Topic, ...]:
    return topics.classify(title, text, language, sections, "", multilingual.find(title, text, language))


def chances(title: str, text: str) -> dict[str, float]:
    found = multilingual.find(title, text, "de")
    return {} if found is None else multilingual.chances(found)


@pytest.mark.parametrize(("language", "about", "title", "text"), ITEMS, ids=[language for language, *_ in ITEMS])
def test_an_article_gets_its_topic_from_what_it_says(language: str, about: str, title: str, text: str) -> None:
    assert given(title, text, language)[0].name.startswith(about)


def test_reports_on_like_matters_are_near_one_another_across_languages() -> None:
    one, same, other = (
        multilingual.point(*report)
        for report in (
            ("Starkes Erdbeben erschüttert die Küste", "Häuser stürzten ein, Helfer suchen nach Verschütteten."),
            ("Un fuerte terremoto sacude la costa", "Varias casas se derrumbaron y buscan a los desaparecidos."),
            ("La banca centrale taglia i tassi", "L'euro è sceso dopo l'annuncio del governatore."),
        )
    )
    assert one is not None
    assert same is not None
    assert other is not None
    assert one @ same > one @ other + 0.05


def test_what_lies_below_its_topic_is_read_too() -> None:
    title, text = (
        "Landtagswahl: Hochrechnung sieht Grüne vorn",
        "Die Wahllokale schlossen um 18 Uhr; die Stimmen werden ausgezählt.",
    )
    point = multilingual.find(title, text, "de")
    above = topics.classify(title, text, "de", (), "", point)
    assert "election" in [topic.name for topic in subtopics.classify(above, (), "", point)]


def test_a_topic_of_ones_own_with_english_examples_is_found_in_other_languages() -> None:
    mine = (("user:coffee", "Coffee", ("coffee prices rise", "arabica and robusta exports", "coffee harvest")),)
    coffee = multilingual.find(
        "Kaffee wird teurer", "Die Arabica-Ernte in Brasilien fiel schlechter aus als erwartet.", "de"
    )
    other = multilingual.find("Tram steht still", "Die Fahrer streiken wegen der Dienstpläne.", "de")
    assert [topic.id for topic in own.classify("", mine, coffee)] == ["user:coffee"]
    assert own.classify("", mine, other) == ()


def test_a_section_of_the_outlet_is_a_further_witness() -> None:
    report = ("Zwei Tage", "Am Dienstag war es so weit.", "de")
    assert [topic.name for topic in given(*report, ("Sport",))][:1] == ["sport"]
    assert [topic.name for topic in given(*report)][:1] != ["sport"]


def test_another_process_gives_the_same_whatever_it_read_before() -> None:
    (_, _, title, text), (_, _, *other) = ITEMS[:2]
    code = (
        "from streams.enrich import multilingual as m;"
        f"m.point(*{other!r}); print(m.point({title!r}, {text!r}).tobytes().hex())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    here = multilingual.point(title, text)
    assert here is not None
    assert there.stdout.strip() == here.tobytes().hex()


def test_only_the_beginning_counts() -> None:
    text = "Die Gewerkschaft sagte es. " * 60
    one, other = (multilingual.point("Streik", text + end) for end in ("", "Fähre gestrandet."))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("text", ["", " " * 9999, "\n\t"])
def test_where_nothing_is_said_nothing_is_invented(text: str) -> None:
    assert multilingual.point("", text) is None
    assert given("", text, "de") == ()


@pytest.mark.parametrize("title", ["Sudoku", "Mots croisés", "समाचार", "Коротко"])
def test_the_name_of_a_rubric_alone_is_about_nothing(title: str) -> None:
    assert given(title, "", "de") == ()


@pytest.mark.parametrize(
    "text", ["\ud800", "😀" * 5000, "a" * 5_000_000, "\u0301" * 999, "字" * 100_000, "ا" * 100_000, "ꦲꦏ꧀ꦱꦫ" * 99]
)
def test_any_string_is_read_in_bounded_time(text: str) -> None:
    multilingual.point("", "")
    start = time.process_time()
    chances("", text)
    assert time.process_time() - start < 1
