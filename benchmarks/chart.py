"""A small line chart as SVG, readable on light and on dark ground."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 44, 44
STEPS = 4  # of the horizontal axis
STYLE = """
  text, tspan { stroke: none !important } text { font: 12px system-ui, sans-serif; fill: #3a3f45 } .title { font-size: 14px; font-weight: 600 }
  .grid { stroke: #d8dce0 } .line { fill: none; stroke-width: 2; stroke-linejoin: round } .limit { stroke-dasharray: 5 4 }
  .s0 { stroke: #1f5fbf } .s1 { stroke: #6b7280 } .s2 { stroke: #b4530a }
  :is(text, tspan).s0 { fill: #1f5fbf } :is(text, tspan).s1 { fill: #6b7280 } :is(text, tspan).s2 { fill: #b4530a }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9ced4 } .grid { stroke: #3a3f45 }
    .s0 { stroke: #7fb2ff } .s1 { stroke: #a3abb5 } .s2 { stroke: #ffb070 }
    :is(text, tspan).s0 { fill: #7fb2ff } :is(text, tspan).s1 { fill: #a3abb5 } :is(text, tspan).s2 { fill: #ffb070 }
  }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, y) in the order of x; `limit`: what y must stay under, drawn dashed."""

    name: str
    points: Sequence[tuple[float, float]]
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Plane:
    """From values to places in the picture."""

    right: float
    top: float

    def x(self, value: float) -> float:
        return LEFT + value / self.right * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)


def chart(title: str, across: str, up: str, lines: Sequence[Line]) -> str:
    """The lines from zero, with what the axes mean; an SVG file's text."""
    top, step = _scale(max(max(line.limit or 0, *(y for _, y in line.points)) for line in lines))
    plane = Plane(max(x for line in lines for x, _ in line.points), top)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        _text(LEFT, 22, title, "title"),
        _legend([line.name for line in lines]),
        _text(WIDTH - RIGHT, HEIGHT - 8, across, anchor="end"),
        _text(8, TOP - 8, up),
        *_axes(plane, range(0, top + 1, step)),
    ]
    for number, line in enumerate(lines):
        parts += _drawn(plane, line, f"s{number}")
    return "\n".join([*parts, "</svg>", ""])


def _axes(plane: Plane, heights: Iterable[int]) -> Iterator[str]:
    for value in heights:
        yield f'<path class="grid" d="M{LEFT} {plane.y(value):.1f}H{WIDTH - RIGHT}"/>'
        yield _text(LEFT - 8, plane.y(value) + 4, f"{value}", anchor="end")
    for at in range(STEPS + 1):
        place = plane.right * at / STEPS
        yield _text(plane.x(place), HEIGHT - BOTTOM + 16, f"{place:,.0f}", anchor="middle")


def _legend(names: Sequence[str]) -> str:
    parts = [f'<tspan class="s{number}" dx="16">{escape(name)}</tspan>' for number, name in enumerate(names)]
    return f'<text x="{WIDTH - RIGHT}" y="22" text-anchor="end">{"".join(parts)}</text>'


def _drawn(plane: Plane, line: Line, kind: str) -> Iterator[str]:
    path = "L".join(f"{plane.x(x):.1f} {plane.y(y):.1f}" for x, y in line.points)
    yield f'<path class="line {kind}" d="M{path}"/>'
    if line.limit is not None:
        limit = plane.y(line.limit)
        yield f'<path class="limit {kind}" d="M{LEFT} {limit:.1f}H{WIDTH - RIGHT}"/>'
        yield _text(WIDTH - RIGHT, limit - 5, f"{line.name}: limit {line.limit:g}", kind, "end")


def _scale(largest: float) -> tuple[int, int]:
    """The top of an axis in whole hundreds above `largest`, and its step: at most seven."""
    step = 100 * -(-int(largest) // 700)
    return step * (int(largest) // step + 1), step


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
