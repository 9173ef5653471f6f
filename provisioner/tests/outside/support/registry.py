"""npm's registry on this machine, with the packages of a release and nothing else."""

import base64
import hashlib
import json
import tarfile
from pathlib import Path

from played_server import PlayedHandler, PlayedServer


class Registry(PlayedServer):
    """Serves the `.tgz` files of a directory."""

    def __init__(self, directory: Path):
        tarballs = {file.name: file.read_bytes() for file in directory.glob("*.tgz")}
        manifests = {name: _manifest(directory / name) for name in tarballs}

        class Handler(PlayedHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                if name in tarballs:
                    self.reply(200, tarballs[name], content_type="application/octet-stream")
                    return
                address = f"http://{self.headers['host']}"
                versions = {manifest["version"]: _version(manifest, f"{address}/-/{file}", tarballs[file])
                            for file, manifest in manifests.items() if manifest["name"] == name}
                latest = [version for version in versions if "-" not in version]
                answer = {"name": name, "dist-tags": {"latest": latest[-1]} if latest else {}, "versions": versions}
                self.reply(200 if versions else 404, json.dumps(answer).encode(), content_type="application/json")

        super().__init__(Handler)
        self.url = f"{self.endpoint}/"


def _manifest(file: Path) -> dict:
    with tarfile.open(file) as tarball:
        return json.load(tarball.extractfile("package/package.json"))


def _version(manifest: dict, address: str, tarball: bytes) -> dict:
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    return {**manifest, "dist": {"tarball": address, "integrity": integrity}}
