"""The outlet speaking to its reader inside the article: donation appeals, newsletters, "read also".

A first, thin cut: whole paragraphs or sentences, in English, French, German, Spanish, Turkish and Arabic.
What is reported or quoted is never cut: news about donations is news.
"""

import re
from functools import cache

import ahocorasick_rs

from newstide.records import Cut

_I = re.IGNORECASE
# A paragraph beyond this length is prose that may hold a sentence to cut, never an appeal as a whole.
_SHORT = 320
_QUOTED = re.compile(
    r"[\"“”„«»「」]|(?:^|\s)'|\b(?:said|says|told|according to|added|a déclaré|selon|sagte|laut|dijo|según|dedi|söyledi)\b|قال",
    _I,
)
_APPEAL = re.compile(
    r"\b(?:support (?:our|independent|quality) (?:independent )?(?:journalism|reporting|newsroom|work|media)"
    r"|donate (?:now|today|here|to (?:us|our))\b|(?:please|consider) (?:donat|support)(?:e|ing)\b[^.]{0,80}\b(?:us|our|we)\b"
    r"|(?:make|making) a (?:donation|contribution) (?:to (?:us|our)|today|now|here)|your (?:donation|contribution|support) (?:helps|keeps|makes|allows|enables)"
    r"|(?:we|our (?:journalism|newsroom|work)) (?:rel(?:y|ies)|depends?) on (?:readers|your|our readers|the support of)"
    r"|become a (?:supporter|patron|subscriber|(?:paying |supporting )?member (?:today|now|here|and help|and support|for just))\b|help us (?:keep|continue|stay|remain|report)"
    r"|soutenez[ -](?:nous|notre)|faites un don|votre (?:don|soutien) (?:nous|permet|est)|nous avons besoin de (?:vous|votre soutien)"
    r"|(?:unterstützen sie|unterstütze) (?:uns|unsere[nr]?)\b|spenden sie (?:jetzt|hier|noch heute)|jetzt spenden|mit (?:ihrer|deiner) spende"
    r"|apoya (?:nuestro|el periodismo)|apóyanos|haz(?:te)? (?:una donación|socio|socia)|dona (?:ahora|aquí)|tu (?:donación|apoyo) (?:nos|hace)"
    r"|bağış yap(?:ın|arak)|bize destek ol|destek(?:çimiz)? olun|gazeteciliğimizi destekle|desteğiniz(?:le)? )"
    r"|(?:تبرع(?:وا)? (?:الآن|لنا)|ادعم(?:وا)? (?:صحافتنا|عملنا|الصحافة المستقلة)|بدعمكم)",
    _I,
)
_NEWSLETTER = re.compile(
    r"\b(?:(?:sign up|subscribe|register) (?:here |now |today |for free )?(?:for|to) (?:our|the|your|this)\b[^.]{0,60}\b(?:newsletters?|briefing|channel|bulletin|alerts)"
    r"|get (?:our|the|all the) [^.]{0,60}\b(?:in|to) your inbox|(?:follow|join) us on (?:telegram|whatsapp|twitter|x|facebook|instagram|google news)"
    r"|our (?:free |daily |weekly )*newsletters?\b[^.]{0,60}\b(?:inbox|sign|subscribe|here)|download our (?:free )?app\b"
    r"|(?:inscrivez|abonnez)[ -]vous (?:à|a) (?:notre|nos|la)|recevez [^.]{0,60}(?:newsletter|boîte mail|par (?:e-?)?mail)"
    r"|(?:abonnieren sie|melden sie sich)[^.]{0,60}\bnewsletter|unseren (?:kostenlosen )?newsletter"
    r"|suscríbete (?:a|aquí)|suscríbase (?:a|aquí)|recibe [^.]{0,60}(?:boletín|newsletter|correo)"
    r"|bültenimize (?:abone|kaydol|kayıt)|(?:telegram|whatsapp|youtube) kanalımız[ıa]|bizi takip edin)"
    r"|(?:اشترك(?:وا)? في (?:نشرتنا|النشرة|قناتنا)|تابعونا على)",
    _I,
)
_RELATED = re.compile(
    r"\s*[\[(►▶»→•*\-]*\s*(?:read (?:also|more|next|too)|also read|see also|related(?: (?:articles?|stories|story|news|coverage))?|more (?:on this|from)|recommended"
    r"|lire aussi|à lire aussi|voir aussi|à lire également|lesen sie auch|lesen sie mehr|mehr zum thema|auch interessant|siehe auch"
    r"|lea también|lee también|leer más|le puede interesar|te puede interesar|ver también|ayrıca (?:okuyun|bakınız)|bunu da okuyun|ilgili haber(?:ler)?|haberin devamı"
    r"|اقرأ أيضا|اقرأ أيضًا|اقرأ المزيد|إقرأ أيضا|شاهد أيضا|مواضيع ذات صلة)\s*(?:[:：>»–—|-]|$)",
    _I,
)
_REASONS = (("related", _RELATED), ("newsletter", _NEWSLETTER), ("appeal", _APPEAL))
_TRIGGERS = [
    "donat",
    "donación",
    "donaci",
    "contribut",
    "support",
    "rely on",
    "relies on",
    "depend",
    "member",
    "patron",
    "subscrib",
    "newsletter",
    "inbox",
    "follow us",
    "join us",
    "app",
    "help us",
    "give ",
    "soutenez",
    "un don",
    "soutien",
    "unterstütz",
    "spende",
    "apoy",
    "hazte",
    "haz una",
    "dona ",
    "bağış",
    "destek",
    "gazetecili",
    "تبرع",
    "ادعم",
    "بدعمكم",
    "sign up",
    "register",
    "inscrivez",
    "abonn",
    "recevez",
    "suscr",
    "recibe",
    "bülten",
    "kanalımız",
    "takip edin",
    "اشترك",
    "تابعونا",
    "read also",
    "read more",
    "read next",
    "read too",
    "also read",
    "see also",
    "related",
    "more on this",
    "more from",
    "recommended",
    "lire aussi",
    "lire également",
    "voir aussi",
    "lesen sie",
    "zum thema",
    "auch interessant",
    "siehe auch",
    "lea también",
    "lee también",
    "leer más",
    "puede interesar",
    "ver también",
    "ayrıca",
    "da okuyun",
    "ilgili haber",
    "haberin devamı",
    "اقرأ",
    "إقرأ",
    "شاهد أيضا",
    "ذات صلة",
]
_SENTENCE = re.compile(r".+?(?:[.!?؟]+[\"”»')\]]*(?:\s+|$)|$)")


