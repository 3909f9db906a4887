"""What language an article is in: py3langid's opinion weighed against what the feed claims."""

import re
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
# Fewer letters than this say nothing by themselves.
SHORT = 12
# The languages of news, of py3langid's 130: creoles and dialects win only over headlines. `zxx` is no language.
_NEWS = (
    "af am ar az be bg bn bs ca ckb cs cy da de el en eo es et eu fa fi fr ga gl gu ha he hi hr hu hy id "
    "ig is it ja jv ka kk km kn ko ku ky lb lo lt lv mg mk ml mn mr ms mt my nb ne nl nn no oc or pa pl "
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
    letters = sum(map(len, WORD.findall(sample)))
    if letters < SHORT:
        return claimed or weak or UNDETERMINED
    best, sure = _identifier().rank(sample)[0]
    if claimed and (claimed.split("-")[0] == best or sure < OVERRULE):
        return claimed
    return best if sure >= ALONE and best != "zxx" else weak or UNDETERMINED


def _sample(title: str, text: str) -> str:
    """Of a long text its beginning, middle and end, so that a page in two languages shows the one it is mostly in."""
    if len(text) < SAMPLE // 4:
        return f"{title}. {text}"[:SAMPLE].strip()
    if len(text) <= 3 * SAMPLE:
        return text[:SAMPLE].strip()
    part, middle = SAMPLE // 3, len(text) // 2
    return "\n".join((text[:part], text[middle : middle + part], text[-part:])).strip()
