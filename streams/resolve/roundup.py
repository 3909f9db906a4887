"""Articles that tell of several events: they join a story, and connect nothing."""

import re
from typing import Final

from newstide.records import Article

# How headlines say so, in whole words.
_SAID: Final = re.compile(
    r"\b(?:live ?(?:blog|updates?|coverage|ticker)|as it happened|round-?up|(?:morning|evening|daily|news) (?:briefing|bulletin|digest)|"
    r"(?:news|week|day|year|world) in (?:brief|review|pictures|photos)|in brief|what we know (?:on|about) day|top (?:stories|headlines)|"
    r"today'?s (?:headlines|papers)|things to (?:know|watch)|(?:stories|headlines) you (?:may|might) have missed|"
    r"liveblog|newsblog|der tag im überblick|presseschau|le direct|en direct|revue de presse|resumen del día|canlı blog|günün özeti)\b",
    re.IGNORECASE,
)
_MARKS: Final = frozenset({"live blog"})
# "Rates rise; storm nears coast; Rovers win": this many parts, each of this many words, are events of their own.
_PARTS, _WORDS = 3, 2


def connects(article: Article) -> bool:
    """Whether the article tells of one event, as far as its headline and its page say."""
    if article.extraction is not None and _MARKS.intersection(article.extraction.marks):
        return False
    title = article.title.replace("’", "'")
    return not (_SAID.search(title) or sum(len(part.split()) >= _WORDS for part in title.split(";")) >= _PARTS)
