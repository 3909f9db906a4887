"""Small charts as SVG, drawn on the server: no script, no style attribute, colours by class."""

from collections.abc import Sequence

from newstide.web.html import Html, html

WIDTH, HEIGHT = 120, 28


def sparkline(values: Sequence[int], label: str, recent: int = 1) -> Html:
    """A line with its area; the last `recent` steps, those that are counted as `now`, stand out."""
    if not values:
        return Html("")
    points = _points(values)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    tail = " ".join(f"{x:.1f},{y:.1f}" for x, y in points[-1 - recent :])
    end_x, end_y = points[-1]
    return html(
        '<svg class="spark" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">'
        '<polygon class="area" points="0,{h} {line} {end},{h}"/>'
        '<polyline class="line" points="{line}"/><polyline class="now" points="{tail}"/>'
        '<circle class="dot" cx="{end}" cy="{y}" r="2.2"/></svg>',
        w=WIDTH,
        h=HEIGHT,
        label=label,
        line=line,
        tail=tail,
        end=f"{end_x:.1f}",
        y=f"{end_y:.1f}",
    )


def _points(values: Sequence[int]) -> list[tuple[float, float]]:
    top = max(*values, 1)
    across = (WIDTH - 4) / max(len(values) - 1, 1)
    return [(across * n, HEIGHT - 2 - value / top * (HEIGHT - 6)) for n, value in enumerate(values)]


def bars(series: Sequence[tuple[str, int, int]], label: str) -> Html:
    """Bars of (step, originals, copies) on top of one another: the timeline where no script runs."""
    top = max([originals + copies for _, originals, copies in series] + [1])
    across = 720 / max(len(series), 1)
    drawn = []
    for n, (step, originals, copies) in enumerate(series):
        low, high = originals / top * 150, copies / top * 150
        drawn.append(
            html(
                "<g><title>{step}: {o} originals, {c} copies</title>"
                '<rect class="copies" x="{x}" y="{yc}" width="{w}" height="{hc}"/>'
                '<rect class="originals" x="{x}" y="{yo}" width="{w}" height="{ho}"/></g>',
                step=step,
                o=originals,
                c=copies,
                x=f"{n * across:.1f}",
                w=f"{max(across - 1, 0.5):.1f}",
                yc=f"{155 - low - high:.1f}",
                hc=f"{high:.1f}",
                yo=f"{155 - low:.1f}",
                ho=f"{low:.1f}",
            )
        )
    return html(
        '<svg class="bars" viewBox="0 0 720 156" role="img" aria-label="{label}" preserveAspectRatio="none">{all}</svg>',
        label=label,
        all=Html("".join(drawn)),
    )
