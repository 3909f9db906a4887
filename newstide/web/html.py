"""HTML that escapes by default: only what `html` made is taken as markup, all else is text."""

import string
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit


class Html(str):
    """A string that is markup already."""

    __slots__ = ()


class _Escaping(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "href":
            return escape(safe_link(str(value)))
        if isinstance(value, Html):
            return value
        return escape(format(value, format_spec))

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return kwargs[field_name], field_name  # plain names only: a template reaches into nothing


_FORMATTER = _Escaping()


def html(template: str, /, **values: object) -> Html:
    """The template with each `{name}` escaped, unless it is Html; `{name:href}` for an address from outside.

    Attributes of the template must stand in double quotes.
    """
    return Html(_FORMATTER.vformat(template, (), values))


def join(parts: Iterable[Html], between: str = "") -> Html:
    """Markup after markup; `between` is text."""
    return Html(escape(between).join(parts))


def safe_link(url: str) -> str:
    """The address if it leads to the web, else `#`: feeds may carry `javascript:` and worse."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return "#"
    return url.strip() if parts.scheme.lower() in {"http", "https"} and parts.netloc else "#"


def language(code: str) -> Html:
    """The `lang` attribute of a text, where its language is known."""
    return html(' lang="{code}"', code=code) if code and code != "und" else Html("")


def ago(moment: datetime | None, now: datetime) -> Html:
    """How long ago, in full minutes of `now`, so that all ages on a page change together."""
    if moment is None:
        return Html('<span class="none">never</span>')
    seconds = (now.replace(second=0, microsecond=0) - moment).total_seconds()
    return html(
        '<time datetime="{iso}" title="{full}">{short}</time>',
        iso=moment.isoformat(timespec="seconds").replace("+00:00", "Z"),
        full=full(moment),
        short=_span(seconds),
    )


def full(moment: datetime) -> str:
    """A moment as people read it, in UTC."""
    return moment.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC")


def short(moment: datetime) -> str:
    """A moment without its year, in UTC."""
    return moment.astimezone(UTC).strftime("%-d %b, %H:%M")


def number(value: float) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def plural(count: int, one: str, many: str = "") -> str:
    """`1 copy`, `2 copies`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def _span(seconds: float) -> str:
    if seconds < 60:
        return "now"
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "now"
