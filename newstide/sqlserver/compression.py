"""HTTP's content encodings, both ways. Decoding stops at a limit, for a small body may hold a large one."""

import zlib
from collections.abc import Callable

import lz4.frame
import zstandard

from newstide.errors import UsageError
from newstide.inflate import inflate


class TooLarge(UsageError):
    """The body is larger than what is taken here."""


# Best first: speed before size, since most clients are near.
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "lz4": lz4.frame.compress,
    "zstd": zstandard.ZstdCompressor(level=1).compress,
    "gzip": lambda data: zlib.compress(data, 1, wbits=31),
    "deflate": lambda data: zlib.compress(data, 1),
}


def chosen(accepted: str) -> str | None:
    """The encoding to answer in, of an `Accept-Encoding` header (RFC 9110, 12.5.3); None: as it is."""
    offers = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        offers[name.strip()] = weight.replace(" ", "").removeprefix("q=") or "1"
    return next((name for name in ENCODERS if offers.get(name, "0").strip("0.") != ""), None)


def encoded(data: bytes, encoding: str) -> bytes:
    return ENCODERS[encoding](data)


def decoded(data: bytes, encoding: str, limit: int) -> bytes:
    """The body without its encoding. Raises UsageError for what cannot be decoded, TooLarge beyond `limit` bytes."""
    name = encoding.strip().lower()
    try:
        match name:
            case "" | "identity":
                plain = data
            case "lz4":
                plain = inflate(data, lz4.frame.LZ4FrameDecompressor, limit)
            case "zstd":
                plain = inflate(data, Zstd, limit)
            case "gzip" | "deflate":
                plain = inflate(data, lambda: zlib.decompressobj(wbits=47), limit)
            case _:
                raise UsageError(f"Code: 89. DB::Exception: Content-Encoding {name} is not known here")
    except (RuntimeError, zlib.error, zstandard.ZstdError, EOFError) as e:
        raise UsageError(f"Code: 354. DB::Exception: the body is not {name}: {e}") from e
    if len(plain) > limit:
        raise TooLarge(f"Code: 307. DB::Exception: the body is larger than {limit} bytes")
    return plain


class Zstd:
    """One zstd frame, with the manners of the other decompressors."""

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self.eof, self.unused_data = False, b""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:  # noqa: ARG002 - a piece holds 32 MB at most (RFC 8878, 3.1.1.2)
        found = self._frame.decompress(data)
        self.eof, self.unused_data = self._frame.eof, self._frame.unused_data
        return found
