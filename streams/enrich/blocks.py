"""A page as a list of blocks of text, each with what its markup says of it, and the part where the prose is.

The second opinion beside trafilatura. Each block is worth its characters outside links, less what names, link
lists and crumbs cost; the article is the subtree whose blocks sum to the most (the maximum-subsequence idea of
Pasternack and Roth, WWW 2009, on a tree), so neither one container too many nor one too few.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from newstide import urls
from streams.enrich.labels import SKIPPED, WEAK, label
from streams.enrich.tidy import one_line

_BLOCK = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hgroup hr html li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
# What a block that is no prose costs, in characters.
_COST = 40
# From this many characters outside links on, a block is prose.
PROSE = 60
# A labelled element is not believed when it holds more of the page's free text than this; a weakly labelled one
# not beyond so many characters.
_MOST = 0.4
_WEAK_MOST = 250
_LINK = 20


@dataclass(slots=True)
class Group:
    """A labelled element: its characters outside links, `free`, and in them; `titled`: the page's h1 is in it."""

    element: Any
    label: str
    outer: Group | None
    free: int = 0
    linked: int = 0
    titled: bool = False

    def believed(self, total: int) -> bool:
        """Is the label to be taken at its word, on a page with so much free text? A teaser has a link."""
        if self.label == "teaser" and (self.linked < _LINK or self.titled):
            return False
        return self.free <= (min(_MOST * total, _WEAK_MOST) if self.label in WEAK else _MOST * total)


@dataclass(slots=True)
class Block:
    """`linked`: characters inside links; `away`: one of them leads to another site. `label`: why its markup says that it is no part of the article."""

    element: Any
    tag: str
    group: Group | None = None
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    away: bool = False
    text: str = ""
    label: str | None = None

    @property
    def all_link(self) -> bool:
        return self.linked >= 0.8 * len(self.text) and len(self.text) >= _LINK and not self.text.startswith("http")

    @property
    def free(self) -> int:
        return max(0, len(self.text) - self.linked)

    @property
    def value(self) -> float:
        """What the block says for its container being the article."""
        if self.label:
            return -float(min(len(self.text), 200))
        if self.free >= PROSE and self.free > self.linked:
            return self.free
        return self.free - self.linked - (0 if self.tag in HEADINGS or self.tag == "li" else _COST)


class _Walk:
    """One way through the tree, in reading order."""

    def __init__(self, root: Any) -> None:
        self.found: list[Block] = []
        self.root = root
        self.site = _site(root)
        self.group: Group | None = None
        self.links = 0
        self.current = Block(root, "body")

    def run(self) -> list[Block]:
        from lxml import etree

        walker = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                self._leave(element)
            elif not isinstance(element.tag, str) or element.tag in SKIPPED:
                walker.skip_subtree()
            else:
                self._enter(element)
        self._flush(self.root)
        return self.found

    def _enter(self, element: Any) -> None:
        tag = element.tag
        why = label(element)
        if why:
            self._flush(element)
            self.group = self.current.group = Group(element, why, self.group)
        elif tag in _BLOCK:
            self._flush(element)
        if tag == "a":
            self._follow(element.get("href", ""))
        if tag == "br":
            self.current.parts.append("\v")
        self._say(element.text)

    def _follow(self, href: str) -> None:
        """A link within the page is none; one to another site is no reference of the outlet's."""
        self.links += not href.startswith("#")
        if self.site and (host := _host(href)):
            self.current.away |= not host.endswith(self.site)

    def _leave(self, element: Any) -> None:
        tag = element.tag
        if tag == "a" and self.links and not element.get("href", "").startswith("#"):
            self.links -= 1
        ends = self.group is not None and self.group.element is element
        if ends or tag in _BLOCK:
            parent = element.getparent()
            inner, self.group = self.group, self.group.outer if ends and self.group else self.group
            self.current.group = inner
            self._flush(parent if parent is not None else element)
        self._say(element.tail)

    def _flush(self, element: Any) -> None:
        if self.current.parts:
            lines = "".join(self.current.parts).split("\v")
            self.current.text = "\n".join(filter(None, map(one_line, lines)))
            if self.current.text:
                self.found.append(self.current)
        self.current = Block(element, element.tag, self.group)

    def _say(self, text: str | None) -> None:
        if text:
            self.current.parts.append(text)
            if self.links:
                self.current.linked += len(text.strip())


def _site(root: Any) -> str:
    """The host that the page says it is from, without its first label where that is `www`; "" where it says none."""
    said = next((e.get("href", "") for e in root.iter("link") if e.get("rel") == "canonical"), "")
    return _host(said).removeprefix("www.")


def _host(address: str) -> str:
    """The host of a web address; "" of any other and of what is none."""
    return urls.host(address) if address.startswith("http") else ""


def read(tree: Any) -> list[Block]:
    """The blocks of a page's tree (lxml), in reading order, labelled."""
    found = _Walk(tree).run()
    total = 0
    for block in found:
        total += block.free
        group = block.group
        while group is not None:
            group.free += block.free
            group.linked += block.linked
            group.titled |= block.tag == "h1"
            group = group.outer
    for block in found:
        group = block.group
        while group is not None and not block.label:
            block.label = group.label if group.believed(total) else None
            group = group.outer
    if sum(block.free for block in found if block.label == "hidden") > _MOST * total:
        for block in found:  # slides, each hidden until its turn
            block.label = None if block.label == "hidden" else block.label
    return found


def densest(found: list[Block]) -> list[Block]:
    """The blocks of the subtree that sums to the most."""
    sums: dict[Any, float] = {}
    for block in found:
        value, element = block.value, block.element
        while element is not None:
            sums[element] = sums.get(element, 0.0) + value
            element = element.getparent()
    if not sums:
        return []
    best = max(sums, key=lambda e: sums[e])
    return [b for b in found if _inside(b.element, best)]


def _inside(element: Any, best: Any) -> bool:
    while element is not None and element is not best:
        element = element.getparent()
    return element is best


def text(chosen: list[Block]) -> str:
    """Prose, list items, and headings with text under them; no lists of links, no title."""
    kept: list[Block] = []
    for block in reversed(chosen):
        if block.label or block.tag == "h1" or (block.linked > len(block.text) / 2 and len(block.text) < 300):
            continue
        if block.tag in HEADINGS and not (kept and kept[-1].tag not in HEADINGS):
            continue
        kept.append(block)
    return "\n".join(b.text for b in reversed(kept))


def by_line(found: list[Block]) -> dict[str, Block]:
    """Line → the first block that has it."""
    lines: dict[str, Block] = {}
    for block in found:
        for line in block.text.split("\n"):
            lines.setdefault(line, block)
    return lines
