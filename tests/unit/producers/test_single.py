from newstide.clock import SystemClock
from newstide.records import Feed
from newstide.settings import Fetch
from producers.single import Checked, feed_at, outlets_at
from tests.unit.producers.loopback import Loopback, ok
from tests.unit.producers.samples import item, rss


def test_a_feed_is_looked_at_by_its_address_alone(site: Loopback):
    def look(url: str) -> Checked:
        return feed_at(url, Fetch(allow_private=(site.place,), timeout=3), SystemClock())

    site.pages |= {"/feed": ok(rss(item(1), item(3))), "/html": ok(b"<html></html>")}
    good = look(f"{site.base}/feed")
    assert (good.status, good.title, good.language, good.items) == ("ok", "Harbour Post", "en-GB", 2)
    assert good.newest is not None
    assert look(site.base.replace("http:", "feed:") + "/feed").items == 2
    assert look(f"{site.base}/html").status == "html, not a feed"
    assert look(f"{site.base}/missing").status == "http 404"
    assert look("http://169.254.169.254/").status == "private address"


def test_whose_article_an_address_is_the_feeds_of_its_site_say():
    added = SystemClock().now()
    names = {"http://rss.post.example/a": "Post", "http://post.example/b": "", "http://other.example/": "Other"}
    feeds = [Feed(url=url, added=added, outlet=name) for url, name in names.items()]
    assert outlets_at("http://www.post.example/1", feeds) == ["Post", "post.example"]
    assert outlets_at("http://third.example/1", feeds) == ["third.example"]
    assert outlets_at("http://127.0.0.1:9/1", [Feed(url="http://127.0.0.1:9/feed", added=added)]) == [
        "http://127.0.0.1:9/feed"
    ]
