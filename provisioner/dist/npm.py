"""npm: one name. `VERSION` is a program of a few lines that starts the one for this machine, which is
`VERSION-linux-x64` and the like of the same name, an optional dependency. No script runs when it is installed."""

import json

from bundle import File, tar_gz
from platforms import Platform
from release import DESCRIPTION, NAME, Release


def package_of(release: Release, platform: Platform, files: list[File]) -> tuple[str, bytes]:
    """The package with the program of one platform."""
    manifest = {
        **_manifest(release, f"{release.version}-{platform.npm}"),
        "os": [platform.os],
        "cpu": [platform.cpu],
        # Alpine has another C library.
        **({"libc": ["glibc"]} if platform.is_linux else {}),
    }
    return _tarball(release, manifest, files)


def main_package(release: Release, platforms: list[Platform]) -> tuple[str, bytes]:
    """What people name; it finds the other one."""
    template = release.template("npm/provision.js")
    supported = [platform.npm for platform in platforms]
    shim = template.replace('"PLATFORMS"', json.dumps(supported))
    manifest = {
        **_manifest(release, release.version),
        "bin": {"provision": "provision.js"},
        "engines": {"node": ">=18"},
        "optionalDependencies": {f"{NAME}-{platform.npm}": f"npm:{NAME}@{release.version}-{platform.npm}"
                                 for platform in platforms},
    }
    files = [File("provision.js", shim.encode(), executable=True), *release.documents]
    return _tarball(release, manifest, files)


def _manifest(release: Release, version: str) -> dict:
    repository = {"repository": {"type": "git", "url": f"git+{release.repository}.git"}} if release.repository else {}
    return {"name": NAME, "version": version, "description": DESCRIPTION, "license": "MIT", **repository}


def _tarball(release: Release, manifest: dict, files: list[File]) -> tuple[str, bytes]:
    text = (json.dumps(manifest, indent=2) + "\n").encode()
    readme = File("README.md", release.template("npm/package.md").encode())
    inside = [File("package.json", text), readme, *files]
    entries = [File(f"package/{file.path}", file.content, file.executable) for file in inside]
    return f"{NAME}-{manifest['version']}.tgz", tar_gz(entries, release.seconds, release.level)
