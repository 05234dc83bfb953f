"""Lines sorted into many files at once, without holding many files open or much in memory."""

from __future__ import annotations

import zlib
from pathlib import Path

_BUFFER_BYTES = 1 << 16


class Buckets:
    """`count` files in `directory`, named by `stem` and number; memory is at most 64 KiB each."""

    def __init__(self, *, directory: Path, stem: str, count: int) -> None:
        self._paths = [directory / f"{stem}-{number}" for number in range(count)]
        self._buffers = [bytearray() for _ in range(count)]
        self.count = count

    def choose(self, key: str) -> int:
        """The bucket of a key: equal keys share one."""
        return zlib.crc32(key.encode("utf-8", "surrogatepass")) % self.count

    def add(self, number: int, line: bytes) -> None:
        """Append one line, which ends with its line break. Raises OSError when the disk is full."""
        buffer = self._buffers[number]
        buffer += line
        if len(buffer) >= _BUFFER_BYTES:
            self._write(number)

    def close(self) -> list[Path]:
        """Write what is left; the files that have lines, in order of their number."""
        for number in range(self.count):
            if self._buffers[number]:
                self._write(number)
        return [path for path in self._paths if path.exists()]

    def path(self, number: int) -> Path:
        """The file of one bucket; it exists only when lines were added."""
        return self._paths[number]

    def _write(self, number: int) -> None:
        with self._paths[number].open("ab") as stream:
            stream.write(self._buffers[number])
        self._buffers[number].clear()
