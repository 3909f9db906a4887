"""Title and text of earlier articles by their offset in articles.enriched: a cache on disk over the log.

A broker gives one old record in some 20 ms, this in 20 µs. Its files have no names: they end with the process, however
it ends, and nothing of an erased article is left in one. What is not there (after a start, an erasure, on a full or
damaged disk) comes from the log, and is kept again.
"""

import os
import tempfile
from array import array
from pathlib import Path

import zstandard

from newstide import log as logging
from newstide.ports import Log
from newstide.records import Article, decode
from newstide.topics import ENRICHED

logger = logging.get("resolve")

BUCKETS = 16  # that a window's texts fill; another one is being filled
MOST = 1 << 30  # bytes; above them the oldest bucket goes, too. An article of 3 KB takes 1.2 KB.
LEVEL = 1  # of zstd: 15 µs for 3 KB, read in 8; level 3 saves one byte in a hundred
_LENGTH = 24  # bits of a place that tell the length


class _Bucket:
    """Packed texts of `span` places, in a file."""

    def __init__(self, folder: Path, span: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed by `close`
        self._places = array("Q", bytes(8 * span))  # where a text begins and its length; 0: it is not there
        self.size = 0

    def put(self, place: int, packed: bytes) -> None:
        if os.pwrite(self._file.fileno(), packed, self.size) < len(packed):
            raise OSError("disk full")
        self._places[place] = self.size << _LENGTH | len(packed)
        self.size += len(packed)

    def get(self, place: int) -> bytes:
        """Empty if it is not there."""
        begin, length = divmod(self._places[place], 1 << _LENGTH)
        return os.pread(self._file.fileno(), length, begin)

    def close(self) -> None:
        self._file.close()


class Texts:
    """Those of the newest `window` articles; others come from the log each time."""

    def __init__(self, log: Log, folder: Path, window: int, most: int = MOST) -> None:
        self._log, self._folder, self._most = log, folder, most
        self._span = max(-(-window // BUCKETS), 64)
        self._kept: dict[int, _Bucket] = {}
        self._pack, self._unpack = zstandard.ZstdCompressor(LEVEL, write_checksum=True), zstandard.ZstdDecompressor()
        self._warned = False

    def put(self, offset: int, article: Article) -> str:
        """Keep an article's; gives title, line break and text."""
        text = f"{article.title}\n{article.text}"
        try:
            self._keep(offset, self._pack.compress(text.encode()))
        except OSError as e:
            self._warn(e)
        return text

    def get(self, offset: int) -> str | None:
        """None where the record is gone: erased, or past its retention."""
        number, place = divmod(offset, self._span)
        try:
            packed = self._kept[number].get(place) if number in self._kept else b""
            if packed:
                return self._unpack.decompress(packed).decode()
        except (OSError, zstandard.ZstdError) as e:
            self._warn(e)
        found = self._log.read(ENRICHED.name, 0, offset, 1)
        if not found or found[0].offset != offset or found[0].value is None:
            return None
        return self.put(offset, decode(found[0].value, Article))

    def forget(self) -> None:
        for bucket in self._kept.values():
            bucket.close()
        self._kept.clear()

    def _keep(self, offset: int, packed: bytes) -> None:
        number, place = divmod(offset, self._span)
        newest = max(self._kept, default=number)
        if number < newest - BUCKETS:
            return
        if number not in self._kept:
            self._kept[number] = _Bucket(self._folder, self._span)
        self._kept[number].put(place, packed)
        while (
            min(self._kept, default=newest) < newest - BUCKETS or sum(b.size for b in self._kept.values()) > self._most
        ):
            self._kept.pop(min(self._kept)).close()

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            logger.warning("texts are read from the log, which is slower", why=str(error), folder=str(self._folder))
