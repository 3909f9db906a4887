"""Where sentences begin and end, in code points; for every script that ends sentences with a mark."""

import re

# Words before a full stop that do not end a sentence, case folded.
_SHORT = frozenset(
    "mr mrs ms dr prof sen rep gov gen col lt sgt capt cmdr rev hon st sr jr vs etc no nos vol fig inc ltd co corp dept est approx "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun e.g i.e cf al op ed pp p "
    "m mm mme mlle mgr av bd "
    "hr fr str nr bzw ca usw z.b d.h u.a geb dipl ing abs art bd evtl ggf inkl mio mrd tel vgl zzgl "
    "sra srta dra ud uds pág núm aprox ee.uu "
    "doç yrd av sn vb vd bkz örn "
    "أ د م".split()
)
_MONTHS_DE = re.compile(
    r"\s(?:januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|jahrhundert|auflage|spieltag|platz)\b",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…؟۔。！？।]{1,20}[\"'”’»«“‹›)\]]*(?:\s+|$)|(?<=[。！？])|\n+")
_LAST = re.compile(r"(\S+)$")


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, in order; together they are the whole text, the space behind belongs to each.

    A full stop after an initial, an abbreviation, or a German ordinal before its month ends none, nor does one
    before a lower-case letter.
    """
    found, start = [], 0
    for match in _END.finditer(text):
        if match.end() > start and _ends(text, start, match):
            found.append((start, match.end()))
            start = match.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


def _ends(text: str, start: int, match: "re.Match[str]") -> bool:
    mark = match[0].strip()
    if not mark.startswith(".") or mark.startswith("..") or match.end() >= len(text):
        return True
    following = text[match.end()]
    if following.islower():
        return False
    before = _LAST.search(text, max(start, match.start() - 24), match.start())
    word = before[1].lstrip("(\"'“„«[").casefold() if before else ""
    if word.isdigit() and len(word) <= 2:
        return not _MONTHS_DE.match(text, match.end() - 1)
    initial = len(word) == 1 and word.isalpha() and text[match.start() - 1].isupper()
    dotted = len(word) >= 3 and all(len(part) == 1 for part in word.split("."))  # "u.s" of "U.S."
    if dotted:
        return (
            following in '"“«„'
            or text[match.end() : match.end() + 12].split(" ", 1)[0].rstrip(",").casefold() in _STARTERS
        )
    return not (initial or word in _SHORT)


# After "U.S." only such a word begins a new sentence: names follow it too often.
_STARTERS = frozenset("the a an in on at but and it he she they this that we i if as for by after when while".split())
