"""Language, dateline, places, topics, fingerprint: one article's smaller facts."""

import base64

import numpy as np
import pytest

from streams.enrich import fingerprint, language, places, topics, words
from streams.enrich.entities import recognise
from streams.enrich.lexicon import own_id


@pytest.mark.parametrize(
    ("text", "claim", "tag"),
    [
        ("The minister said on Monday that the talks would go on until the end of the week in the capital.", "", "en"),
        ("Der Minister sagte am Montag, die Gespräche würden bis zum Ende der Woche weitergehen.", "", "de"),
        ("Bakan pazartesi günü görüşmelerin hafta sonuna kadar süreceğini söyledi.", "", "tr"),
        ("قال الوزير يوم الاثنين إن المحادثات ستستمر حتى نهاية الأسبوع", "", "ar"),
        ("Wezîr roja duşemê got ku hevdîtin heta dawiya hefteyê berdewam dikin.", "", "ku"),
        ("The minister said on Monday that the talks would go on until the end of the week.", "en_us", "en-US"),
        ("Der Minister sagte am Montag, die Gespräche würden bis zum Ende der Woche weitergehen.", "en", "de"),
        ("12 345", "", "und"),
        ("😀😀😀", "", "und"),
        ("Ok", "fr", "fr"),
        ("Ok", "us", "und"),  # a country
        ("Ok", "not a tag!", "und"),
        ("", "", "und"),
    ],
)
def test_language(text: str, claim: str, tag: str) -> None:
    assert language.identify("", text, claim) == tag


def test_dateline_decides_where(article) -> None:
    found = article(text="ANKARA (AA) — Iran and Iran again, Iran said, in Tehran.")
    assert {p.name: p.role for p in found.places} == {"Ankara": "where", "Iran": "about", "Tehran": "about"}
    ankara = next(p for p in found.places if p.name == "Ankara")
    assert (ankara.country, round(ankara.lat), round(ankara.lon)) == ("TR", 40, 33)


def test_people_alone_are_not_where() -> None:
    entities = recognise([("Turkish, Turkish and Turkish", "Turkish ministers in Berlin", "en")])[0]
    assert {p.name: p.role for p in places.find(entities, None)} == {"Turkey": "about", "Berlin": "where"}


def where(article, text: str, title: str = "") -> dict[str, tuple[str, str]]:
    return {p.name: (p.country, p.role) for p in article(text=text, title=title, language="en").places}


def test_the_region_of_a_dateline_tells_places_of_one_name_apart(article) -> None:
    rest = "The company said on Monday that it would build a second plant near the river next year."
    assert where(article, f"BIRMINGHAM, Ala., March 4 - {rest}") == {"Alabama": ("US", "where")}
    assert where(article, f"BIRMINGHAM, March 4 - {rest}") == {"Birmingham": ("GB", "where")}
    assert where(article, f"LITTLEVILLE, Conn., March 4 - {rest}") == {"Connecticut": ("US", "where")}
    assert where(article, f"HAMBURG, Germany (AP) - {rest}") == {
        "Hamburg": ("DE", "where"),
        "Germany": ("DE", "about"),
    }


def test_an_institution_stands_for_its_country(article) -> None:
    text = "The Bundesbank left its rates as they were. The Bundesbank's council meets again in May, the bank said."
    assert where(article, text, "Bundesbank waits") == {"Germany": ("DE", "about")}


def test_what_is_named_once_far_down_is_mentioned_only(article) -> None:
    text = "PARIS (AFP) - " + "The strike of the railways went on for another day, and the stations stayed empty. " * 9
    found = where(article, text + "Unions in Portugal sent greetings.", "France without trains")
    assert found == {"Paris": ("FR", "where"), "France": ("FR", "about"), "Portugal": ("PT", "mentioned")}


