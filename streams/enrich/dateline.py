"""The line that says where and when a report was filed: `ANKARA (AA) —`, `PARIS, March 3 (Reuters) -`, `新华社北京3月3日电`.

A dateline is believed when a known agency, a date or a known region stands beside its place, or when the gazetteer knows the
place; a sentence that merely begins with a place is none, because no dash follows there.
"""

import re
from functools import cache

from newstide.records import Dateline
from streams.enrich.lexicon import lexicon
from streams.enrich.words import even, listed

# A dateline is over by here.
_HEAD = 140
# Marks that ride on Indic letters are no letters to `\w`.
_LETTER = r"[^\W\d_]"
_MORE = "[\\w.'’\\u0900-\\u0dff\\-]"
_NAME = rf"{_LETTER}{_MORE}*(?:[ /]{_LETTER}{_MORE}*){{0,4}}"
_MONTH = r"[^\s\d.,:;()\[\]/–—-]{3,10}\.?"
_DATE = (
    rf"(?:{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}}\.? (?:de )?{_MONTH}(?: (?:de )?\d{{4}})?"
    r"|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d{4}-\d\d-\d\d)"
)
_DASH = r"[-–—―−ـ]{1,2}"
# Without brackets or a dash before it an agency's name is long enough to be none but itself: "Malvern, Pa."
_PLAIN = 6
_US = (
    r"Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Kans|Ky|La|Md|Mass|Mich|Minn|Miss|Mo|Mont|Neb|Nev|N\.H|N\.J|N\.M|N\.Y|N\.C|N\.D|Okla|Ore"
    r"|Pa|Penn|R\.I|S\.C|S\.D|Tenn|Tex|Vt|Va|Wash|W\. ?Va|Wis|Wyo|D\.C|B\.C|Ont|Que|Alta|Sask|Man|N\.S|N\.B"
)
# Words in capitals, or before an agency, that name no place.
_COMMON = frozenset(
    "breaking update exclusive analysis opinion video live factbox watch corrected revised photo photos foto fotos bild bilder source sources quelle quellen"
    " fuente kaynak text editor by von par por di haber interview graphic grafik column commentary timeline explainer nato un eu us usa u.s".split()
)
_STATE = re.compile(rf"(?:{_US})\.?$")
_REGION = re.compile(rf" ?, ?([^\W\d][^,()\d]{{1,25}}?) ?(?:,|\(|{_DASH})")


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """Every form of a dateline, the surest first; groups place, region, date, and `agency` (known) or `beside` (in brackets)."""
    names = {form for name in listed("agency") for form in (name, name.upper())}
    any_agency, long_agency = _one_of(names), _one_of({name for name in names if len(name) >= _PLAIN})
    agency = rf"(?P<agency>{any_agency})(?!\w)"
    place = rf"(?P<place>{_NAME}?)(?:, (?P<region>(?!{_DATE}){_NAME}?))??"
    strict = rf"{place}(?:(?(region),? | ?, )(?P<date>{_DATE}),?)?"
    loose = rf"{place}(?:[,.]? (?P<date>{_DATE}),?)?"
    over = rf"(?P<over> ?\.?{_DASH}|[.:।/]| ?$)"
    return tuple(
        re.compile(form)
        for form in (
            # PARIS, March 3 (Reuters) - | Berlin (dpa/AFP) - | МОСКВА, 3 марта. /ТАСС/. | ISTANBUL (AA)
            rf"{loose}[,.]? ?[-–—]{{0,2}} ?[(/«]{agency}[^()/«»]{{0,20}}(?:/[^()/«»]{{1,20}}){{0,2}}?[)/»]{over}",
            # القاهرة - رويترز: | МОСКВА, 3 мар — РИА Новости. | ANKARA/AA -
            rf"{loose}(?P<bare> ?{_DASH} ?| ?/ ?){agency}{over}",
            # Jakarta, CNN Indonesia -- | ROME, March 13, Reuter -
            rf"{loose}(?P<bare>[,.] )(?P<agency>{long_agency})(?!\w){over}",
            # (ANSA) - ROMA, 03 MAR - | TEMPO.CO, Jakarta -
            rf"\(?{agency}\)?(?P<bare> ?{_DASH} ?|, ?){loose} {_DASH}",
            # [ISTANBUL] | 【ワシントン共同】 | (서울=연합뉴스) | 【北京＝山田】
            rf"\[(?P<place>{_NAME})(?:, (?P<date>{_DATE}))?\]",
            rf"[【(\[](?P<place>[^\W\d_]{{2,8}}?)[=＝・]?{agency}[^】)\]]{{0,12}}[】)\]]",
            r"【(?P<place>[^\W\d_]{2,8})[=＝][^】]{1,12}】",
            # 新华社北京3月3日电
            rf"[（(]?(?P<agency>{any_agency})(?P<place>[^\W\d_]{{2,6}}?)(?P<date>(?:\d{{1,2}}月)?\d{{1,2}}日)[电電]",
            # MADRID, 3 mar. - | KYIV, Ukraine — | HONOLULU, Hawaii (NewsNow) -
            rf"{strict}(?: ?[(](?P<beside>[^()]{{2,40}})[)]| ?/(?P<slashed>[A-ZÇĞİÖŞÜ]{{2,8}})/)?\.?(?P<end> {_DASH} ?|{_DASH} |(?<=[).]){_DASH}|: )",
        )
    )


