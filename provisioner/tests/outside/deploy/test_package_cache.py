"""What was compressed once is not compressed again, and nothing that lies about is deployed in the binary's place."""

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from deployment import Deployment

# As where nobody has set it: an empty variable counts as none.
UNSET = {"XDG_CACHE_HOME": ""}


def _entry(caches: Path) -> Path:
    """The one package that is kept there."""
    [entry] = (caches / "bedrock-gateway/packages").iterdir()
    return entry


def _changes(deployment: Deployment, **environment: str) -> list[dict]:
    run = deployment.provision.done(
        "plan", "--json", "--no-env-file", "--binary", str(deployment.binary), environment=environment)
    return json.loads(run.out)["changes"]


def _zip(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o100755 << 16
        file.writestr(entry, content)
    return archive.getvalue()


def test_up_and_plan_use_what_was_packed_before(local_deployment: Deployment, home: Path):
    local_deployment.made(environment=UNSET)
    entry = _entry(home / ".cache")
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(entry.parent.stat().st_mode) == 0o700

    # The same program, packed otherwise, so that it shows where the code comes from.
    entry.write_bytes(_zip("bootstrap", local_deployment.binary.read_bytes()))
    assert _changes(local_deployment, **UNSET)
    entry.unlink()
    assert not _changes(local_deployment, **UNSET)
    assert _entry(home / ".cache").stat().st_size > 0


@pytest.mark.parametrize("foreign", [
    b"", b"garbage", _zip("bootstrap", b"\x7fELF another program"), _zip("other", b"x")], ids=[
    "empty", "garbage", "another program", "another name"])
def test_what_is_not_the_binary_is_neither_used_nor_kept(local_deployment: Deployment, home: Path, foreign: bytes):
    local_deployment.made(environment=UNSET)
    entry = _entry(home / ".cache")
    made = entry.read_bytes()
    entry.write_bytes(foreign)

    assert not _changes(local_deployment, **UNSET)
    assert entry.read_bytes() == made


def test_where_nothing_can_be_kept_everything_works(local_deployment: Deployment, home: Path, tmp_path: Path):
    (tmp_path / "file").touch()
    elsewhere = {"XDG_CACHE_HOME": str(tmp_path / "file")}
    local_deployment.provision.done("up", "--yes", "--binary", str(local_deployment.binary), environment=elsewhere)
    assert not _changes(local_deployment, **elsewhere)
    assert not (home / ".cache").exists()

    assert not _changes(local_deployment, XDG_CACHE_HOME=str(tmp_path / "caches"))
    assert _entry(tmp_path / "caches").is_file() and not (home / ".cache").exists()
