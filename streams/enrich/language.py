"""What language an article is in: py3langid's opinion weighed against its script, what the feed claims and what the page says."""

import re
from collections import Counter
from functools import cache
from typing import Protocol, cast

from streams.enrich.words import WORD

UNDETERMINED = "und"
# The classifier walks byte by byte in Python; beyond this many characters its answer does not change.
SAMPLE = 400
# Probability needed to believe the classifier alone, and to let it overrule the feed's claim. They are
# tempered by √bytes (py3langid), so a headline's are low even where it is right.
ALONE = 0.4
OVERRULE = 0.9
# Fewer letters than this say nothing by themselves; a character of a script without an alphabet says as much as three.
SHORT = 12
# A headline is read twice, also in lower case (Capitals In Every Word mislead the classifier), and weighed by how much news
# there is in a language. Chosen on 3,000 English headlines and on those of the publishers' pages (docs/quality.md).
HEADLINE = 0.35
_WEIGHT = {"en": 2.0, **dict.fromkeys("af ca eu ga gl ig jv lb mg ms nn oc rw tl wo xh yo".split(), 0.3)}
# The languages of news, of py3langid's 130: creoles and dialects win only over headlines. `zxx` is no language.
_NEWS = (
    "af am ar az be bg bn bs ca ckb cs cy da de el en eo es et eu fa fi fr ga gl gu ha he hi hr hu hy id "
    "ig is it ja jv ka kk km kn ko ku ky lb lo lt lv mg mk ml mn mr ms mt my ne nl nn no oc or pa pl "
    "ps pt ro ru rw sd si sk sl so sq sr sv sw ta te tg th ti tk tl tr tt ug uk ur uz vi wo xh yo zh zu "
    "zxx"
).split()
# ISO 639-1. Feeds also say "us", "jp" or "cn", which are countries; a claim of three letters is taken as it is.
_TWO_LETTERS = frozenset(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de "
        "dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id "
        "ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu "
        "lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu "
        "rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr "
        "ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
    ).split()
)
# Scripts that news writes in one language alone.
_SCRIPTS = {
    "ko": "\uac00-\ud7a3", "ja": "\u3040-\u30ff", "el": "\u0370-\u03ff", "he": "\u05d0-\u05ea", "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff", "my": "\u1000-\u109f", "ka": "\u10a0-\u10ff", "hy": "\u0531-\u058f", "km": "\u1780-\u17ff",
    "am": "\u1200-\u137f", "ta": "\u0b80-\u0bff", "te": "\u0c00-\u0c7f", "kn": "\u0c80-\u0cff", "ml": "\u0d00-\u0d7f",
    "gu": "\u0a80-\u0aff", "pa": "\u0a00-\u0a7f", "or": "\u0b00-\u0b7f", "si": "\u0d80-\u0dff",
}  # fmt: skip
_SCRIPT = re.compile("|".join(f"(?P<{code}>[{letters}])" for code, letters in _SCRIPTS.items()))
_HAN = re.compile("[\u3400-\u9fff]")
# This share of a text's letters makes it the script's; kana are few among the Han of a Japanese headline.
_MOSTLY, _KANA = 0.5, 0.1
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_].*)?$")


class _Identifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _identifier() -> _Identifier:
    """The model, read once per process at first use: some 75 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in _NEWS if code in set(identifier.labels)])
    return cast("_Identifier", identifier)


def tag(claim: str) -> str:
    """A claim as a BCP 47 tag (`en_us` → `en-US`), or "" when it is none or names no language."""
    match = _TAG.match(claim.strip())
    if not match:
        return ""
    language, script, region = match.groups()
    parts = [language.lower(), script.title() if script else "", region.upper() if region else ""]
    known = len(parts[0]) == 3 or parts[0] in _TWO_LETTERS
    return "" if parts[0] == UNDETERMINED or not known else "-".join(filter(None, parts))


def identify(title: str, text: str, claim: str = "", page: str = "") -> str:
    """The BCP 47 tag of the article, `und` when neither the text nor the feed's `claim` can be believed.

    `page`, what the page's markup says, is a weak witness: many name the language of their menus.
    """
    claimed, weak = tag(claim), tag(page).split("-")[0]
    sample = _sample(title, text)
    letters = "".join(WORD.findall(sample))
    written = _script(letters)
    if len(letters) + 2 * len(_HAN.findall(letters)) < SHORT and not (written and len(letters) > 1):
        return claimed or weak or UNDETERMINED
    best, sure = (written, 1.0) if written else _opinion(sample, short=len(text) < SAMPLE // 4)
    if claimed and (claimed.split("-")[0] == best or sure < OVERRULE):
        return claimed
    least = HEADLINE if len(text) < SAMPLE // 4 else ALONE
    return best if sure >= least and best != "zxx" else weak or UNDETERMINED


def _script(letters: str) -> str:
    """The language whose own script the letters are in; "" in the scripts of many."""
    met = Counter(match.lastgroup or "" for match in _SCRIPT.finditer(letters))
    code, count = met.most_common(1)[0] if met else ("", 0)
    han = len(_HAN.findall(letters))
    if met["ja"] and met["ja"] + han > _MOSTLY * len(letters) and met["ja"] > _KANA * len(letters):
        return "ja"
    return code if code != "ja" and count > _MOSTLY * len(letters) else ""


def _opinion(sample: str, *, short: bool) -> tuple[str, float]:
    """The classifier's best language and how sure it is."""
    if not short:
        return _identifier().rank(sample)[0]
    chances = dict(_identifier().rank(sample))
    for code, chance in _identifier().rank(sample.lower()):
        chances[code] = (chances[code] + chance) * _WEIGHT.get(code, 1.0)
    best = max(chances, key=lambda code: chances[code])
    return best, chances[best] / sum(chances.values())


def _sample(title: str, text: str) -> str:
    """Of a long text its beginning, middle and end, so that a page in two languages shows the one it is mostly in."""
    if len(text) < SAMPLE // 4:
        return f"{title}. {text}"[:SAMPLE].strip()
    if len(text) <= SAMPLE:
        return text.strip()
    part, middle = SAMPLE // 3, len(text) // 2
    return "\n".join((text[:part], text[middle : middle + part], text[-part:])).strip()
