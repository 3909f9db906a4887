"""Whom an article names as its source: agencies and outlets in its byline, dateline, text and canonical link.

A credit is a form of words that says where a text is from ("(Reuters)", "mit Material der dpa"). That
somebody "told Reuters" is none. Names are compared by `key`, so that "Reuters", "Thomson Reuters" and
the outlet `reuters.com` are one.
"""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import takewhile

from newstide import urls
from newstide.records import Article

HEAD, TAIL = 240, 600  # characters in which credits stand, at either end of a text
MOST = 4  # credits of one article that are kept

# The news agencies: key, then its names and hosts.
_AGENCIES = """
reuters: Reuters, Thomson Reuters, Рейтер, 路透社, reuters.com
ap: AP, Associated Press, apnews.com, ap.org
afp: AFP, Agence France-Presse, Agence France Presse, 法新社, afp.com
dpa: dpa, Deutsche Presse-Agentur, dpa-AFX, dpa.com, dpa-international.com
efe: EFE, Agencia EFE, efe.com
ansa: ANSA, Agenzia ANSA, ansa.it
anadolu: AA, Anadolu, Anadolu Agency, Anadolu Ajansı, aa.com.tr
dha: DHA, Demirören Haber Ajansı, dha.com.tr
iha: İHA, İhlas Haber Ajansı, iha.com.tr
xinhua: Xinhua, 新华社, xinhuanet.com, news.cn
tass: TASS, ITAR-TASS, ТАСС, tass.ru, tass.com
interfax: Interfax, Интерфакс, interfax.ru, interfax.com
ria: RIA, RIA Novosti, РИА Новости, ria.ru
ukrinform: Ukrinform, Укрінформ, ukrinform.net
kyodo: Kyodo, Kyodo News, 共同, 共同通信, kyodonews.net
jiji: Jiji, Jiji Press, 時事, jiji.com
yonhap: Yonhap, 연합뉴스, yna.co.kr
pti: PTI, Press Trust of India, ptinews.com
ani: ANI, Asian News International, aninews.in
ians: IANS, ians.in
pa: PA, PA Media, Press Association, pa.media
upi: UPI, United Press International, upi.com
cp: Canadian Press, thecanadianpress.com
aap: AAP, Australian Associated Press, aap.com.au
apa: APA, Austria Presse Agentur, apa.at
sda: SDA, ATS, Keystone-SDA, keystone-sda.ch
belga: Belga, belga.be
anp: ANP, anp.nl
ritzau: Ritzau, ritzau.dk
ntb: NTB, ntb.no
tt: TT, TT Nyhetsbyrån, tt.se
stt: STT, stt.fi
pap: PAP, pap.pl
ctk: ČTK, ctk.cz
mti: MTI, mti.hu
lusa: Lusa, Agência Lusa, lusa.pt
agerpres: Agerpres, agerpres.ro
antara: Antara, antaranews.com
bernama: Bernama, bernama.com
wafa: WAFA, wafa.ps
irna: IRNA, irna.ir
spa: SPA, Saudi Press Agency, spa.gov.sa
wam: WAM, wam.ae
mena: MENA, mena.org.eg
bloomberg: Bloomberg, Bloomberg News, bloomberg.com
"""
_NAME = r"[^\W_][\w.’'\-]*(?: [^\W_][\w.’'\-]*){0,4}"
# "(Reuters) -", "(AFP, dpa)", "(dpa/lni)": what stands alone in brackets.
_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]\n]{2,40})[)）\]]")
_JOINTS = re.compile(r"\s*(?:[/,;&+]|\b(?:and|und|et|y|e|ve|with|avec|mit|con|com)\b)\s*")
# Forms that name a source of any kind, and those that do so only before the name of an agency.
_FROM = re.compile(
    rf"(?:this (?:article|story|report) (?:was |is )?(?:(?:first|originally) )?(?:published|appeared)(?: by| on| in| at)?|"
    rf"(?:first|originally) (?:published|appeared) (?:by|on|in|at)|reprinted (?:from|with permission of)|courtesy of|"
    rf"zuerst erschienen (?:bei|in)|(?:source|quelle|fuente|fonte|kaynak|źródło|källa|источник):)"
    rf"\s+(?:(?:the|der|die|das) )?(?P<name>{_NAME})",
    re.IGNORECASE,
)
_WITH = re.compile(
    rf"(?:(?:reporting|material|information|input|files) (?:by|from)|(?:material|informationen|inhalten) (?:der|von|des)|"
    rf"\bavec|\bcon|\bcom|\bmed|\bmet|información de|materiale|haberi?:?|©(?: \d{{4}})?|\(c\)(?: \d{{4}})?|copyright(?: \d{{4}})?)"
    rf"\s+(?:(?:the|der|die|das) |l[’'])?(?P<name>{_NAME})",
    re.IGNORECASE,
)
_GAVE = re.compile(r" (?:also )?(?:contributed|a contribué|contribuyó|hat mitgewirkt)\b", re.IGNORECASE)
# One of these stands in whatever _FROM matches.
_HINTS = ("publish", "appear", "reprinted", "courtesy", "erschienen", "source", "quelle", "fuente", "fonte", "kaynak", "źródło",
          "källa", "источник")  # fmt: skip
