"""Packed bodies, unpacked up to a limit, for a small one may hold a large one."""

from collections.abc import Callable
from typing import Protocol

GZIP = b"\x1f\x8b"  # what begins a member (RFC 1952, 2.3.1)
PIECE = 1024  # bytes given at once, so that each member costs no copy of all behind it
MEMBERS = 1000  # at most: bodies of several have pieces of 64 KB and more, and an empty one costs time and 20 bytes


class Unpacker(Protocol):
    """One member: `eof` once it is whole, and then in `unused_data` what stood behind it."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes | None: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def inflate(data: bytes, opened: Callable[[], Unpacker], limit: int, magic: bytes = b"") -> bytes:
    """What one or more members hold; one byte more than `limit` where it is larger than that.

    Another member is read where `magic` stands behind the last (RFC 1952, 2.2), and what else stands there is left.
    Raises EOFError where no end comes, and whatever an unpacker raises.
    """
    found, member, members, at = bytearray(), opened(), 1, 0
    while data and len(found) <= limit:
        if member.eof and (at == len(data) or not data.startswith(magic, at)):
            break
        if at == len(data):
            raise EOFError("its end did not come")
        if member.eof:
            member, members = opened(), members + 1
        if members > MEMBERS:
            raise EOFError(f"no end after {MEMBERS} members")
        piece = data[at : at + PIECE]
        found += member.decompress(piece, limit + 1 - len(found))
        at += len(piece) - len(member.unused_data or b"")
    return bytes(found)
