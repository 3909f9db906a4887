"""The page of one story: who told it in which order, what each one added, and who took over whose text."""

from collections.abc import Mapping, Sequence
from typing import Any

from newstide.web.api import Asking, NotFound
from newstide.web.assets import plotly_address
from newstide.web.html import Html, html, join, language, plural, short
from newstide.web.layout import counts, entity_link, link_to, page, ranking, region, relation, topic_link
from sinks import queries

SCRIPTS = ("timeline.js", "regions.js")


def story(asking: Asking, key: str) -> str:
    """One story: who told it when, in what words, and who took it over. Raises NotFound."""
    found = queries.story(asking.store, key)
    if found is None:
        raise NotFound(f"There is no story {key!r}.")
    countries = sorted(found["countries"], key=lambda c: -c["articles"])
    body = html(
        '<div class="columns"><div><p class="kicker">Story</p><h1 dir="auto"{lang}>{headline}</h1>'
        '<p class="meta">{counts} · {outlets} · first told {first}; last {last}</p>{merged}{chart}</div>'
        "<aside>{who}{topics}{where}{history}</aside></div>",
        lang=language(found["language"]),
        headline=found["headline"] or "(no title)",
        counts=counts(found["originals"], found["derived"], found["copies"]),
        outlets=plural(found["outlets"], "outlet"),
        first=short(found["first"]),
        last=short(found["last"]),
        merged=_merged(found["merged"]),
        chart=_spread(found["articles"]),
        who=_who(found["entities"]),
        topics=_listed("What about", [(topic_link(t["id"], t["name"]), t["articles"]) for t in found["topics"]]),
        where=_listed("Where", [(region(c["country"]), c["articles"]) for c in countries]),
        history=_history(found["history"]),
    )
    return page(found["headline"] or "Story", body, SCRIPTS)


def _merged(ids: Sequence[str]) -> Html:
    note = '<p class="note">Other stories were merged into this one: {n}.</p>'
    return html(note, n=len(ids)) if ids else Html("")


def _who(entities: Sequence[Mapping[str, Any]]) -> Html:
    return html(
        '<section><h2>Who and what</h2><p class="entities">{links}</p></section>',
        links=join((entity_link(e["id"], e["name"], e["type"]) for e in entities), " "),
    )


def _listed(title: str, rows: Sequence[tuple[Html, int]]) -> Html:
    if not rows:
        return Html("")
    table = ranking((name, plural(count, "article")) for name, count in rows)
    return html("<section><h2>{title}</h2>{table}</section>", title=title, table=table)


def _history(steps: Sequence[Mapping[str, Any]]) -> Html:
    """How other stories came into this one, and which came back: by which article, and when."""
    if not steps:
        return Html("")
    items = [
        html(
            "<li><code>{source}</code> <small>{back}{at}{by}</small></li>",
            source=step["source"],
            back="on its own again " if step["source"] == step["target"] else "",
            at=short(step["at"]),
            by=html(', by <a href="{to}">this article</a>', to=link_to("article", step["article"]))
            if step["article"]
            else "",
        )
        for step in steps
    ]
    return html('<section><h2>Merges</h2><ol class="plain">{items}</ol></section>', items=join(items))


def _spread(rows: Sequence[Mapping[str, Any]]) -> Html:
    """A story's articles by time; `timeline.js` draws who had it when from this table."""
    outlets = {row["id"]: row["outlet"] for row in rows}
    items = [
        html(
            '<tr data-relation="{relation}"><th scope="row"><time datetime="{iso}">{at}</time></th><td><bdi>{outlet}</bdi></td>'
            '<td><a href="{to}" dir="auto"{lang}>{title}</a>{tag}{note}</td></tr>',
            relation=row["relation"],
            iso=row["time"].isoformat(),
            at=short(row["time"]),
            outlet=row["outlet"],
            to=link_to("article", row["id"]),
            lang=language(row["language"]),
            title=row["title"] or "(no title)",
            tag=relation(row),
            note=_note(row, outlets),
        )
        for row in rows
    ]
    return html(
        '<figure class="chart" data-chart="spread" data-plotly="{plotly}"><div class="plot"></div>'
        '<table class="spread"><caption>Who told it, in order</caption><tbody>{items}</tbody></table></figure>',
        plotly=plotly_address(),
        items=join(items),
    )


def _note(row: Mapping[str, Any], outlets: Mapping[str, str]) -> Html:
    """Whose text a copy is; else what it is the first to tell."""
    if row["of"]:
        whose = outlets.get(row["of"], "another story")
        return html(
            ' <small>of <a href="{to}"><bdi>{whose}</bdi></a></small>', to=link_to("article", row["of"]), whose=whose
        )
    if row["novelty"] is None:
        return Html("")
    told = f"adds {', '.join(row['adds'][:4])}" if row["adds"] else "adds no name or number"
    return html('<br><small class="adds" dir="auto">{told}</small>', told=told)
