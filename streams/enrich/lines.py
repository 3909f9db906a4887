"""What a line of its own says by its form and its place: a label, a credit, a byline, a prompt."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from streams.enrich.forms import Forms
from streams.enrich.voice import LANGUAGES, alternatives, pattern, table

_FILES = (*LANGUAGES, "any")
# Lines longer than this are prose, whatever they begin with.
_LINE = 240
# But consent and affiliate notices are wordy.
_LONG = 700
# A caption's own line is shorter.
_CAPTION = 320
_WORDY = frozenset({"cookie", "ad", "subscription", "newsletter", "agency", "comments"})
# What somebody is said to say to others: "Support our work, he told them."
_BIDS = frozenset({"appeal", "newsletter", "subscription"})
# Of these only lines as a whole: the title behind "Read also:" may well say who said what.
_WHOLE_BIDS = _BIDS | {"share", "related"}
# How many lines from the beginning may be title, byline and date; from the end, credits.
_HEAD = 6
_ABOVE = 40
_FOOT = 6
_BYLINE_WORDS = 12
_LABEL = 3  # words
_WORDS = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*\.?")
_SMALL = frozenset(
    "and de la le les von van der den du del della y e i und et & ve for the of at in bin al el dos da für im".split()
)
_SIGNED = re.compile(r"^\W+\w+ \w+")
_SECTION = re.compile(r".*\w.*[^.!?:…]")
# A credit or a reference behind the last sentence of a paragraph.
_BEHIND = re.compile(
    r"(?<=[.!?…”\"“»)])\s?(?:(?P<caption>(?:(?:Symbolf|Archivf|F)oto(?:s|ğraf)?(?::|©)|(?:Photos?(?::| by)|Bilde?r?:|Image:))\s?\S[^.\n]{1,60})"
    r"|(?P<related>(?i:read (?:more|also|next)|also read|see also|lesen sie (?:auch|mehr)|lire aussi|à lire aussi|le[ae] también|te puede interesar"
    r"|leia (?:também|mais)|leggi anche|ayrıca okuyun|اقرأ (?:أيضا|أيضاً|المزيد)) ?[:>»|] ?\S.{5,140}))$"
)
# A line that begins like this is what somebody says; not where it names something: "The Pier": our podcast.
_QUOTED = re.compile(r"[\"„“«»‘‚'](?!.{2,40}[\"”“»«’'] ?:)")
_INLINE = re.compile(r"[\[(][^\[\]()\n]{6,200}[\])] ?")


def bare(line: str) -> str:
    """The line as markup and text are compared: one space between words, no bullet."""
    return " ".join(line.split()).removeprefix("- ").strip()


def is_note(line: str) -> bool:
    """Is it an editor's note or a correction?"""
    return _notes().match(line) is not None


def is_label(line: str) -> bool:
    """Does it only name what follows, as "The author" and "Sources used"?"""
    match = _whole().match(line.strip())
    return match is not None and match.lastgroup in {"author", "agency"} and len(line.split()) <= _LABEL


class Places:
    """The lines of one text, judged by where they stand."""

    def __init__(self, all_lines: list[str], titles: Iterable[str], author: str) -> None:
        self.filled = [i for i, line in enumerate(all_lines) if line.strip()]
        self.head = set(self.filled[:_HEAD]) if len(self.filled) > 1 else set()
        self.last = set(self.filled[1:][-_FOOT:])
        self.titles = set(map(plain, titles)) - {""}
        title = next((i for i in sorted(self.head) if plain(all_lines[i]) in self.titles), 0)
        self.above = {i for i in self.head if i < title}
        self.author = plain(author)
        self.authors = tuple(name for name in author.split(", ") if " " in name)

    def reason(self, number: int, line: str) -> str | None:
        """Why the whole line goes, or None."""
        text = line.strip()
        placed = self._at_head(number, text) or (self.at_foot(text) if number in self.last else None)
        if placed or len(text) > _LONG:
            return placed
        return _form(text)

    def _at_head(self, number: int, text: str) -> str | None:
        if number not in self.head or len(text) > _LINE:
            return None
        said = plain(text)
        if said in self.titles:
            return "title"
        if self.author and said == self.author:
            return "byline"
        match = _heads().match(text)
        if match and (match.lastgroup != "byline" or _names(text)):
            return match.lastgroup
        # What stands above the title in a few words is the section's name or a tool.
        return "section" if number in self.above and len(text) <= _ABOVE and _SECTION.fullmatch(text) else None

    def foot(self, reasons: Sequence[str | None]) -> list[int]:
        """The last lines of what is left when the others have gone."""
        return [i for i in self.filled[1:] if not reasons[i]][-_FOOT:]

    def at_foot(self, text: str) -> str | None:
        """Why a line goes that stands there."""
        if not text or len(text) > _LONG or _reports().search(text):
            return None
        if self._of_author(text) and not text.endswith(("”", '"', "»")):
            return "author"  # who wrote it is told at its foot
        if text[0] in "—–" and len(text) <= _LINE and "@" not in text and _SIGNED.search(text) and _names(text):
            return "author"
        match = _feet().match(text) if len(text) <= 2 * _LINE else None
        return match.lastgroup if match else None

    def _of_author(self, text: str) -> bool:
        """Does it begin with an author's name and tell who that is? Who writes may also be who acts: "The Council called …"."""
        return any(text.startswith(name) and _tells().match(text, len(name)) for name in self.authors)


