from newstide.clock import SystemClock
from newstide.settings import Fetch
from producers.single import Checked, feed_at
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
