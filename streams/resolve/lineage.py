"""Which of the articles with one text is the original, by what they say of themselves and of one another."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from newstide.records import Article, Claim, Decision
from streams.resolve.credits import credits, is_agency, key
from streams.resolve.overlap import Overlap

# Times that lie closer are no evidence: a wire is printed everywhere within the same minute.
APART = timedelta(seconds=60)
FRESH = timedelta(days=7)  # before being fetched; what claims to be older, or of the future, is not believed
# One text holds the other whole, begins like it, and goes on for a fifth: the other was cut.
HELD, ALIKE, MORE = 0.95, 0.05, 0.2

FIRST = "arrived first"


def claim(article: Article) -> Claim:
    """What the article itself says of its origin; midnight is a day without a time."""
    said = article.published
    believed = said is not None and timedelta(0) <= article.fetched - said <= FRESH
    timed = said is not None and any((said.hour, said.minute, said.second))
    return Claim(published=said if believed and timed else None, credits=credits(article))


def is_cut(common: Overlap) -> bool:
    """Whether the other text is the beginning, or parts, of the article's."""
    return common.given >= HELD and common.lead <= ALIKE and common.taken <= 1 - MORE


def original(members: Sequence[Decision], standing: str, cut: str | None = None) -> Decision:
    """Which of the articles with one text had it first.

    Whom most of them name as the source; else a news agency; else who was out first (published, else fetched); else
    not the one that is `cut`; else the one that stood as the original so far; else who came first.
    """
    votes = Counter(name for member in members for name in member.claim.credits)
    rank = {m.id: (votes[key(m.outlet)], is_agency(m.outlet)) for m in members}
    most = max(rank.values())
    left = [m for m in members if rank[m.id] == most]
    out = min(map(_time, left))
    left = [m for m in left if _time(m) - out < APART]
    left = [m for m in left if m.id != cut] or left
    return next((m for m in left if m.id == standing), None) or min(left, key=lambda m: m.input)


def evidence(copy: Decision, first: Decision, members: Sequence[Decision], cut: str | None = None) -> str:
    """Why `first` is the original and `copy` is not, in words."""
    house, apart = key(first.outlet), _time(copy) - _time(first)
    minutes = round(apart.total_seconds() / 60)
    later = apart >= APART and first.claim.published is not None
    reasons = (
        (house in copy.claim.credits, f"credits {first.outlet}"),
        (any(house in member.claim.credits for member in members), f"other copies credit {first.outlet}"),
        (is_agency(first.outlet) and not is_agency(copy.outlet), f"{first.outlet} is an agency"),
        (
            later and copy.claim.published,
            f"published {f'{minutes} min' if minutes < 120 else f'{minutes // 60} h'} after it",
        ),
        (later, "met after it was published"),
        (copy.id == cut, "a part of it, cut"),
    )
    return next((words for holds, words in reasons if holds), FIRST)


def _time(member: Decision) -> datetime:
    return member.claim.published or member.fetched
