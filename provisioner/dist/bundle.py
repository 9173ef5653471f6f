"""Archives whose bytes follow from what is in them alone: no time of packing, no user, no order of a directory."""

import gzip
import io
import tarfile
import time
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    path: str
    content: bytes
    executable: bool = False

    @property
    def mode(self) -> int:
        return 0o755 if self.executable else 0o644


def tar_gz(files: list[File], seconds: int, level: int) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in sorted(files, key=lambda file: file.path):
            entry = tarfile.TarInfo(file.path)
            entry.size, entry.mode, entry.mtime = len(file.content), file.mode, seconds
            archive.addfile(entry, io.BytesIO(file.content))
    return gzip.compress(plain.getvalue(), compresslevel=level, mtime=0)


def zip_of(files: list[File], seconds: int, level: int) -> bytes:
    """In the order given: a wheel's RECORD comes last."""
    # A zip knows no time before 1980.
    date = max(time.gmtime(seconds)[:6], (1980, 1, 1, 0, 0, 0))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.path, date)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100000 | file.mode) << 16
            archive.writestr(entry, file.content)
    return packed.getvalue()
