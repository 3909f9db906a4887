"""Feeds of invented outlets, written for these tests."""

from xml.sax.saxutils import escape

LONG = "The ferry to the outer islands runs again after the storm, the harbour master said on Monday. " * 12


def item(number: int, link: str = "https://harbour.example", text: str = LONG, title: str = "", extra: str = "") -> str:
    title = title or f"Ferry news {number}"
    return (
        f"<item><title>{escape(title)}</title><link>{link}/{number}</link><guid>{link}/{number}</guid>"
        f"<pubDate>Mon, 04 May 2026 {number % 24:02}:00:00 +0200</pubDate>"
        f"<description>{escape(text)}</description>{extra}</item>"
    )


def rss(*items: str, title: str = "Harbour Post") -> bytes:
    head = f"<rss version='2.0'><channel><title>{title}</title><language>en-GB</language>"
    return f"<?xml version='1.0' encoding='utf-8'?>{head}{''.join(items)}</channel></rss>".encode()
