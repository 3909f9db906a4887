"""Tables of text."""

from collections.abc import Iterator, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Markdown, columns aligned."""
    widths = [max(len(line[at]) for line in [head, *rows]) for at in range(len(head))]
    for number, line in enumerate([head, *rows]):
        yield "| " + " | ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"


def verdict(held: bool) -> str:
    return "held" if held else "MISSED"
