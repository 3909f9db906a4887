"""The line that says where and when a report was filed: `ANKARA (AA) —`, `PARIS, March 3 (Reuters) -`.

A dateline is believed when it is in capitals, or in brackets, or when the gazetteer knows its place; a
sentence that merely begins with a place is none, because no dash follows there.
"""

import re

from newstide.records import Dateline
from streams.enrich.lexicon import lexicon
from streams.enrich.words import even

# A dateline is over by here.
_HEAD = 120
_NAME = r"[^\W\d_][\w.'’\-]*(?:[ /][^\W\d_][\w.'’\-]*){0,4}"
_MONTH = r"[^\W\d_]{3,9}\.?"
_DATE = (
    rf"{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}}\.? {_MONTH}(?: \d{{4}})?|\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?"
)
_AGENCY = r"[^\W\d_][\w .&'’/\-]{1,30}"
_LINE = re.compile(
    rf"(?P<place>{_NAME})(?:, (?P<region>(?!{_MONTH} \d){_NAME}))?(?:, (?P<date>{_DATE}))?"
    rf"(?: ?\((?P<agency>{_AGENCY})\)| ?/(?P<slashed>[A-ZÇĞİÖŞÜ]{{2,8}})/)?(?:\.?)(?: ?[-–—]{{1,2}} ?| ?[:] )"
)
_BRACKETED = re.compile(rf"\[(?P<place>{_NAME})(?:, (?P<date>{_DATE}))?\]")
_COMMON = frozenset(
    {"BREAKING", "UPDATE", "EXCLUSIVE", "ANALYSIS", "OPINION", "VIDEO", "LIVE", "FACTBOX", "WATCH", "CORRECTED"}
)


def find(text: str) -> Dateline | None:
    """The dateline at the beginning of the text, or None. It stays in the text."""
    head = even(text[:_HEAD])
    match = _BRACKETED.match(head)
    if match:
        return _known(match["place"], match["date"], None)
    match = _LINE.match(head)
    if not match:
        return None
    place, date, agency = match["place"], match["date"], match["agency"] or match["slashed"]
    headline = match[0].rstrip().endswith(":") and not agency  # "Ankara: talks resume"
    word = head[match.end("place") : match.end("place") + 1] in "-–—" and not match[0].endswith(" ")  # "Paris-based"
    if headline or word:
        return None
    if date or agency:
        return _believed(place, date, agency)
    follows = head[match.end() : match.end() + 1]
    if follows.islower() or (match["region"] and not place.isupper()):
        return None  # "Paris – the city of light – was" is a sentence
    return _known(place, None, None)


def _believed(place: str, date: str | None, agency: str | None) -> Dateline | None:
    """With a date or an agency beside it, capitals are enough where the gazetteer knows nothing."""
    if place in _COMMON or not (place.isupper() or lexicon().place(place)):
        return None
    return Dateline(place, date, agency)


def _known(place: str, date: str | None, agency: str | None) -> Dateline | None:
    """A place of the gazetteer; a whole country only in capitals, for nobody files from one."""
    known = lexicon().place(place)
    country = known is not None and known.name in lexicon().countries
    return Dateline(place, date, agency) if known and (place.isupper() or not country) else None
