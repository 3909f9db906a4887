"""What the page's markup sets apart: for each line the reason, by its element's label, its links, and what it stands in."""

from collections.abc import Iterator
from typing import Any

from streams.enrich.blocks import HEADINGS, PROSE, Block

# What is in these is said by the article, also beside a picture.
_SAID = HEADINGS | {"h1", "blockquote", "li"}
# A box of a picture, or of a form, holds no more text than this.
_BOX = 250
# So many captions without markup are believed of a page that is no article, or so many for a paragraph.
_FEW, _OF_TOLD = 3, 0.25
# How far up such a box may begin.
_UP = 3
# A line that is about half a link points elsewhere up to this length.
_POINTER = 160
# A paragraph of a few words, a colon and a link of so many characters that stays on the site is a reference in the
# outlet's own words, in any language.
_LEAD, _LED = 60, 15
# A paragraph of these that is one link of so many characters is a reference.
_LONELY = frozenset({"p", "div", "blockquote"})
# What says the same as a picture's description is beside it, from so many characters on.
_ALT = 25


def reasons(found: list[Block], *, article: bool = True) -> dict[str, str]:
    """Line → why the markup sets it apart, for the lines that stand nowhere else on the page; does it call itself an article?

    A paragraph that is nothing but one link is a reference; so are three items of a list in a row, all of a shorter
    one, and a headline without prose under it. Weaker reasons are `link`, a line that is a link, to go where it follows a reference, and
    `heading` and `pointer`, a line that is half a link, to go where nothing but such lines follows.
    """
    apart: dict[str, str] = {}
    weak: dict[str, str] = {}
    plain: set[str] = set()
    boxes = _boxes(found, article=article)
    for number, block in enumerate(found):
        why, perhaps = _why(found, number, block) or boxes.get(number), _weak(block)
        for line in block.text.split("\n"):
            if why:
                apart.setdefault(line, why)
            elif perhaps:
                weak.setdefault(line, perhaps)
            else:
                plain.add(line)
    return {line: why for line, why in {**apart, **weak}.items() if line not in plain}


def _weak(block: Block) -> str | None:
    if block.tag in HEADINGS and block.tag != "h1":
        return "heading"
    is_half = block.linked >= 0.4 * len(block.text) and not (block.all_link or block.away or block.text.endswith("."))
    return "pointer" if is_half and len(block.text) <= _POINTER else None


def _boxes(found: list[Block], *, article: bool) -> dict[int, str]:
    """Blocks in a small element of their own: a label beside a picture and next to prose, or what asks for an address."""
    if not found:
        return {}
    root = found[0].element.getroottree().getroot()
    headed = {e for block in found if block.tag == "h1" for e in _above(block.element)}
    pictured = {e for picture in root.iter("img", "picture", "video") for e in _above(picture)} - headed
    named = {" ".join(picture.get("alt", "").split()) for picture in root.iter("img")}
    asking = {e for field in root.iter("input") if field.get("type") == "email" for e in _above(field)}
    sizes = _sizes(found)
    out: dict[int, str] = {}
    for number, block in enumerate(found):
        around = [e for e in _above(block.element) if sizes[e] <= _BOX]
        beside = not pictured.isdisjoint(around) or (block.text in named and len(block.text) >= _ALT)
        if beside and _is_caption(found, number):
            out[number] = "caption"
        elif not asking.isdisjoint(around):
            out[number] = "newsletter"
    return out if article else _believed(out, found)


def _believed(boxes: dict[int, str], found: list[Block]) -> dict[int, str]:
    """Without captions, where they are many beside little prose: steps of a guide, goods of a shop."""
    captions = sum(why == "caption" for why in boxes.values())
    told = sum(block.free >= PROSE and not block.label for block in found)
    if captions <= max(_FEW, _OF_TOLD * told):
        return boxes
    return {number: why for number, why in boxes.items() if why != "caption"}


def _sizes(found: list[Block]) -> dict[Any, int]:
    sizes: dict[Any, int] = {}
    for block in found:
        for element in _above(block.element):
            sizes[element] = sizes.get(element, 0) + len(block.text)
    return sizes


def _above(element: Any) -> Iterator[Any]:
    """The element itself and those around it, a few steps up."""
    for _ in range(_UP):
        if element is None or element.tag in {"body", "html", "article", "main"}:
            return
        yield element
        element = element.getparent()


def _is_caption(found: list[Block], number: int) -> bool:
    block = found[number]
    is_told = block.text.rstrip(")]").endswith((".", "!", "?", "…", ":", "”", '"')) or block.text.startswith("http")
    if block.tag in _SAID or is_told or block.linked >= len(block.text) / 2:
        return False
    return any(b.free >= PROSE and not b.label for b in found[max(0, number - 1) : number + 2])


def _why(found: list[Block], number: int, block: Block) -> str | None:
    if block.label and block.label != "aside":
        return "related" if block.label == "teaser" else block.label
    following = found[number + 1] if number + 1 < len(found) else None
    if _leads(block):
        return "related"
    if not block.all_link:
        introduces = block.tag in HEADINGS and following is not None and _listed(found, number + 1)
        return "related" if introduces or _listed(found, number) else None
    teased = block.tag in HEADINGS and (not following or following.all_link or following.tag in HEADINGS)
    return "related" if block.tag in _LONELY or teased or _listed(found, number) else "link"


def _leads(block: Block) -> bool:
    """Is it a few words, a colon, and a link within the site?"""
    colon = block.text.find(":")
    led = len(block.text) - colon - 1
    if block.tag not in _LONELY or block.away or not 0 < colon <= _LEAD or block.text.startswith("http"):
        return False
    return block.linked >= _LED and led - 3 <= block.linked <= led + 1


def _points(block: Block) -> bool:
    """Is it a list's item that is mostly a link within the site, and no sentence?"""
    mostly = block.tag == "li" and block.linked > 0.5 * len(block.text) and not block.away
    return mostly and not block.text.endswith(".")


def _only_links(found: list[Block], number: int) -> bool:
    """Is the block in a list of two or more items that all point elsewhere?"""
    outer = found[number].element.getparent()
    near = [b for b in found[max(0, number - 5) : number + 6] if b.element.getparent() is outer]
    return found[number].tag == "li" and len(near) > 1 and all(map(_points, near))


def _listed(found: list[Block], number: int) -> bool:
    """Is the block one of at least three list items in a row that are mostly link and no sentence?"""
    if _only_links(found, number):
        return True
    run, held = 0, False
    for at in range(max(0, number - 2), min(len(found), number + 3)):
        run, held = (run + 1, held or at == number) if _points(found[at]) else (0, False)
        if run >= 3 and held:
            return True
    return False
