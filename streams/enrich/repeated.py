"""What an outlet says in article after article: the lines that are learned, and how.

A line is learned when it stood in `REPEATS` articles that tell different things, and when it reads like no news: it
speaks to the reader, carries an address or a copyright, is a label without figures at the head or the foot, or names
the outlet in a long line there. Prose that an outlet repeats (what a war has cost so far) is news however often it
stands, and so are figures ("Net profit 203,000").

An article is known by its two longest paragraphs, so that copies and revisions of one article count once.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace

from newstide.records import Article, Profile
from streams.enrich import dateline
from streams.enrich.lines import bare, is_note
from streams.enrich.voice import addresses

REPEATS = 5
# How many lines an outlet's profile holds: learned; still counted, the least recently seen go; no longer in the newest.
LEARNED, COUNTED, GONE = 100, 150, 100
# Characters: below, a line is a word or two that anything may be; above, it is prose.
_SHORTEST, _LONGEST = 10, 500
_PARAGRAPH = 100  # characters from which on a line tells articles apart
_EDGE = 3  # filled lines at either end
_SELF = 80  # characters of a line about the outlet itself
_DIGITS = re.compile(r"\d+")
_ENDED = re.compile(r"[.!?…:;,。！？؟।][\"'”’»」)\]]*$")
_ADDRESS = re.compile(r"https?://|\bwww\.|@\w|©|\(c\) ?(?:19|20)\d\d|☎|\+\d[\d ()-]{7}")


def mark(line: str) -> int:
    """The hash by which a line is known: spaces, case and digits make no difference."""
    folded = _DIGITS.sub("0", bare(line)).casefold()
    return int.from_bytes(hashlib.blake2b(folded.encode(), digest_size=6).digest(), "big")


def learn(profile: Profile, article: Article, place: int) -> Profile:
    """The profile with one more article of its outlet counted, which stood at offset `place`; what was counted is not again."""
    if place <= profile.upto:
        return profile
    profile = replace(profile, upto=place)
    keys = _keys(article)
    if article.version > 1 or article.relation in {"copy", "derived"} or not keys:
        return profile
    learned = {h: (h, since, until) for h, since, until in profile.lines}
    counting = {h: seen for h, *seen in profile.counting}
    version = profile.version + 1
    for each in dict.fromkeys(_candidates(article)):
        if each in learned and not learned[each][2]:
            learned[each] = learned.pop(each)  # seen last
        else:
            seen = counting.pop(each, [])
            counting[each] = seen if not keys.isdisjoint(seen) else [*seen, *sorted(keys)]
            if len(counting[each]) >= 2 * REPEATS:
                del counting[each]
                learned.pop(each, None)
                learned[each] = (each, version, 0)
    return _bounded(profile, list(learned.values()), [(h, *seen) for h, seen in counting.items()], version)


def _bounded(
    profile: Profile, learned: list[tuple[int, int, int]], counting: list[tuple[int, ...]], version: int
) -> Profile:
    standing = [line for line in learned if not line[2]]
    gone = [line for line in learned if line[2]]
    gone += [(h, since, version) for h, since, _ in standing[:-LEARNED]]
    changed = any(version in line[1:] for line in [*standing, *gone])
    return replace(
        profile,
        version=version if changed else profile.version,
        lines=(*gone[-GONE:], *standing[-LEARNED:]),
        counting=tuple(counting[-COUNTED:]),
    )


def _keys(article: Article) -> set[int]:
    """Two numbers for what the article tells; none where it tells too little."""
    prose = sorted((line for line in article.text.split("\n") if len(line) >= _PARAGRAPH), key=len)[-2:]
    keys = [zlib.crc32(line.encode()) for line in prose if not _speaks(line, article.language)]
    return {keys[0], keys[-1] ^ (keys[0] == keys[-1])} if keys else set()


def _candidates(article: Article) -> Iterator[int]:
    """The marks of the lines that may be learned, and of those that were cut because they are."""
    yield from (mark(cut.text) for cut in article.removed if cut.reason == "repeated")
    filled = [line.strip() for line in article.text.split("\n") if line.strip()]
    for number, line in enumerate(filled):
        at_edge = len(filled) > 1 and (number < _EDGE or number >= len(filled) - _EDGE)
        if _SHORTEST <= len(line) <= _LONGEST and _is_no_news(line, article, at_edge=at_edge):
            yield mark(line)


def _is_no_news(line: str, article: Article, *, at_edge: bool) -> bool:
    outlet = article.outlet.casefold()
    label = at_edge and not (line.isupper() or _ENDED.search(line) or _DIGITS.search(line))
    itself = at_edge and len(line) >= _SELF and len(outlet) > 2 and outlet in line.casefold()
    if not (label or itself or _speaks(line, article.language)):
        return False
    return not is_note(line) and dateline.find(line) is None


def _speaks(line: str, language: str) -> bool:
    """Is it the outlet's to its reader, whatever it says?"""
    return _ADDRESS.search(line) is not None or addresses(line, language)
