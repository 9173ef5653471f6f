"""npm's registry on this machine, with the packages of a release and nothing else."""

import base64
import hashlib
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Registry:
    """Serves the `.tgz` files of a directory."""

    def __init__(self, directory: Path):
        tarballs = {file.name: file.read_bytes() for file in directory.glob("*.tgz")}
        manifests = {name: _manifest(directory / name) for name in tarballs}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                if name in tarballs:
                    self._answer(200, "application/octet-stream", tarballs[name])
                    return
                address = f"http://{self.headers['host']}"
                versions = {manifest["version"]: _version(manifest, f"{address}/-/{file}", tarballs[file])
                            for file, manifest in manifests.items() if manifest["name"] == name}
                latest = [version for version in versions if "-" not in version]
                answer = {"name": name, "dist-tags": {"latest": latest[-1]} if latest else {}, "versions": versions}
                self._answer(200 if versions else 404, "application/json", json.dumps(answer).encode())

            def _answer(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _manifest(file: Path) -> dict:
    with tarfile.open(file) as tarball:
        return json.load(tarball.extractfile("package/package.json"))


def _version(manifest: dict, address: str, tarball: bytes) -> dict:
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    return {**manifest, "dist": {"tarball": address, "integrity": integrity}}
