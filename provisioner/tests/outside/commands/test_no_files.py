"""A named pipe, a socket, a device or a directory where a file is to be read or written: said at once, and left alone."""

import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from provision import Provision

YAML = "name: magi\nregion: ap-northeast-1\nagent: {id: A123456789, alias: TSTALIASID}\n"
FLAGS = ("--name", "magi", "--region", "ap-northeast-1", "--agent-id", "A123456789", "--agent-alias", "TSTALIASID")


def put_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(path))


def put_linked_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("vault"))
    path.symlink_to("vault")


@pytest.fixture(params=[(os.mkfifo, "a named pipe"), (put_linked_pipe, "a named pipe"), (put_socket, "a socket"), (os.mkdir, "a directory")],
                ids=["named pipe", "link to a named pipe", "socket", "directory"])
def other(request, provision: Provision, monkeypatch):
    """Puts one of them at a path of the project, and gives its name."""
    put, what = request.param
    # A socket's path is short.
    monkeypatch.chdir(provision.cwd)

    def at(path: str) -> str:
        place = provision.cwd / path
        place.parent.mkdir(parents=True, exist_ok=True)
        put(place)
        return what

    return at


def kind(path: Path) -> tuple[int, int]:
    return path.lstat().st_ino, stat.S_IFMT(path.stat().st_mode)


def refused(provision: Provision, path: str, what: str, *arguments: str) -> str:
    """The hint of a command that leaves everything as it is."""
    place, before = provision.cwd / path, kind(provision.cwd / path)
    entries = sorted(provision.cwd.rglob("*"))

    run = provision(*arguments)

    assert run.code == 1 and f"{path}` is {what}, not a file" in run.err, run
    assert (kind(place), sorted(provision.cwd.rglob("*"))) == (before, entries)
    return run.err.partition("hint:")[2]


@pytest.mark.parametrize(("target", "path"), [
    ("terraform", "out/outputs.tf"), ("github", "out/.github/workflows/deploy.yml"), ("nextjs", "out/src/lib/magi/forward.ts"),
    # Of those that are written once and then the user's own.
    ("nextjs", "out/src/app/api/magi/stream/route.ts"),
])
def test_generate_writes_nothing(provision: Provision, other, target, path):
    (provision.cwd / "gateway.yaml").write_text(YAML)
    what = other(path)

    hint = refused(provision, path, what, "generate", target, "--out", "out")

    assert "move it away" in hint and "--out" in hint


def test_generate_check_ends(provision: Provision, other):
    (provision.cwd / "gateway.yaml").write_text(YAML)
    what = other("out/main.tf")

    refused(provision, "out/main.tf", what, "generate", "terraform", "--out", "out", "--check")


def test_package_is_not_even_built(provision: Provision, other):
    what = other("out/bootstrap.zip")

    # Nobody has this binary: the place is looked at first.
    hint = refused(provision, "out/bootstrap.zip", what, "package", "--binary", "nobody's", "--out", "out")

    assert "--out" in hint


def test_a_binary_is_a_file(provision: Provision, other):
    other("bootstrap")

    run = provision("package", "--binary", "bootstrap", "--region", "ap-northeast-1", "--name", "magi")

    assert run.code == 1 and "the binary `bootstrap` is not a file" in run.err and "--binary" in run.err.partition("hint:")[2], run


def test_a_binary_that_never_ends_is_not_read(provision: Provision):
    run = provision("package", "--binary", "/dev/zero", "--region", "ap-northeast-1", "--name", "magi")

    assert run.code == 1 and "not a file" in run.err, run


def test_init_writes_nothing(provision: Provision, other):
    what = other("gateway.yaml")

    hint = refused(provision, "gateway.yaml", what, "init", *FLAGS, "--force")

    assert "--config" in hint


def test_init_leaves_what_stands_in_the_schemas_place(provision: Provision, other):
    other("gateway.schema.json")
    before = kind(provision.cwd / "gateway.schema.json")

    run = provision("init", *FLAGS)

    assert run.code == 0 and "gateway.schema.json` is something else" in run.err and "provision schema" in run.err, run
    assert "name: magi" in (provision.cwd / "gateway.yaml").read_text()
    assert kind(provision.cwd / "gateway.schema.json") == before


def test_a_configuration_may_come_from_a_pipe(provision: Provision):
    """As `--config <(…)` gives it, from a program that puts secrets in."""
    pipe = provision.cwd / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=lambda: pipe.write_text(YAML), daemon=True).start()

    run = provision.done("generate", "terraform", "--config", "pipe", "--out", "out")

    assert "magi" in (provision.cwd / "out/main.tf").read_text() + (provision.cwd / "out/variables.tf").read_text(), run


def test_a_directory_that_is_none_is_told(provision: Provision):
    (provision.cwd / "gateway.yaml").write_text(YAML)
    os.mkfifo(provision.cwd / "out")

    for arguments in (["generate", "terraform", "--out", "out"], ["package", "--binary", "/bin/true", "--out", "out"]):
        run = provision(*arguments)
        assert run.code == 1 and "out" in run.err and "hint:" in run.err, run
    assert stat.S_ISFIFO((provision.cwd / "out").stat().st_mode)
