"""The feeds that a page names."""

from newstide import urls

KINDS = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"))


def discover(body: bytes, url: str) -> list[str]:
    """Addresses of the feeds in the page's `<link rel=alternate>`, absolute, in their order, each once."""
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.document_fromstring(body)
    except (etree.LxmlError, ValueError):
        return []
    base = next((urls.absolute(href, url) for href in root.xpath("//base/@href")), "") or url
    links = [link for link in root.iter("link") if _names_a_feed(link.get("rel", ""), link.get("type", ""))]
    found = (urls.absolute(link.get("href", ""), base) for link in links)
    return list(dict.fromkeys(filter(None, found)))


def _names_a_feed(rel: str, kind: str) -> bool:
    return "alternate" in rel.lower().split() and kind.partition(";")[0].strip().lower() in KINDS
