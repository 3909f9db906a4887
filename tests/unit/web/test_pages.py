import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from newstide.web import assets
from newstide.web.html import Html, html, safe_link
from tests.unit.web.conftest import HARBOUR, HOSTILE, NOW, Web

PAGES = (
    "/",
    "/?window=24h",
    "/entity?id=Port+Averin",
    "/story/fire",
    "/article/rev",
    "/article/evil",
    "/topic?id=medtop:03000000",
    "/search?q=fire",
)


class Elements(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def look(web: Web, path: str) -> Elements:
    answer = web.client.get(path)
    assert answer.status_code == 200, answer.text
    return Elements(answer.text)


def test_templates_escape_all_but_html() -> None:
    made = html('<a title="{t}" href="{u:href}">{t}</a>{ok}', t='"<b>&', u="https://x.example/?a=1&b", ok=Html("<i>"))
    assert made == '<a title="&quot;&lt;b&gt;&amp;" href="https://x.example/?a=1&amp;b">&quot;&lt;b&gt;&amp;</a><i>'


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:x",
        "data:text/html,x",
        "//host/x",
        "/x",
        "",
        "http:",
        "http://[",
        "vbscript:x",
    ],
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    assert safe_link(url) == "#"
    assert safe_link("HTTPS://x.example/") == "HTTPS://x.example/"


@pytest.mark.parametrize("path", PAGES)
def test_markup_in_a_feed_stays_text(web: Web, path: str) -> None:
    page = look(web, path)
    assert all("src" in script for script in page.all("script"))
    assert not page.all("blink")
    assert not any(value.lower().startswith("javascript") for _, a in page.tags for value in a.values() if value)


def test_a_hostile_headline_is_shown_as_it_is(web: Web) -> None:
    assert HOSTILE in look(web, "/article/evil").text
    assert HOSTILE in look(web, "/").text


@pytest.mark.parametrize("path", [*PAGES, "/article/none", "/static/style.css", "/api/v1/rising", "/healthz"])
def test_every_answer_forbids_what_is_not_ours(web: Web, path: str) -> None:
    headers = web.client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_only_from_here_and_needs_nothing_inline(web: Web, path: str) -> None:
    page = look(web, path)
    loaded = [a["src"] for _, a in page.tags if "src" in a] + [a["href"] for a in page.all("link")]
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert not page.all("style")
    assert not any(name == "style" or name.startswith("on") for _, a in page.tags for name in a)
    for address in loaded:
        assert web.client.get(address).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_links_that_leave_keep_the_opener_closed(web: Web, path: str) -> None:
    leaving = [a for a in look(web, path).all("a") if str(a["href"]).startswith("http")]
    assert all("noopener" in str(a["rel"]) for a in leaving)


def test_every_link_of_ours_leads_somewhere(web: Web) -> None:
    links = {str(a["href"]) for path in PAGES for a in look(web, path).all("a")}
    ours = {link for link in links if link.startswith("/")}
    assert len(ours) > 12
    assert {link: code for link in ours if (code := web.client.get(link).status_code) != 200} == {}


def test_the_dashboard_shows_all_its_parts(web: Web) -> None:
    page = look(web, "/")
    for part in (
        "Port Averin",
        "Fire in the harbour, part 3",
        "+1 copy",
        "1 of 2 waiting",
        "1 of 1 failed",
        "complete until",
    ):
        assert part in page.text
    assert "1 failing · 1 silent · 1 well · 1 not yet read" in page.text
    assert "no such page · 7 tries failed" in page.text
    assert page.all("svg")


def test_topics_lead_to_their_articles(web: Web) -> None:
    home = look(web, "/")
    assert {"href": "/topic?id=medtop%3A03000000"} in home.all("a")
    page = look(web, "/topic?id=medtop:03000000").text
    assert "4 originals and 0 copies" in page
    assert "Fire in the harbour, part 3" in page
    assert "Port Averin long ago" not in page
    assert web.client.get("/topic?id=medtop:99").status_code == 404


def test_a_copy_says_whose_text_it_is(web: Web) -> None:
    page = look(web, "/article/copy0")
    assert "a copy of Outlet 0" in page.text
    assert {"href": "/article/fire0"} in page.all("a")


def test_the_ledger_adds_up(web: Web) -> None:
    page = look(web, "/").text
    assert "Entered19Stored12Droppedresolve: unchanged 33Deadenrich: too large 11In flight3" in re.sub(
        r"\s*\n\s*", "", page
    )


def test_titles_carry_their_language_and_direction(web: Web) -> None:
    headline = next(a for a in look(web, "/search?q=الحكومة").all("a") if a.get("class") == "headline")
    assert (headline["dir"], headline["lang"]) == ("auto", "ar")


def test_the_words_of_a_search_are_marked_as_they_stand_and_counted(bare: Web) -> None:
    bare.seed.article("a", "Öcalan's letter <b>read</b>", text="The letter of Abdullah ÖCALAN was read.")
    page = bare.client.get("/search?q=ocalan letter").text
    assert "<mark>Öcalan</mark>" in page
    assert "<mark>letter</mark>" in page
    assert "<mark>ÖCALAN</mark>" in page
    assert "&lt;b&gt;" in page
    assert "1 article; those" in page


