"""Addresses and the names made of them: what makes two links the same article, and whose it is. Pure."""

import hashlib
import re
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

# Parameters that say where a reader came from and never which article is meant: the campaign tags of
# Google Analytics and of publishers' own systems, and the click ids of advertisers and mailers.
TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|d|ms|y|tw|tt|dc)clid|[gw]braid|gclsrc|igshid|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|"
    r"at_(?:medium|campaign|link\w*|format|ptr_name|bbc_team)|ns_(?:mchannel|campaign|source|linkname|fee)|"
    r"(?:wt[._])?mc_(?:id|cmp)|cmpid|ocid|smid|xtor|vero_(?:id|conv)|oly_(?:anon|enc)_id|__twitter_impression",
    re.IGNORECASE,
)
# Other editions of the same article: for telephones, for printing, for whoever carries the feed.
_EDITION_HOST = re.compile(r"(?:m|mobile|amp|touch|print)\.(?=[^.]+\.)", re.IGNORECASE)
_EDITION_PATH = re.compile(
    r"(?<=[^/])/(?:amp|print|mobile)/?\Z|\A/(?:amp|mobile|m)(?=/.)|\.amp(?=\.html?\Z|\Z)", re.IGNORECASE
)
_EDITION = re.compile(
    r"amp|print|printer|printable|mobile|outputtype|view|output|ref|source|src|from|feed|rss|partner|syndication|syn|ito",
    re.IGNORECASE,
)
# What those parameters say where they mean an edition or a way here, and not another page.
_EDITION_VALUE = re.compile(
    r"(?:|1|true|yes|amp|print|printable|mobile|m|rss\w*|atom|feed\w*|xml|syndication|partner|feedburner|newsletter|"
    r"(?:google|yahoo|msn|apple)_?\w*)",
    re.IGNORECASE,
)
DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise(url: str) -> str:
    """The same address in its one form, for comparing: never less than idempotent.

    Scheme and host in lower case (the host in ASCII), no user, default port, fragment or tracking
    parameters; path and the other parameters as they are, in their order. A fragment that is a route of
    the page's script (`#!/article/7`) stays: it is a path. What cannot be read as an address with a host
    comes back stripped of white space only.
    """
    parts = _split(url)
    if parts is None or not parts.hostname:
        return url.strip()
    name, port = host(url), _port(parts)
    place = f"[{name}]" if ":" in name else name
    if port is not None and port != DEFAULT_PORTS.get(parts.scheme):
        place += f":{port}"
    kept = [p for p in parts.query.split("&") if p and not TRACKING.fullmatch(p.partition("=")[0])]
    route = parts.fragment if re.match(r"!?/\w|!\w", parts.fragment) else ""
    return urlunsplit((parts.scheme, place, parts.path or "/", "&".join(kept), route))


def edition(url: str) -> str:
    """The address of an article's plain edition: without the marks of AMP, mobile and print pages, and of syndication."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return url
    place = _EDITION_HOST.sub("", parts.netloc, count=1) if domain(url) else parts.netloc
    path = _EDITION_PATH.sub("", parts.path)
    kept = [p for p in parts.query.split("&") if not _is_edition(p)]
    return urlunsplit((parts.scheme, place, path, "&".join(kept), parts.fragment))


def _is_edition(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return _EDITION.fullmatch(name) is not None and _EDITION_VALUE.fullmatch(value) is not None


def host(url: str) -> str:
    """The host in lower case and ASCII, without port and brackets; empty where there is none."""
    parts = _split(url)
    name = (parts.hostname or "").rstrip(".") if parts else ""
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name


def absolute(link: str, base: str) -> str:
    """The link as a web address, seen from the page `base`; empty where it is none."""
    try:
        whole = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    return whole if whole.lower().startswith(("http://", "https://")) and host(whole) else ""


def place(url: str) -> str:
    """`host:port` of an address, as settings list them; the port is the scheme's where none is named."""
    parts, name = _split(url), host(url)
    port = (_port(parts) or DEFAULT_PORTS.get(parts.scheme, 0)) if parts else 0
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host, an address or a name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_local(host: str) -> bool:
    """Whether a request's `Host` is an address or `localhost`, or missing.

    Else a page from elsewhere may have pointed its own name at this machine to read what it answers (DNS rebinding).
    """
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return _is_ip(name.strip("[]")) or name.lower() in {"localhost", ""}


def domain(url: str) -> str | None:
    """The registrable domain (`bbc.co.uk`) by the public suffix list; None for IP addresses and localhost."""
    name = host(url)
    if not name or _is_ip(name) or name.rpartition(".")[2] == "localhost":
        return None
    found: str | None = _suffixes().privatesuffix(name)
    return found


def outlet(url: str, feed: str | None, catalogue_name: str = "") -> str:
    """Whose article it is: the catalogue's name, else the registrable domain, else the feed, else the host."""
    return catalogue_name or domain(url) or feed or host(url) or "unknown"


def article_id(
    outlet: str, url: str, guid: str | None = None, title: str = "", published: datetime | None = None
) -> str:
    """The stable id of an article: 20 hex characters of a SHA-256.

    Of the outlet and the normalised `url` of its plain edition; without one, of the outlet and the `guid`; without that, of
    the outlet, the title and the time of publication.
    """
    if url.strip():
        what = normalise(edition(url))
    elif guid:
        what = f"guid\n{guid}"
    else:
        when = published.astimezone(UTC).isoformat() if published else ""
        what = f"title\n{title}\n{when}"
    return hashlib.sha256(f"{outlet}\n{what}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # loads its list in 50 ms: not at import

    return PublicSuffixList()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.hostname
    except ValueError:  # brackets that hold no IPv6 address, a host that NFKC would change into another
        return None
    return parts


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return name.replace(".", "").isdigit()  # 2130706433 and 127.1 are addresses to every resolver
    return True
