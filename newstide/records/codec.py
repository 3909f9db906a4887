"""Records as bytes: encoded by orjson, decoded and validated by msgspec; pages packed with zstd."""

from __future__ import annotations

import base64
from typing import Any, TypeVar

import msgspec
import orjson
import zstandard

T = TypeVar("T")


def encode(record: object) -> bytes:
    """JSON bytes of a record: keys in the order of its fields, times in UTC with `Z`."""
    return orjson.dumps(record, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def decode(data: bytes, kind: type[T]) -> T:
    """The record of type `kind` in `data`. Raises msgspec.ValidationError, which names the path."""
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    record: T = _decoders[kind].decode(data)
    return record


def pack(data: bytes) -> str:
    """Bytes as base64 of zstd, to travel inside JSON."""
    return base64.b64encode(zstandard.compress(data, 3)).decode("ascii")


def unpack(packed: str, limit: int = 64 * 1024 * 1024) -> bytes:
    """The bytes of `pack`. Raises ValueError above `limit` bytes or when damaged."""
    try:
        body = base64.b64decode(packed, validate=True)
        if zstandard.frame_content_size(body) > limit:
            raise ValueError(f"packed bytes are more than {limit}")
        return zstandard.ZstdDecompressor().decompress(body, max_output_size=limit)
    except zstandard.ZstdError as e:
        raise ValueError(f"packed bytes cannot be read: {e}") from e
