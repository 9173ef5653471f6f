"""The wheel, the archive, and what all packages have inside."""

import base64
import csv
import hashlib
import io
import json
import platform
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Callable, NamedTuple

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from provision import REPOSITORY


@pytest.fixture(scope="module")
def wheel(packages: Path) -> Path:
    (wheel,) = packages.glob(f"*{platform.machine()}.whl")
    return wheel


class Member(NamedTuple):
    entry: tarfile.TarInfo
    content: bytes


@pytest.fixture(scope="module")
def archive(packages: Path) -> dict[str, Member]:
    """What is in the archive, by path, without the one folder that all of it is in."""
    (file,) = packages.glob(f"*-{platform.machine()}-*.tar.gz")
    tarball = tarfile.open(file)
    found = {}
    for member in tarball.getmembers():
        folder, _, path = member.name.partition("/")
        assert folder == file.name.removesuffix(".tar.gz")
        found[path] = Member(member, tarball.extractfile(member).read())
    return found


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_the_wheel_puts_the_program_on_the_path(wheel: Path, tmp_path: Path, installer: str):
    bin = Path(sys.executable).parent
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    commands = {"uv": [bin / "uv", "pip", "install", "--quiet", "--offline", "--no-index", "--python", python, wheel],
                "pip": [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", wheel]}
    subprocess.run(commands[installer], check=True)

    program = tmp_path / "venv/bin/provision"
    version = subprocess.run([program, "--version"], check=True, text=True, stdout=subprocess.PIPE).stdout
    assert version.startswith("provision 0.1.0 (commit ")
    assert (tmp_path / "venv/share/man/man1/provision-up.1").is_file()


def test_the_wheel_says_what_is_in_it(wheel: Path):
    assert re.fullmatch(r"bedrock_gateway-0\.1\.0-py3-none-manylinux_2_17_(\w+)\.manylinux2014_\1\.whl", wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = {path: (digest, size) for path, digest, size in
                  csv.reader(io.TextIOWrapper(archive.open("bedrock_gateway-0.1.0.dist-info/RECORD")))}
        assert list(record) == names
        for name in names[:-1]:
            content = archive.read(name)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert record[name] == (f"sha256={digest}", str(len(content)))
    assert "bedrock_gateway-0.1.0.dist-info/sboms/sbom.cdx.json" in names


def test_the_archive_has_all_that_a_distribution_would_pack(archive):
    assert archive["provision"].entry.mode == 0o755
    assert {"LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt", "sbom.cdx.json",
            "share/bash-completion/completions/provision", "share/zsh/site-functions/_provision",
            "share/fish/vendor_completions.d/provision.fish", "share/man/man1/provision.1"} <= set(archive)
    assert b".TH provision-up 1" in archive["share/man/man1/provision-up.1"].content
    assert {(entry.uid, entry.gid, entry.uname) for entry, _ in archive.values()} == {(0, 0, "")}


def test_each_processor_has_one_of_each_kind(packages: Path):
    assert {file.name for file in packages.iterdir()} == {
        "SHA256SUMS", "bedrock-gateway-0.1.0.tgz",
        "bedrock-gateway-0.1.0-linux-x64.tgz", "bedrock-gateway-0.1.0-linux-arm64.tgz",
        *(file for processor in ("x86_64", "aarch64") for file in (
            f"bedrock_gateway-0.1.0-py3-none-manylinux_2_17_{processor}.manylinux2014_{processor}.whl",
            f"provision-0.1.0-{processor}-unknown-linux-gnu.tar.gz"))}


def test_cargo_binstall_is_led_to_the_archive_and_to_the_program_in_it(packages: Path):
    manifest = tomllib.loads((REPOSITORY / "provisioner/Cargo.toml").read_text())
    binstall = manifest["package"]["metadata"]["binstall"]
    (program,) = manifest["bin"]
    for processor in ("x86_64", "aarch64"):
        # cargo-binstall's own words.
        words = {"repo": "https://github.com/me/gateway", "version": "0.1.0", "target": f"{processor}-unknown-linux-gnu",
                 "bin": program["name"], "binary-ext": ""}

        def told(template: str) -> str:
            return re.sub(r"\{ ([a-z-]+) \}", lambda word: words[word[1]], template)

        folder, _, file = told(binstall["pkg-url"]).rpartition("/")
        # Where release.yml puts what it has packed, under the tag of the version.
        assert folder == "https://github.com/me/gateway/releases/download/v0.1.0" and binstall["pkg-fmt"] == "tgz"
        with tarfile.open(packages / file, "r:gz") as archive:
            assert archive.getmember(told(binstall["bin-dir"])).mode == 0o755


def test_checksums_are_those_of_the_files(packages: Path):
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=packages, check=True)
    listed = {line.split("  ")[1] for line in (packages / "SHA256SUMS").read_text().splitlines()}
    assert listed == {file.name for file in packages.iterdir()} - {"SHA256SUMS"}


def test_the_bill_of_materials_is_valid_and_agrees_with_the_lock_file(archive):
    text = archive["sbom.cdx.json"].content.decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    locked = set(re.findall(r'name = "(.*)"\nversion = "(.*)"', (REPOSITORY / "Cargo.lock").read_text()))
    named = {(component["name"], component["version"]) for component in bill["components"]}
    assert named <= locked and {"tokio", "lambda_runtime", "aws-sdk-lambda", "clap"} <= {name for name, _ in named}
    # What only tests or compiles is not in the programs.
    assert not {"insta", "proptest", "syn", "serde_derive"} & {name for name, _ in named}
    references = {component["bom-ref"] for component in bill["components"]} | {"provision@0.1.0"}
    assert {entry["ref"] for entry in bill["dependencies"]} == references


def test_each_package_inside_comes_with_its_licence(archive):
    text = archive["THIRD-PARTY-LICENSES.txt"].content.decode()
    bill = json.loads(archive["sbom.cdx.json"].content)
    for component in bill["components"]:
        if "purl" in component:
            assert f"{component['name']} {component['version']} (" in text, component
    assert "Permission is hereby granted" in text and "Apache License" in text


def test_packing_again_gives_the_same_bytes(packages: Path, pack: Callable[[Path], None], tmp_path: Path):
    pack(tmp_path)

    assert (tmp_path / "SHA256SUMS").read_text() == (packages / "SHA256SUMS").read_text()
