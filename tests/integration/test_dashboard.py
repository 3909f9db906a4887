"""The dashboard in a real browser: Debian's Chromium by its command line."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from newstide.clock import SystemClock
from newstide.errors import EngineError
from newstide.ports import Store
from newstide.web.app import create_app
from newstide.web.health import Health
from tests.unit.web.conftest import HARBOUR, fill
from tests.unit.web.seed import Seed

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)


@pytest.fixture(autouse=True)
def _chromium() -> None:
    if not CHROMIUM and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")


class Hurried:
    """A clock that a second passes on at every look: the browser's own time runs faster than ours."""

    def __init__(self) -> None:
        self._now = SystemClock().now()

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def health() -> list[Callable[[], Health]]:
    """What the service says of itself; a test may put another in its place."""
    return [lambda: Health(True, (), {"web": "running"}, {}, SystemClock().now())]


@pytest.fixture
def site(store: Store, health: list[Callable[[], Health]]) -> Iterator[str]:
    clock = Hurried()
    fill(Seed(store, clock.now()))
    app = create_app(store, lambda: health[0](), clock=clock)  # noqa: PLW0108 - it is replaced later
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def browse(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Loads an address and lets 40 s of the page's own time pass; gives its DOM and what the console said."""

    def run(url: str, *flags: str) -> tuple[str, str]:
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=40000"]
        done = subprocess.run([*command, *flags, url], capture_output=True, text=True, timeout=90, check=True)
        return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)

    return run


def test_the_dashboard_is_live_and_the_console_silent(site: str, browse: Callable[..., tuple[str, str]]) -> None:
    dom, console = browse(f"{site}/", "--dump-dom", "--window-size=1280,900")
    assert 'class="live on"' in dom
    assert "Port Averin" in dom
    assert "&lt;script&gt;alert(1)" in dom
    assert console == ""


def test_the_timelines_are_drawn_under_the_content_policy(site: str, browse: Callable[..., tuple[str, str]]) -> None:
    for path in ("/entity?id=Port+Averin", "/story/fire"):
        dom, console = browse(site + path, "--dump-dom")
        assert "main-svg" in dom, console
        assert "Uncaught" not in console


def test_a_change_comes_without_reload_and_keeps_focus_and_what_is_open(
    site: str, browse: Callable[..., tuple[str, str]], health: list[Callable[[], Health]], tmp_path: Path
) -> None:
    calls = iter(range(1000))

    def later_ill() -> Health:
        missing = () if next(calls) < 1 else ("the wire is cut",)
        return Health(not missing, missing, {}, {}, SystemClock().now())

    health[0] = later_ill
    touch = """
        const link = document.querySelector("#stories a"), fold = document.querySelector("#feeds details");
        link.focus(); fold.open = true;
        setTimeout(() => { document.documentElement.dataset.kept =
            [document.activeElement === link, fold.isConnected && fold.open].join(); }, 35000);"""
    dom, console = browse(f"{site}/", "--dump-dom", *_touching(tmp_path, touch))
    assert "the wire is cut" in dom
    assert 'data-kept="true,true"' in dom
    assert console == ""


def test_a_service_that_is_gone_leaves_the_page_marked_as_stale(
    site: str, browse: Callable[..., tuple[str, str]], health: list[Callable[[], Health]]
) -> None:
    calls = iter(range(1000))

    def later_gone() -> Health:
        if next(calls) >= 1:
            raise EngineError("gone")
        return Health(True, (), {}, {}, SystemClock().now())

    health[0] = later_gone
    dom, _ = browse(f"{site}/", "--dump-dom")
    assert "stale since" in dom
    assert "Port Averin" in dom


@pytest.mark.parametrize("path", ["/", "/entity?id=Port+Averin", "/story/fire", "/article/long", "/search?q=harbour"])
def test_a_phone_needs_no_sideways_scroll(
    store: Store, site: str, browse: Callable[..., tuple[str, str]], path: str, tmp_path: Path
) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3
    Seed(store, SystemClock().now()).article(
        "long", f"{long} harbour", minutes=1, outlet=long, story="fire", entities=[HARBOUR]
    )
    # A headless window is at least 500 px wide, which has the phone's layout already: the page is made narrower, and a chart that is
    # drawn already is told so.
    measure = """Object.assign(document.body.style, { width: "375px", margin: 0 });
            dispatchEvent(new Event("resize"));
        setTimeout(() => console.log(`window ${innerWidth}, reach ${document.body.scrollWidth}`), 4000);"""
    _, console = browse(site + path, "--dump-dom", "--window-size=375,800", *_touching(tmp_path, measure))
    assert "window 500, reach 375" in console


def _touching(folder: Path, script: str) -> tuple[str, ...]:
    """The flags for an extension that runs a script in the page, as a person's hands would."""
    folder = folder / "extension"
    folder.mkdir()
    (folder / "manifest.json").write_text(
        '{"manifest_version": 3, "name": "hands", "version": "1", "content_scripts":'
        ' [{"matches": ["http://127.0.0.1/*"], "js": ["hands.js"], "run_at": "document_idle"}]}'
    )
    (folder / "hands.js").write_text(script)
    return (f"--load-extension={folder}", "--disable-features=DisableLoadExtensionCommandLineSwitch")
