"""The bytes of log files: gzip is decompressed, and UTF-16 becomes UTF-8, both in blocks of bounded size."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, Protocol

from isal import isal_zlib

# Bytes that are in memory at once, before and after decompression. What is decoded of a block stays in the processor's
# cache until it is counted: blocks of 4 MiB take half as long again.
READ_SIZE = 1 << 18
BLOCK_SIZE = 1 << 18
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31
_DAMAGE: tuple[type[Exception], ...] = (isal_zlib.error, EOFError)  # type: ignore[assignment] # wrong in its types
_OTHER_COMPRESSION = {
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"PAR1": "a file of Parquet",
}
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class ReadableBytes(Protocol):
    """A binary file."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


class DamagedFileError(Exception):
    """The rest of a file cannot be read; the message says why."""


def text_blocks(file: ReadableBytes) -> Iterator[bytes]:
    """Yield the content of a file as blocks of UTF-8 without a byte order mark.

    Raises DamagedFileError, possibly after some blocks, for gzip that ends too early or is damaged, and other
    compression.
    """
    blocks = _decompress_blocks(file)
    first = b""
    for block in blocks:
        first += block
        if len(first) >= len(codecs.BOM_UTF8):
            break
    encoding = _UTF16.get(first[:2]) or _encoding_by_zeros(first[:2])
    if encoding:
        yield from _decode_blocks(first, blocks, encoding)
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _encoding_by_zeros(start: bytes) -> str | None:
    """UTF-16 without a byte order mark, which starts with an ASCII character."""
    if len(start) == 2 and start.count(0) == 1:
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    return None


def _decode_blocks(first: bytes, blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield UTF-16 as UTF-8; what is not valid is replaced."""
    decoder: Any = codecs.getincrementaldecoder(encoding)(errors="replace")
    yield decoder.decode(first).removeprefix("\ufeff").encode()
    for block in blocks:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def _decompress_blocks(file: ReadableBytes) -> Iterator[bytes]:
    """Yield the content of gzip, or of a text as it is. Raises DamagedFileError for other compression."""
    data = file.read(READ_SIZE)
    if data[:2] != _GZIP:
        for start, kind in _OTHER_COMPRESSION.items():
            if data.startswith(start):
                raise DamagedFileError(f"it is {kind}: only text and gzip are read")
        while data:
            yield data
            data = file.read(READ_SIZE)
        return
    yield from _members(file, data)


def _members(file: ReadableBytes, data: bytes) -> Iterator[bytes]:
    """Yield the content of all members of a gzip file; zero bytes may follow the last one."""
    member: Any = isal_zlib.decompressobj(_GZIP_WINDOW)
    try:
        while True:
            if not data:
                data = file.read(READ_SIZE)
                if not data:
                    raise DamagedFileError("the gzip data ends too early")
            block = member.decompress(data, BLOCK_SIZE)
            data = member.unconsumed_tail
            if block:
                yield block
            if member.eof:
                data = (member.unused_data or file.read(READ_SIZE)).lstrip(b"\0")
                while not data:
                    if not (data := file.read(READ_SIZE)):
                        return
                    data = data.lstrip(b"\0")
                if data[:1] != _GZIP[:1]:
                    raise DamagedFileError("there is other data after the end of the gzip data")
                member = isal_zlib.decompressobj(_GZIP_WINDOW)
    except _DAMAGE as error:
        raise DamagedFileError(f"the gzip data is damaged: {error}") from error