def _one_of(names: set[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))


def find(text: str) -> Dateline | None:
    """The dateline at the beginning of the text, or None. It stays in the text."""
    head = even(text[:_HEAD].split("\n", 1)[0])
    for form in _forms():
        match = form.match(head)
        found = match and _judged(match, head)
        if found:
            return found
    return None


def region(text: str, dateline: Dateline) -> str | None:
    """The state or country that follows the place in the dateline: HARTFORD, Conn., March 24 -"""
    after = even(text[:_HEAD]).removeprefix(dateline.place)
    found = _REGION.match(after) if len(after) < len(text[:_HEAD]) else None
    return found[1] if found else None


def _judged(match: re.Match[str], head: str) -> Dateline | None:
    said = match.groupdict()
    place, agency = said["place"].strip(" .-–—ـ"), said.get("agency")
    date = (said.get("date") or "").rstrip(".") or None
    if place.casefold() in _COMMON or not place:
        return None
    if agency:
        sure = _filed(place) or not any(map(str.islower, place))  # in capitals, or in a script that has none
        dashed = "bare" not in said and re.search(_DASH, said.get("over", "-"))
        # Alcoholics Anonymous (AA) — is no town
        told = len(agency) > 2 or said.get("region")
        return Dateline(place, date, agency) if sure or (dashed and told and _capital(place)) else None
    if "end" not in said:
        return Dateline(place, date) if "=" in match[0] or "＝" in match[0] or _filed(place) else None
    return _believed(match, head, place, date)


def _capital(place: str) -> bool:
    return not any(word[0].islower() for word in place.split())


def _filed(place: str) -> bool:
    """A place of the gazetteer; a whole country only in capitals, for nobody files from one."""
    return lexicon().place(place) is not None and (place.isupper() or not _is_country(place))


def _is_country(place: str) -> bool:
    known = lexicon().place(place)
    return known is not None and known.name in lexicon().countries


def _believed(match: re.Match[str], head: str, place: str, date: str | None) -> Dateline | None:
    """Without a known agency: by date, region, brackets and gazetteer."""
    region, beside = match["region"], match["beside"] or match["slashed"]
    filed, loud = _filed(place), place.isupper()
    if beside and not _is_agency(beside):
        return None
    if match["end"] == ": ":  # NEW DELHI: The minister; but "Ankara: talks resume", "IRAN: The land"
        holds = loud and filed and not _is_country(place) and not head[match.end() :][:1].islower()
    elif date:
        holds = loud or filed
    elif region:
        known = filed or bool(beside) or _STATE.match(region) is not None or _filed(region)
        holds = (filed and bool(beside)) or (loud and known)
    else:
        holds = filed and bool(beside or not _goes_on(head[match.end() :], loud))
    return Dateline(place, date, beside) if holds else None


def _goes_on(rest: str, loud: bool) -> bool:
    """Is it a sentence ("Paris – the city of light – was"), or a line of trains ("Berlin – München")?"""
    words = re.findall(r"[^\W\d_][\w'’-]*", rest)[:2]
    return rest[:1].islower() or (not loud and any(lexicon().place(" ".join(words[:n])) for n in (1, 2)))


def _is_agency(words: str) -> bool:
    """An agency that nobody listed: one to three words with capitals, no place."""
    parts = words.split()
    capitals = len(parts) <= 3 and all(part[0].isupper() for part in parts)
    return capitals and not re.search(r"\d", words) and not lexicon().place(words)
