"""PyPI: a wheel without Python in it, which puts `provision` on the PATH."""

import base64
import hashlib

from bundle import File, zip_of
from platforms import Platform
from release import DESCRIPTION, NAME, Release


def wheel(release: Release, platform: Platform, program: File) -> tuple[str, bytes]:
    distribution = NAME.replace("-", "_")
    name = f"{distribution}-{release.version}"
    data, info = f"{name}.data", f"{name}.dist-info"
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in platform.wheel.split("."))
    url = f"Project-URL: Source, {release.repository}\n" if release.repository else ""
    # PEP 639: the licences' paths below `licenses`.
    licences = [file for file in release.documents if not file.path.endswith(".json")]
    bills = [file for file in release.documents if file.path.endswith(".json")]
    metadata = (
        f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {release.version}\nSummary: {DESCRIPTION}\n"
        f"License-Expression: MIT\n{''.join(f'License-File: {file.path}{chr(10)}' for file in licences)}"
        f"Requires-Python: >=3.8\nDescription-Content-Type: text/markdown\n{url}\n{release.template('npm/package.md')}")
    files = [
        File(f"{data}/scripts/{program.path}", program.content, executable=True),
        *(File(f"{data}/data/share/{file.path}", file.content) for file in release.shared),
        *(File(f"{info}/licenses/{file.path}", file.content) for file in licences),
        # PEP 770.
        *(File(f"{info}/sboms/{file.path}", file.content) for file in bills),
        File(f"{info}/METADATA", metadata.encode()),
        File(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: provision\nRoot-Is-Purelib: false\n{tags}".encode()),
    ]
    record = "".join(f"{file.path},sha256={_hash(file.content)},{len(file.content)}\n" for file in files)
    files.append(File(f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()))
    return f"{name}-py3-none-{platform.wheel}.whl", zip_of(files, release.seconds, release.level)


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