_WORD = re.compile(r"\w{2,}")
_SIGNED = re.compile(
    r"\((?:Additional )?[Rr]eporting (?:and writing )?by [^()]{3,200}[Ee]diting by "
)  # Reuters' own foot
_CJK = re.compile(r"\A(新华社|路透社|法新社|共同社?)")


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """By what a name of an outlet or agency is compared: the agency's key, else its letters and digits; "" for none."""
    bare = name.strip().strip(".,:;–—- ")
    there = _domain(bare)
    return _agencies().get(_plain(bare)) or _agencies().get(_plain(there)) or _plain(there.partition(".")[0] or bare)


def is_agency(outlet: str) -> bool:
    return key(outlet) in _keys()


def credits(article: Article) -> tuple[str, ...]:
    """Keys of those whom the article names as its source, its own outlet apart; at most MOST, as they come."""
    own = key(article.outlet)
    found = dict.fromkeys(k for k in (*_told(article), *_written(article.text)) if k and k != own)
    return tuple(found)[:MOST]


def _told(article: Article) -> list[str]:
    """From canonical link, dateline and byline."""
    found = []
    if (how := article.extraction) is not None:
        there = urls.domain(how.canonical)
        if there and there != urls.domain(article.url):
            found.append(key(there))
        found += [key(source) for source in how.sources]
    if article.dateline is not None and (agency := article.dateline.agency):
        found += _agency_names(agency) or [key(agency)]  # who stands in a dateline is a source, listed or not
    return found + _agency_names(article.author)


def _written(text: str) -> list[str]:
    head, tail = text[:HEAD], text[-TAIL:]
    lowered = tail.casefold()
    found = [
        k for part in (head, tail) if _mentions(part) for m in _BRACKETS.finditer(part) for k in _agency_names(m[1])
    ]
    if match := _CJK.match(head):
        found += _agency_names(match[1].removesuffix("社")) or _agency_names(match[1])
    if any(hint in lowered for hint in _HINTS):
        found += [k for match in _FROM.finditer(tail) for k in _named(match["name"], any_kind=True)]
    if _mentions(tail):
        found += [k for match in _WITH.finditer(tail) for k in _named(match["name"], any_kind=False)]
        before = (tail[: match.start()].split()[-5:] for match in _GAVE.finditer(tail))
        found += [k for words in before for k in _named(" ".join(words), any_kind=False)]
    return found + (["reuters"] if "diting by " in tail and _SIGNED.search(tail) else [])


def _mentions(part: str) -> bool:
    """Whether any word could be an agency's: the patterns cost a hundred times as much."""
    return not _starts().isdisjoint(_WORD.findall(part.casefold()))


def _agency_names(said: str) -> list[str]:
    """The agencies of a list such as "AFP, dpa/lni": acronyms count only as they are written."""
    return [k for part in _JOINTS.split(said) if (k := _agencies().get(_plain(part))) and _spelt(part)]


def _named(words: str, *, any_kind: bool) -> list[str]:
    """The agency that some words begin or end with, else, of `any_kind`, the outlet that their capitals name."""
    parts = words.split()
    spans = [parts[:n] for n in range(len(parts), 0, -1)] + [parts[n:] for n in range(1, len(parts))]
    if found := next((k for span in spans for k in _agency_names(" ".join(span))), None):
        return [found]
    proper = list(takewhile(lambda part: not part[:1].islower() or "." in part.strip("."), parts))
    return [key(" ".join(proper))] if any_kind and proper else []


def _spelt(name: str) -> bool:
    """`AA` and `dpa` are agencies, `aa` and `Dpa` are not."""
    bare = name.strip(" .,:;")
    return len(bare) > 4 or bare in _spellings()


@cache
def _agencies() -> dict[str, str]:
    return {_plain(name): k for k, names in _table() for name in names}


@cache
def _starts() -> frozenset[str]:
    return frozenset(_WORD.findall(name.casefold())[0] for _, names in _table() for name in names)


@cache
def _keys() -> frozenset[str]:
    return frozenset(_agencies().values())


@cache
def _spellings() -> frozenset[str]:
    return frozenset(name for _, names in _table() for name in names)


def _table() -> list[tuple[str, list[str]]]:
    lines = (line.partition(": ") for line in _AGENCIES.strip().splitlines())
    return [(k, [name.strip() for name in names.split(",")]) for k, _, names in lines]


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in folded if c.isalnum()).removeprefix("the")


def _domain(name: str) -> str:
    """The registrable domain of an address or a host, "" of a name."""
    if "://" not in name and (" " in name or "." not in name.strip(".")):
        return ""
    return urls.domain(name if "://" in name else f"https://{name}/") or ""