@pytest.mark.parametrize(
    ("typed", "marked"), [("宣布", "政府<mark>宣布</mark>新的计划"), ("计", "政府宣布新的<mark>计</mark>划")]
)
def test_words_of_a_script_without_spaces_are_marked_inside_a_line(bare: Web, typed: str, marked: str) -> None:
    bare.seed.article("zh", "政府宣布新的计划", language="zh")
    assert marked in bare.client.get("/search", params={"q": typed}).text


def test_an_unchanged_dashboard_answers_304_and_a_changed_one_does_not(bare: Web) -> None:
    first = bare.client.get("/fragments")
    asked = {"If-None-Match": first.headers["etag"]}
    bare.clock.advance(2)
    again = bare.client.get("/fragments", headers=asked)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    bare.seed.article("new", "Something happened", minutes=1)
    bare.clock.advance(2)
    changed = bare.client.get("/fragments", headers=asked)
    assert changed.status_code == 200
    assert "Something happened" in changed.text


def test_many_tabs_cost_one_rendering_a_second(bare: Web) -> None:
    first = bare.client.get("/fragments").text
    bare.seed.article("new", "Something happened", minutes=1)
    assert bare.client.get("/fragments").text == first
    bare.clock.advance(1)
    assert bare.client.get("/fragments").text != first


def test_a_clock_that_jumps_back_does_not_freeze_the_dashboard(bare: Web) -> None:
    first = bare.client.get("/fragments").text
    bare.clock.advance(-3600)
    bare.seed.article("now", "News in the harbour", minutes=60)
    assert bare.client.get("/fragments").text != first


def test_an_empty_store_says_what_to_do(bare: Web) -> None:
    page = look(bare, "/").text
    assert "newstide feeds import my.opml" in page
    assert "Nothing rises." in page
    assert "No alerts." in page


def test_what_does_not_run_is_said_on_the_dashboard(web: Web) -> None:
    web.health = type(web.health)(False, ("the store is catching up",), {"enrich": "failed: no memory"}, {}, NOW)
    page = look(web, "/").text
    assert "Not ready yet. the store is catching up, enrich failed: no memory" in page


def test_an_article_shows_its_cuts_in_place_and_its_versions(web: Web) -> None:
    page = look(web, "/article/rev")
    assert (
        page.text.index("First line.")
        < page.text.index("Cut here: appeal, 29 characters")
        < page.text.index("Last line.")
    )
    assert "Give us <blink>money</blink>." in page.text
    assert "Version 1" in page.text
    assert any(
        a.get("class") == "entity loc" and HARBOUR[0].replace(":", "%3A") in str(a["href"]) for a in page.all("a")
    )


def test_a_name_is_marked_in_the_wording_of_the_text(web: Web) -> None:
    assert (
        '<a class="entity org" href="/entity?id=Q173082" dir="auto">PKK</a> about'
        in web.client.get("/article/body").text
    )


def test_a_merged_story_shows_its_successor(web: Web) -> None:
    page = look(web, "/story/fire2nd").text
    assert "4 originals, 1 copy" in page
    assert "Blaze!" in page


def test_an_entity_is_paged_through_its_articles(bare: Web) -> None:
    for number in range(31):
        bare.seed.article(f"n{number}", f"Note {number}", minutes=number + 1, entities=[HARBOUR])
    first = look(bare, "/entity?id=Port+Averin")
    older = next(str(a["href"]) for a in first.all("a") if a.get("class") == "more")
    assert "Note 30" not in first.text
    assert "Note 30" in look(bare, older).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/entity", 400),
        ("/entity?id=none", 404),
        ("/?window=2h", 400),
        ("/story/none", 404),
        ("/article/none", 404),
        ("/none", 404),
    ],
)
def test_a_mistake_in_an_address_gets_a_page_that_says_so(web: Web, path: str, status: int) -> None:
    answer = web.client.get(path)
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_what_others_write_onto_a_pages_address_is_let_stand(web: Web) -> None:
    assert web.client.get("/?window=24h&utm_source=mail").status_code == 200
    assert web.client.get("/search?q=harbour&fbclid=x").status_code == 200


def test_plotly_is_served_from_here_without_being_imported(web: Web) -> None:
    import subprocess
    import sys

    answer = web.client.get(assets.plotly_address())
    assert answer.status_code == 200
    assert len(answer.content) > 1_000_000
    assert "immutable" in answer.headers["cache-control"]
    code = "import sys, newstide.web.app as a; a.assets.plotly_address(); print([m for m in ('plotly', 'chdb') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e%2fapp.py", "app.py", "style.css/x", ""])
def test_no_other_file_is_served(web: Web, name: str) -> None:
    assert web.client.get(f"/static/{name}").status_code == 404


def test_a_hook_is_named_on_the_dashboard_as_long_as_it_is_disabled(bare: Web) -> None:
    bare.seed.alert("a1", "fire watch", "Fire", 60 * 24 * 60, ["failed"], last_status=410)  # the log forgot it
    assert "newstide alerts enable" not in look(bare, "/").text
    bare.health = replace(bare.health, disabled=("desk",))
    bare.clock.advance(60)
    assert "newstide alerts enable desk" in look(bare, "/").text
