"""Who signed inside the article: initials behind its last sentence, a name set to the right, a name beside the date."""

import re
from typing import Any

# What stands before it is a paragraph of the article, and no caption.
_PARAGRAPH = 80
# Upper case only where it is an agency: "(USA)" and "(FDP)" sign nothing.
_ONE = r"(?:[a-zäöüßåøæéèçğşı]{2,4}|dpa|afp|apa|epd|kna|AFP|APA|SDA|DPA|Reuters|NTB|TT|Ritzau|ANSA|EFE|ANP|Belga)"
_INITIALS = rf"(?!(?:sic|etc|pdf|ref|neu|new|km|cm|kg)\b){_ONE}(?:\s?[/,]\s?{_ONE}){{0,3}}"
_ALONE = re.compile(rf"\(({_INITIALS})\)\.?$|({_INITIALS});\s(?=[FfPp]hoto|[Ff]oto|[Bb]ild|[Tt]ext|[Qq]uelle)")
_BEHIND = re.compile(rf"[.!?»”“\"]\s\(({_INITIALS})\)\.?$")
_RIGHT = re.compile(r"text-align:\s*(?:right|end)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]*\.?(?: [^\W\d_][\w.'’-]*){1,3}$")
_DATE = re.compile(r"(?:^|[\s_-])(?:date|datum|tarih|fecha|published)(?=$|[\s_-])", re.IGNORECASE)


def signature(element: Any, text: str) -> str:
    """The names in the element whose text it is, or "" where nobody signs there."""
    if _RIGHT.search(element.get("style") or ""):
        return named(text)
    match = _BEHIND.search(text[-60:]) if len(text) > _PARAGRAPH else _ALONE.match(text)
    return next(filter(None, match.groups()), "") if match else ""


def beside_date(element: Any) -> str:
    """The name in the element before one that calls itself a date, or ""."""
    before = element.getprevious() if _DATE.search(element.get("class") or "") else None
    if before is None or not isinstance(before.tag, str) or len(before):
        return ""
    return named(" ".join((before.text or "").split()).strip(" |·•-–,"))


def named(text: str) -> str:
    """The text, where it is nothing but a name with capitals."""
    return text if _NAME.match(text) and all(word[0].isupper() for word in text.split()) else ""