def test_gazetteer_lies_on_earth_and_its_ids_are_unique() -> None:
    rows = words.table("countries") + words.table("places")
    assert all(-90 <= float(r["lat"]) <= 90 and -180 <= float(r["lon"]) <= 180 for r in rows)
    known = [r["id"] for r in rows + words.table("names") if r["id"] != "-"]
    assert len(known) == len(set(known))
    made = [own_id("LOC", r["name"]) for r in rows if r["id"] == "-"]
    made += [f"x:{r['type'].lower()}:{words.slug(r['name'])}" for r in words.table("names") if r["id"] == "-"]
    assert len(made) == len(set(made))
    names = [name for r in words.table("names") for name in {r["name"], *filter(None, r["aliases"].split("|"))}]
    assert len(names) == len(set(names))
    assert sum(1 + r["aliases"].count("|") for r in rows + words.table("names")) > 1000


@pytest.mark.parametrize(
    ("title", "text", "tongue", "topic"),
    [
        (
            "Striker scores twice as league leaders win",
            "The coach praised his players after the match.",
            "en",
            "medtop:15000000",
        ),
        (
            "Bankanın faiz kararı",
            "Merkez bankası enflasyon ve dolar karşısında faiz oranını artırdı, borsa ve piyasa geriledi.",
            "tr",
            "medtop:04000000",
        ),
        (
            "Army shells town",
            "Soldiers and militants fought; artillery and drones hit the town before the ceasefire.",
            "en",
            "medtop:16000000",
        ),
        (
            "Séisme",
            "Le séisme a fait des victimes, les secouristes cherchent, incendie et inondations, une catastrophe.",
            "fr",
            "medtop:03000000",
        ),
    ],
)
def test_topic(title: str, text: str, tongue: str, topic: str) -> None:
    assert topic in [t.id for t in topics.classify(title, text, tongue)]


def test_no_topic_where_nothing_is_sure() -> None:
    assert topics.classify("", "", "und") == ()
    assert topics.classify("Lorem", "ipsum dolor sit amet", "la") == ()


def test_sections_are_evidence() -> None:
    assert "medtop:15000000" in [t.id for t in topics.classify("Xyz", "abc", "und", ("Sport",))]


def test_topics_are_ordered_and_bounded() -> None:
    found = topics.classify("Minister sentenced for bank fraud", "The court jailed the minister. " * 5, "en")
    assert [t.score for t in found] == sorted((t.score for t in found), reverse=True)
    assert all(topics.THRESHOLD <= t.score <= 1 for t in found)


def _jaccard(a: str, b: str) -> float:
    one, two = (np.frombuffer(base64.b64decode(fingerprint.signature(t)), "<u4") for t in (a, b))
    assert len(one) == len(two) == fingerprint.PERMUTATIONS
    return float(np.mean(one == two))


def test_signature_estimates_similarity() -> None:
    text = " ".join(f"word{n} of the report" for n in range(200))
    near = text.replace("word100 ", "changed ")
    far = " ".join(f"other{n} in a tale" for n in range(200))
    assert _jaccard(text, text.upper()) == 1
    assert _jaccard(text, near) > 0.9
    assert _jaccard(text, far) < 0.1


def test_signature_of_short_and_unsegmented_texts() -> None:
    text = "中国和日本的外交部长星期一在北京举行会谈讨论双边关系和贸易问题"
    assert _jaccard(text, text + "。") > 0.9
    assert _jaccard("Two words", "Two words") == 1
    assert fingerprint.signature("…") == ""


def test_terms_meet_across_languages_and_are_bounded() -> None:
    english, turkish = (
        set(fingerprint.terms(t, b, recognise([(t, b, g)])[0]))
        for t, b, g in [
            ("Fidan visits Baghdad", "Hakan Fidan met officials in Iraq.", "en"),
            ("Fidan Bağdat'ta", "Hakan Fidan Irak'ta yetkililerle görüştü.", "tr"),
        ]
    )
    assert len(english & turkish) >= 3
    assert len(fingerprint.terms("", " ".join(f"word{n}" for n in range(500)), ())) == fingerprint.MOST_TERMS


def test_content_hash_depends_on_title_and_text() -> None:
    assert fingerprint.content("a", "b") != fingerprint.content("a\nb", "")[:10]
    assert len(fingerprint.content("a", "b")) == 20
