"""Programs that may be deployed but are never run: small, so that nobody waits while they are packed."""

import struct
from pathlib import Path


def never_run(path: Path, content: bytes = b"") -> Path:
    """A static ELF file for x86_64 that does nothing; `content` tells it from others."""
    header = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    entry, programs = 0x400078, 64
    header += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, entry, programs, 0, 0, 64, 56, 1, 64, 0, 0)
    code = b"\xf4" + content
    size = len(header) + 56 + len(code)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 0x1000)
    path.write_bytes(header + load + code)
    path.chmod(0o755)
    return path
