"""What feeds get wrong and feedparser would take badly, mended in their bytes before it reads them."""

import re

from producers.plain import sound

ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
ITEM_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_CHARACTER = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_CHARACTERS = re.compile(rb"(?:&#(?:[xX][0-9a-fA-F]+|[0-9]+);)+")
_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?!#[0-9]+;|#[xX][0-9a-fA-F]+;|[A-Za-z_:][\w:.-]*;)", re.DOTALL
)
# An item's own text, with something in it.
_OWN = re.compile(
    rb"<(?:atom:)?(?:description|summary|content(?::encoded)?)(?:\s[^<>]*)?(?<!/)>(?!\s*(?:<!\[CDATA\[\s*\]\]>\s*)?</)",
    re.IGNORECASE,
)
_CAPTION = re.compile(rb"(</?media:)(?=description[\s/>])", re.IGNORECASE)
_NO_LINK = re.compile(
    rb"<link\s*(?:/>|>\s*</link\s*>)", re.IGNORECASE
)  # beside it a guid that is an address would not count
# A name as guid, of which feedparser would make an address; where an address is promised, it may be a file's name.
_NAME = re.compile(
    rb"<guid\s*(?:>|isPermaLink\s*=\s*[\"']true[\"']\s*>(?!\s*+(?:<!\[CDATA\[)?[^<\]]{0,200}\.))"
    rb"(?=\s*+(?:<!\[CDATA\[)?[^<>/:\]]{1,200}[<\]])",
    re.IGNORECASE,
)
# Possessive throughout: a feed of nothing but the beginnings of authors costs no more than its length.
_AUTHOR = re.compile(
    rb"(<(?:\w+:)?(?:author|creator|managingEditor)(?:\s[^<>]*)?>\s*+(?:<!\[CDATA\[)?+)([^<\]@]{0,500}+@[^<\]]{0,500}+)(?=[<\]])",
    re.IGNORECASE,
)
# In ASCII, and no part of a longer word: in Big5, GBK or Shift_JIS an @ may be the second half of a character.
_MAIL = re.compile(
    rb"(?:&lt;|\(\s*+)?(?<![\w.+%'\x80-\xff-])[\w.+%'-]{1,254}+@[\w.-]{1,254}+(?![\x80-\xff])(?:&gt;|\s*+\))?"
)


def is_torn(body: bytes) -> bool:
    """Whether the end of an XML feed did not come; one in other bytes than ASCII's is taken for whole."""
    return b"\0" not in body and not _ROOT_END.search(body, max(0, len(body) - 4096))


def repaired(body: bytes) -> bytes:
    """The body of an XML feed, mended; as it is where its bytes are not those of ASCII (UTF-16, ISO-2022)."""
    body = _CHARACTERS.sub(_characters, body)
    if b"\0" in body or b"\x1b$" in body:
        return body
    body = _AMPERSAND.sub(lambda found: found[0] if found[0].startswith(b"<") else b"&amp;", body)
    body = _NAME.sub(b'<guid isPermaLink="false">', _NO_LINK.sub(b"", body))
    return _items(_AUTHOR.sub(_author, body))


def _characters(found: re.Match[bytes]) -> bytes:
    """Numeric references as they are, unless one is no character, at which feedparser raises: pairs of surrogates are joined."""
    codes = [_code(one) for one in _CHARACTER.finditer(found[0])]
    if all(0 < code < 0xD800 or 0xDFFF < code < 0x110000 for code in codes):
        return found[0]
    text = sound("".join(chr(code) if 0 < code < 0x110000 else "\ufffd" for code in codes))
    return b"".join(b"&#%d;" % ord(c) for c in text)


def _code(found: re.Match[bytes]) -> int:
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    return int(digits, base) if len(digits) < 20 else 0


def _author(found: re.Match[bytes]) -> bytes:
    """An author without an address: feedparser's own pattern knows short top-level domains only, and leaves the rest as a name."""
    name, mailboxes = _MAIL.subn(b" ", found[2])
    if not mailboxes:
        return found[0]
    name = name.strip(b" \t\r\n,:-")
    return found[1] + (name[1:-1] if name.startswith(b"(") and name.endswith(b")") else name)


def _items(body: bytes) -> bytes:
    """Each item by itself. A torn one after whole ones goes: it comes again, and without its address it would be another."""
    parts, start = [], 0
    for end in (found.end() for found in ITEM_END.finditer(body)):
        parts.append(_item(body[start:end]))
        start = end
    rest = body[start:]
    if parts and is_torn(body) and (torn := ITEM.search(rest)):
        rest = rest[: torn.start()]
    return b"".join([*parts, rest])


def _item(piece: bytes) -> bytes:
    """An item whose own text stays: to feedparser a picture's caption (`media:description`) is the item's description."""
    start = max((found.start() for found in ITEM.finditer(piece)), default=0)
    return piece[:start] + _CAPTION.sub(rb"\1other-", piece[start:]) if _OWN.search(piece, start) else piece
