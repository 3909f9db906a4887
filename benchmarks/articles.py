"""Articles with their text in hand, as a stream of news has them: stories, casts, wire copies. Seeded."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from benchmarks import vocabulary as v
from newstide import urls
from newstide.records import RawArticle

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
EVERY = timedelta(seconds=2)
SENTENCES = (25, 38)  # about 3 KB
COPIES = 0.05  # share of near copies of another outlet's article
FOLLOWS = 0.6  # share of the rest that goes on with a story
DERIVED = 0.7  # share of a story's words with a prefix: a term is then in about as few stories as in a newswire
LIVE, REMEMBERED = 60, 300  # stories that go on, articles that may be copied
OUTLETS = tuple(f"{name.lower()}-{kind}.example" for name in v.ONSETS[:20] for kind in ("post", "times", "online"))

# Every theme's words, kind by kind.
ALL = [" ".join(kind).split() for kind in zip(*v.THEMES.values(), strict=True)]

PATTERNS = (
    "{title} {person} told reporters in {local} that {actors} had {did} {number} {things} {how}.",
    "{org} said {day} that {adjective} {things} were {did} {how}.",
    "“{Actors} have {did} our {adjective} {things}, and {actors} know it,” {person} said.",
    "{How}, {surname} and {org} {did} the {adjective} {things} of {country}.",
    "Some {number} {actors} {did} {things} near {local}, according to {org}.",
    "{Actors} in {country} {did} {adjective} {things} {how}, {surname} added.",
    "Asked about {things}, {title} {surname} said {actors} would be {did} by {day}.",
    "The {adjective} {things}, {did} in {year}, cost {country} {number} million euros.",
    "{surname}, {age}, had {did} {things} for {org} {how}.",
    "In {city}, {adjective} {actors} {did} what {person} called “{adjective} {things}”.",
    "{org} and {body} {did} {number} percent of all {things} {how}.",
    "{Adjective} {actors} from {local} {did} {things}; {surname} {did} none.",
    "The {local} programme {did} {number} {things} {how}, {org} found.",
    "Between {local} and {city}, {things} were {did} {how}.",
    "By {day}, {actors} had {did} {number} of {total} {things} between {city} and {other}.",
    "Neither {surname} nor {body} {did} the {things} that {actors} {did} in {year}.",
)
TITLES = (
    "{Actors} {did} {adjective} {things} in {city}, says {surname}",
    "{org}: {number} {things} {did}",
    "{surname} and {org} at odds over {adjective} {things}",
    "{country}: {actors} {did} {things} {how}",
    "Why {surname} {did} the {things} of {city}",
)


@dataclass(frozen=True, slots=True)
class Story:
    """An event: who and where it is about, and the words of its theme that it uses."""

    people: tuple[str, ...]
    orgs: tuple[str, ...]
    cities: tuple[str, ...]
    countries: tuple[str, ...]
    locals: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]


def articles(count: int, seed: int = 1, first: int = 0, sentences: tuple[int, int] = SENTENCES) -> Iterator[RawArticle]:
    """`count` articles in the order of their arrival, numbered from `first`; the same seed gives the same ones."""
    return islice(_stream(random.Random(seed), first, sentences), count)


def _stream(chance: random.Random, number: int, sentences: tuple[int, int]) -> Iterator[RawArticle]:
    stories: deque[Story] = deque((_story(chance) for _ in range(LIVE)), maxlen=LIVE)
    earlier: deque[RawArticle] = deque(maxlen=REMEMBERED)
    while True:
        number += 1
        at, outlet = BEGIN + number * EVERY, chance.choice(OUTLETS)
        url = f"https://{outlet}/{number}"
        if earlier and chance.random() < COPIES:
            made = _copy(chance, chance.choice(earlier))
        else:
            if chance.random() > FOLLOWS:
                stories.append(_story(chance))
            made = _written(chance, chance.choice(stories), sentences)
            earlier.append(made)
        yield replace(made, id=urls.article_id(outlet, url), outlet=outlet, url=url, fetched=at, published=at)


def _story(chance: random.Random) -> Story:
    theme = v.THEMES[chance.choice(list(v.THEMES))]
    people = tuple(f"{chance.choice(v.FIRST)} {_surname(chance)}" for _ in range(chance.randint(3, 6)))
    orgs = tuple(f"{_surname(chance)} {chance.choice(v.KINDS)}" for _ in range(chance.randint(1, 3)))
    return Story(
        people=people,
        orgs=orgs,
        cities=tuple(chance.sample(v.CITIES, 3)),
        countries=tuple(chance.sample(v.COUNTRIES, 2)),
        locals=tuple(chance.choice(v.PLACES) + _surname(chance).lower() for _ in range(6)),
        words=tuple(_words(chance, kind, every) for kind, every in zip(theme, ALL, strict=True)),
    )


def _words(chance: random.Random, own: str, every: list[str]) -> tuple[str, ...]:
    """Some words of the theme and some of any, most of them derived: two stories of a theme are not the same story."""
    words = chance.sample(own.split(), 2) + chance.sample(every, 3)
    return tuple(chance.choice(v.PREFIXES) + word if chance.random() < DERIVED else word for word in words)


def _surname(chance: random.Random) -> str:
    return chance.choice(v.ONSETS) + chance.choice(v.CODAS)


def _written(chance: random.Random, story: Story, sentences: tuple[int, int]) -> RawArticle:
    filed = f"{chance.choice(story.cities).upper()} ({chance.choice(v.AGENCIES)}) - "
    said = [_sentence(chance, story, PATTERNS) for _ in range(chance.randint(*sentences))]
    paragraphs = [" ".join(said[at : at + 3]) for at in range(0, len(said), 3)]
    title = _sentence(chance, story, TITLES)
    return RawArticle(id="", outlet="", url="", fetched=BEGIN, title=title, text=filed + "\n\n".join(paragraphs))


def _sentence(chance: random.Random, story: Story, patterns: tuple[str, ...]) -> str:
    pick = chance.choice
    actors, did, things, adjectives = story.words
    person = pick(story.people)
    slots = {
        "person": person,
        "surname": person.split()[-1],
        "title": pick(v.TITLES),
        "org": pick(story.orgs),
        "body": pick(v.BODIES),
        "city": pick(story.cities),
        "other": pick(v.CITIES),
        "local": pick(story.locals),
        "country": pick(story.countries),
        "day": pick(v.DAYS),
        "how": pick(v.GENERAL),
        "number": chance.randint(2, 990),
        "total": chance.randint(1000, 5000),
        "year": chance.randint(1990, 2026),
        "age": chance.randint(21, 88),
        "actors": pick(actors),
        "did": pick(did),
        "things": pick(things),
        "adjective": pick(adjectives),
    }
    slots |= {name.capitalize(): str(slots[name]).capitalize() for name in ("actors", "how", "adjective")}
    return pick(patterns).format(**slots)


def _copy(chance: random.Random, original: RawArticle) -> RawArticle:
    """As another outlet prints it: a headline of its own, the end cut, a line added."""
    body = (original.text or "").split("\n\n")
    kept = body[: max(3, len(body) - chance.randint(0, 3))]
    title = f"{original.title} - {chance.choice(v.DAYS)} report"
    return replace(original, title=title, text="\n\n".join([*kept, f"Additional reporting by {_surname(chance)}."]))
