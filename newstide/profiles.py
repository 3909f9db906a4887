"""The outlets' profiles: which version is the newest, and which lines a version has.

A producer names the newest version in the article that it publishes, after it read the profile; so whoever reads
the article finds that version on the log, and finds it again as long as its lines are kept.
"""

import hashlib
import threading
import time
from dataclasses import dataclass

from newstide.paging import Follower
from newstide.ports import Log
from newstide.records import Profile, decode
from newstide.topics import PROFILES

FOLLOW = 10.0  # seconds between two looks for newer versions


@dataclass(frozen=True, slots=True)
class Learned:
    """The part of a `Profile` that articles are cleaned with."""

    version: int = 0
    lines: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """The part of a `RawArticle` that says how it is to be cleaned."""

    outlet: str = ""
    profile: str = ""


def newest(profile: Profile | Learned) -> str:
    """The name of the newest version: its number and a hash of its lines; "" before there is one."""
    return _name(profile.version, _lines(profile, profile.version)) if profile.version else ""


def lines(profile: Profile | Learned, name: str) -> tuple[int, ...]:
    """The lines of the version of this name; none where they are no longer all known."""
    number, _, _ = name.partition("-")
    if not number.isdecimal():
        return ()
    found = _lines(profile, int(number))
    return found if _name(int(number), found) == name else ()


def _lines(profile: Profile | Learned, version: int) -> tuple[int, ...]:
    return tuple(sorted(h for h, since, until in profile.lines if since <= version and (not until or version < until)))


def _name(version: int, found: tuple[int, ...]) -> str:
    return f"{version}-{hashlib.blake2b(repr(found).encode(), digest_size=4).hexdigest()}"


class Profiles:
    """The topic `profiles` as a table; safe to share between threads."""

    def __init__(self, log: Log) -> None:
        self._follower = Follower(log, PROFILES.name)
        self._known: dict[str, Learned] = {}
        self._gone: set[Stamp] = set()  # not found in anything read so far
        self._lock = threading.Lock()
        self._looked = float("-inf")

    def newest(self, outlet: str) -> str:
        """The name of an outlet's newest version, as of at most `FOLLOW` seconds ago; "" where there is none."""
        with self._lock:
            if self._is_old():
                self._follow()
            return newest(self._known[outlet]) if outlet in self._known else ""

    def lines(self, raw: bytes) -> tuple[int, ...]:
        """The lines that the encoded RawArticle is to be cleaned of; none where it names no version that is kept."""
        try:
            stamp = decode(raw, Stamp)
        except ValueError:  # the step says what is wrong with it
            return ()
        if not stamp.profile:
            return ()
        with self._lock:
            if stamp in self._gone and not self._is_old():
                return ()
            if not (found := self._lines(stamp)):
                self._follow()
                found = self._lines(stamp)
            if not found:
                self._gone.add(stamp)
            return found

    def _lines(self, stamp: Stamp) -> tuple[int, ...]:
        known = self._known.get(stamp.outlet)
        return lines(known, stamp.profile) if known else ()

    def _is_old(self) -> bool:
        return time.monotonic() - self._looked >= FOLLOW

    def _follow(self) -> None:
        new = self._follower.new()
        if new:
            self._gone.clear()
        for record in new:
            if record.value is None:
                self._known.pop(record.key, None)
            else:
                self._known[record.key] = decode(record.value, Learned)
        self._looked = time.monotonic()
