from dataclasses import replace

import pytest

from newstide.records import Dateline, Extraction
from streams.resolve.credits import credits, key
from tests.unit.resolve.making import article

BODY = "The council met on Monday and put off its decision on the bridge until the money is found. " * 12


def credited(text: str, outlet: str = "daily.example", **more: object) -> tuple[str, ...]:
    return credits(replace(article("a", outlet, "Bridge", text), **more))


@pytest.mark.parametrize(
    ("foot", "keys"),
    [
        ("(Reuters)", ("reuters",)),
        ("The Associated Press contributed to this report.", ("ap",)),
        ("AFP contributed to this report", ("afp",)),
        ("Mit Material der dpa", ("dpa",)),
        ("(dpa/lni)", ("dpa",)),
        ("Le Quotidien avec AFP", ("afp",)),
        ("Con información de EFE", ("efe",)),
        ("© 2026 AFP", ("afp",)),
        ("(AFP, dpa)", ("afp", "dpa")),
        ("(ТАСС)", ("tass",)),
        ("（共同）", ("kyodo",)),
        ("(Reporting by A. Orlow; Editing by B. Velmar)", ("reuters",)),
        ("This article was originally published by The Tisna Gazette.", ("tisnagazette",)),
        ("Quelle: Halvorner Bote", ("halvornerbote",)),
    ],
)
def test_a_credit_at_the_foot_names_the_source(foot: str, keys: tuple[str, ...]):
    assert credited(f"{BODY}\n{foot}") == keys


@pytest.mark.parametrize(
    "foot",
    [
        "A spokesman told Reuters that the work goes on.",
        "The minister confirmed it (see above) and left.",
        "He came back with aa batteries from the shop.",
        "Habló con María y con todos los vecinos.",
        "",
    ],
)
def test_what_is_merely_mentioned_is_no_credit(foot: str):
    assert credited(f"{BODY}\n{foot}") == ()


def test_credits_in_dateline_byline_canonical_link_and_page():
    assert credited(f"KARSUND (Reuters) - {BODY}") == ("reuters",)
    assert credited(f"新华社北京3月1日电 {BODY}") == ("xinhua",)
    assert credited(BODY, dateline=Dateline("KARSUND", agency="AFP")) == ("afp",)
    assert (
        credited(BODY, dateline=Dateline("KARSUND", agency="Europa Press"))
        == ("europapress",)
        == (key("europapress.es"),)
    )
    assert credited(BODY, outlet="kcna.kp", dateline=Dateline("KARSUND", agency="KCNA")) == ()
    assert credited(BODY, author="Mara Orlow, dpa") == ("dpa",)
    there = Extraction(by="x", score=1.0, canonical="https://www.herald.example.com/bridge")
    assert credited(BODY, extraction=there) == ("example",)
    assert credited(BODY, extraction=Extraction(by="x", score=1.0, sources=("https://apnews.com/1", "Herald"))) == (
        "ap",
        "herald",
    )


def test_an_outlet_does_not_credit_itself():
    assert credited(f"KARSUND (Reuters) - {BODY}", outlet="reuters.com") == ()
    own = Extraction(by="x", score=1.0, canonical="https://daily.example/other")
    assert credited(BODY, extraction=own) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Reuters", "reuters.com"),
        ("Anadolu Ajansı", "aa.com.tr"),
        ("The Guardian", "guardian.co.uk"),
        ("Agence France-Presse", "AFP"),
    ],
)
def test_names_of_one_house_have_one_key(one: str, other: str):
    assert key(one) == key(other) != ""


def test_addresses_without_a_domain_stay_apart():
    assert key("127.0.0.1") != key("127.0.0.2")