@lru_cache(maxsize=4096)
def _form(text: str) -> str | None:
    """The reason in how a line reads; remembered, for the candidates of one page share most of their lines."""
    whole = _whole().match(text)
    match = whole or (_opening().match(text) if not _QUOTED.match(text) else None)
    if match is None or (match.lastgroup in (_WHOLE_BIDS if whole else _BIDS) and _reports().search(text)):
        return None
    return match.lastgroup if whole or len(text) <= _LINE or match.lastgroup in _WORDY else None


def asides(line: str) -> Iterator[tuple[int, int, str]]:
    """References and credits inside a line: `[Related: …]`, `(Photo by …)`, `(Reporting by …)`, `Foto: …` at its end."""
    for match in _INLINE.finditer(line):
        inner = match[0].strip()
        found = _opening().match(inner.strip("[]()")) or _credit().match(inner)
        if found and not _gloss().match(inner):
            yield match.start(), match.end(), found.lastgroup or ""
    if behind := _BEHIND.search(line):
        yield behind.start(), behind.end(), behind.lastgroup or ""


def _names(text: str) -> bool:
    """Does it read like people's names: few words, most of them capitalised, no full stop at the end?"""
    words = _WORDS.findall(text)
    proper = [w for w in words[1:] if w.casefold() not in _SMALL]
    if not proper or len(words) > _BYLINE_WORDS or text.endswith((".", "!", "?", "…")):
        return False
    return sum(not w[0].islower() for w in proper) >= 0.8 * len(proper)


def plain(text: str) -> str:
    """The words of a text alone, case folded: what two spellings of one title share."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _forms(section: str, before: str, after: str, longest: int = _LONG) -> Forms:
    """The phrases of a section of all files."""
    said = ((why, alternatives(words)) for name in _FILES for why, words in table(name).get(section, {}).items())
    return Forms(said, before, after, longest)


@cache
def _whole() -> Forms:
    return _forms("lines", r"[\W_]*", r"[^\w.]*$", _CAPTION)


@cache
def _opening() -> Forms:
    return _forms("opens", r"(?:[\W_]*?)", "")


@cache
def _heads() -> Forms:
    return _forms("head", r"[\W_]*?", r"[\W_]*$")


@cache
def _feet() -> Forms:
    return _forms("foot", r"[\W_]*?", r"[\W_]*$")


@cache
def _credit() -> re.Pattern[str]:
    return re.compile(
        r"[\[(](?:(?P<caption>(?:ap )?(?:photo|image|foto|picture|credit|bild|symbolbild|fotoğraf)s?(?: credit)? ?(?:by|:|/|courtesy).*|.{0,60}getty images.*)"
        r"|(?P<agency>(?:additional )?(?:reporting|writing|editing|compiled) by .*))[\])]",
        re.IGNORECASE,
    )


@cache
def _notes() -> re.Pattern[str]:
    notes = "|".join(pattern(table(language)["keep"]["note"]) for language in LANGUAGES)
    return re.compile(rf"[\W_]*(?:{notes})(?!\w)", re.IGNORECASE)


@cache
def _gloss() -> re.Pattern[str]:
    """Read as something in lower case, or as a few words: no title that is to be read."""
    verb = pattern(table("any")["keep"]["gloss"])
    meant = r"(?:(?-i:[a-zß-öø-ÿğışœ])|\S+(?: \S+){0,2}[\])]$)"
    return re.compile(rf"[\[(]{verb} ?: ?(?!https?:|www\.){meant}", re.IGNORECASE)


@cache
def _tells() -> re.Pattern[str]:
    return re.compile(pattern(table("any")["bio"]["tells"]))


@cache
def _reports() -> re.Pattern[str]:
    said = "|".join(pattern(table(language)["keep"]["said"]) for language in LANGUAGES)
    return re.compile(rf"(?<![\w/-])(?:{said})(?![\w/-])", re.IGNORECASE)  # not in an address
