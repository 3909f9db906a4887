"""Bytes to characters as browsers and hindsight do it: mark, UTF-8, label, guess; and the repair of what was broken before."""

import codecs
import re

_LABEL = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_\-:.]{2,40})|<\?xml[^>]{0,200}?encoding=[\"']([A-Za-z0-9_\-]{2,40})",
    re.IGNORECASE,
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The web's "latin-1" means windows-1252, its "gb2312" GBK, and so on (WHATWG Encoding standard).
_MEANT = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "tis-620": "cp874",
}  # fmt: skip
# Below one stray byte to this many good sequences the page is UTF-8 with an accident in it.
_STRAY = 20
_STATISTICS = 30
_RUN = re.compile(r"[\x80-\uffff]{2,}")
_LEAD = re.compile(r"[\u00c2-\u00f4]")
# So many runs, and this share of all, must turn into letters before a text counts as encoded twice.
_TWICE = 3
_SHARE = 0.8


def decode(data: bytes, header: str = "") -> str:
    """The page's characters. `header` is the charset that HTTP named; never raises."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    try:
        return mended(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    loose = _loose(data)
    if loose is not None:
        return loose
    match = _LABEL.search(data[:4096])
    own = (match[1] or match[2]).decode("ascii") if match else ""
    for charset in (header, own, _guess(data)):
        found = _strict(data, charset)
        if found is not None:
            return found
    return data.decode("cp1252", "replace")


def _loose(data: bytes) -> str | None:
    """UTF-8 with stray bytes, those read as windows-1252; None where the page is no UTF-8."""
    text = data.decode("utf-8", "surrogateescape")
    stray = sum("\udc80" <= c <= "\udcff" for c in text)
    good = sum("\x80" <= c < "\ud800" or c > "\udfff" for c in text)
    if stray * _STRAY > good:
        return None
    return re.sub("[\udc80-\udcff]", lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def _strict(data: bytes, charset: str) -> str | None:
    name = _MEANT.get(charset.lower(), charset)
    if not name:
        return None
    try:
        return data.decode(name)
    except (LookupError, UnicodeDecodeError):
        # Bytes that windows-1252 leaves free are C1 controls to browsers.
        return data.decode("latin-1") if name == "cp1252" and _mostly_text(data) else None


def _mostly_text(data: bytes) -> bool:
    return sum(b in b"\x81\x8d\x8f\x90\x9d" for b in data[:200_000]) <= 3


def _guess(data: bytes) -> str:
    """By the statistics of its letters; with few of them, nothing."""
    from charset_normalizer import from_bytes

    if sum(b > 127 for b in data[:60_000]) < _STATISTICS:
        return ""
    best = from_bytes(data[:60_000]).best()
    return best.encoding if best else ""


def mended(text: str) -> str:
    """The text with double encoding undone where it is certain ("dÃ©jÃ " to "déjà"), else as it was."""
    if not _LEAD.search(text):
        return text
    runs = _RUN.findall(text)
    fixed = {run: once for run in set(runs) if (once := _once(run)) is not None}
    turned = sum(run in fixed for run in runs)
    if turned < _TWICE or turned < _SHARE * len(runs):
        return text
    return _RUN.sub(lambda m: fixed.get(m[0], m[0]), text)


def _once(run: str) -> str | None:
    """A run of characters read as the bytes that they were, if those are UTF-8."""
    try:
        data = b"".join(c.encode("latin-1") if c <= "\x9f" else c.encode("cp1252") for c in run)
        return data.decode("utf-8")
    except UnicodeError:
        return None