@cache
def _triggers() -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(_TRIGGERS)


def cut(text: str) -> tuple[str, tuple[Cut, ...]]:
    """The text without what the outlet says to its reader, and what was cut (`restore` undoes it).

    `Cut.at` is an offset in the text that is left; a paragraph goes with the line break before it.
    """
    if not _triggers().find_matches_as_indexes(text.lower()):
        return text, ()
    spans = _merged(_spans(text), text)
    kept, cuts, done = [], [], 0
    left = 0
    for start, end, reason in spans:
        kept.append(text[done:start])
        left += start - done
        cuts.append(Cut(reason, text[start:end], left))
        done = end
    kept.append(text[done:])
    return "".join(kept), tuple(cuts)


def restore(text: str, cuts: tuple[Cut, ...]) -> str:
    """The text as it was before `cut`: insert from the last to the first, so that offsets hold."""
    for each in reversed(cuts):
        text = text[: each.at] + each.text + text[each.at :]
    return text


def _spans(text: str) -> list[tuple[int, int, str]]:
    spans = []
    at = 0
    for paragraph in text.split("\n"):
        end = at + len(paragraph)
        if paragraph.strip() and _triggers().find_matches_as_indexes(paragraph.lower()):
            spans += _in_paragraph(text, at, end)
        at = end + 1
    return spans


def _in_paragraph(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The whole paragraph when it is short and nothing but the outlet's voice, else its sentences."""
    paragraph = text[start:end]
    whole = _reason(paragraph) if len(paragraph) <= _SHORT else None
    sentences = [(start + m.start(), start + m.end()) for m in _SENTENCE.finditer(paragraph)]
    guilty = [(a, b, reason) for a, b in sentences if (reason := _reason(text[a:b])) and reason != "related"]
    alone = len(sentences) <= 1 or 2 * len(guilty) >= len(sentences)
    if whole and (whole == "related" or alone):
        return [(start, end, whole)]
    return guilty


def _reason(piece: str) -> str | None:
    """Why the piece goes, or None to keep it. Quotes and reported speech stay."""
    if _RELATED.match(piece):
        return "related"
    if _QUOTED.search(piece):
        return None
    return next((reason for reason, pattern in _REASONS[1:] if pattern.search(piece)), None)


def _merged(spans: list[tuple[int, int, str]], text: str) -> list[tuple[int, int, str]]:
    """Whole paragraphs take one line break with them, the one before or, at the beginning, the one after."""
    out: list[tuple[int, int, str]] = []
    for start, end, reason in spans:
        first = start == 0 or text[start - 1] == "\n"
        last = end == len(text) or text[end] == "\n"
        begin, done = out[-1][1] if out else 0, end
        if first and last and start > begin:
            out.append((start - 1, end, reason))
        else:
            out.append((start, done + 1 if first and last and end < len(text) else done, reason))
    return out
