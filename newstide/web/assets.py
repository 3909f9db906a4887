"""Our own static files, and the one that the `plotly` wheel ships. Nothing comes from another origin."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources, util
from pathlib import Path

TYPES = {
    "style.css": "text/css; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "regions.js": "text/javascript; charset=utf-8",
    "timeline.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
}
PLOTLY = "plotly.min.js"


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    type: str

    @property
    def version(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:12]


@cache
def asset(name: str) -> Asset | None:
    """One of our own files by its name, None if there is none of that name."""
    if name not in TYPES:
        return None
    return Asset(resources.files("newstide.web").joinpath("static", name).read_bytes(), TYPES[name])


def address(name: str) -> str:
    """Where a file is served; its content is part of the address, so that it may be cached for good."""
    found = asset(name)
    return f"/static/{name}?v={found.version}" if found else f"/static/{name}"


@cache
def plotly() -> Path | None:
    """plotly.js on this disk. The package is only located: to import it takes a second."""
    spec = util.find_spec("plotly")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder) / "package_data" / PLOTLY
        if path.is_file():
            return path
    return None


def plotly_address() -> str:
    """Where plotly.js is served, its size and date as its version; empty if it is not installed."""
    path = plotly()
    return f"/static/{PLOTLY}?v={path.stat().st_size:x}-{int(path.stat().st_mtime):x}" if path else ""
