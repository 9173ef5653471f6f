"""Programs that may be deployed but are never run: small, so that nobody waits while they are packed."""

import struct
from pathlib import Path


def never_run(path: Path, build: int | str = 1, machine: int = 62) -> Path:
    """An ELF file that does nothing, for x86_64 unless `machine` is another; `build` tells it from others."""
    header = struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0x400000, 0, 0, 0, 64, 56, 0, 64, 0, 0)
    path.write_bytes(b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8) + header + f"build {build}".encode())
    path.chmod(0o755)
    return path
