"""Transport compression of the gateway: one stream per connection, flushed after each message."""

import importlib
import zlib
from typing import Any, Protocol

_LEVEL = 6


class Stream(Protocol):
    """Packs the messages of one connection, in order."""

    def pack(self, message: bytes) -> bytes:
        """Give what goes over the wire for a message."""


class Plain:
    """Leaves messages as they are; they are sent as text."""

    def pack(self, message: bytes) -> bytes:
        return message


class Zlib:
    """What discord.py asks for before Python 3.14: each message ends with an empty stored block."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(_LEVEL)

    def pack(self, message: bytes) -> bytes:
        return self._packer.compress(message) + self._packer.flush(zlib.Z_SYNC_FLUSH)


class Zstandard:
    """What discord.py asks for when Python, or a package, offers it."""

    def __init__(self) -> None:
        self._pack: Any
        try:
            packer = importlib.import_module("compression.zstd").ZstdCompressor()
        except ImportError:
            self._pack = _packer_of_package()
        else:
            self._pack = lambda message: packer.compress(message, mode=packer.FLUSH_BLOCK)

    def pack(self, message: bytes) -> bytes:
        packed: bytes = self._pack(message)
        return packed


def stream_of(name: str | None) -> Stream:
    """Give the stream for what a client asks for.

    Raises:
        KeyError: Discord knows no such compression.
    """
    kinds: dict[str | None, type[Plain | Zlib | Zstandard]] = {
        None: Plain,
        "zlib-stream": Zlib,
        "zstd-stream": Zstandard,
    }
    return kinds[name]()


def _packer_of_package() -> Any:  # noqa: ANN401 - a package without types, and only on some machines
    package = importlib.import_module("zstandard")
    packer = package.ZstdCompressor().compressobj()
    return lambda message: packer.compress(message) + packer.flush(package.COMPRESSOBJ_FLUSH_BLOCK)
