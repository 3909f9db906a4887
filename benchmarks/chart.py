"""A small line chart as SVG, readable on light and on dark ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 44, 44
STEPS = 4  # of the horizontal axis
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #3a3f45 } .title { font-size: 14px; font-weight: 600 }
  .grid { stroke: #d8dce0 } .line { fill: none; stroke-width: 2; stroke-linejoin: round } .limit { stroke-dasharray: 5 4 }
  .s0 { stroke: #1f5fbf } .s1 { stroke: #b4530a } text.s0 { fill: #1f5fbf; stroke: none } text.s1 { fill: #b4530a; stroke: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9ced4 } .grid { stroke: #3a3f45 } .s0 { stroke: #7fb2ff } .s1 { stroke: #ffb070 }
    text.s0 { fill: #7fb2ff } text.s1 { fill: #ffb070 }
  }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, y) in the order of x, and the `limit` that y must stay under, drawn dashed."""

    name: str
    points: Sequence[tuple[float, float]]
    limit: float


def chart(title: str, across: str, up: str, lines: Sequence[Line]) -> str:
    """The lines from zero, with what the axes mean; SVG of one file."""
    right = max(x for line in lines for x, _ in line.points)
    top, step = _scale(max(max(line.limit, *(y for _, y in line.points)) for line in lines))

    def x(value: float) -> float:
        return LEFT + value / right * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        _text(LEFT, 22, title, "title"),
        _text(WIDTH - RIGHT, HEIGHT - 8, across, anchor="end"),
        _text(8, TOP - 8, up),
    ]
    for value in range(0, top + 1, step):
        parts.append(f'<path class="grid" d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 8, y(value) + 4, f"{value}", anchor="end"))
    for at in range(STEPS + 1):
        parts.append(_text(x(right * at / STEPS), HEIGHT - BOTTOM + 16, f"{right * at / STEPS:,.0f}", anchor="middle"))
    for number, line in enumerate(lines):
        path = "L".join(f"{x(px):.1f} {y(py):.1f}" for px, py in line.points)
        parts.append(f'<path class="line s{number}" d="M{path}"/>')
        parts.append(f'<path class="limit s{number}" d="M{LEFT} {y(line.limit):.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(WIDTH - RIGHT, y(line.limit) - 5, f"{line.name}: limit {line.limit:g}", f"s{number}", "end"))
        parts.append(_text(LEFT + 8, y(line.points[0][1]) - 7, line.name, f"s{number}"))
    return "\n".join([*parts, "</svg>", ""])


def _scale(largest: float) -> tuple[int, int]:
    """The top of an axis in whole hundreds above `largest`, and its step: at most seven."""
    step = 100 * -(-int(largest) // 700)
    return step * (int(largest) // step + 1), step


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
