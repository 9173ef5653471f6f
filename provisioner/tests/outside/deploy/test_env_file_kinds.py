"""What may stand in the place of .env.local, and what of a file is kept besides its text."""

import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from deployment import Deployment
from env_files import URL, assert_refused, env_file, mode, own_line


@pytest.fixture
def made(local_deployment: Deployment) -> Deployment:
    """A deployment that exists, and that `up` has something to change on."""
    local_deployment.made("--no-env-file")
    local_deployment.configure(memory_mb=512)
    return local_deployment


def identity(path: Path) -> list[tuple[int, int]]:
    """Of what is there, and of what it points to."""
    return [(found.st_ino, found.st_mode) for found in (path.lstat(), path.stat())]


def put_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


def put_linked_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("vault"))
    path.symlink_to("vault")


def put_linked_device(path: Path) -> None:
    """One of the test's own: a fault here replaces what the link points to, and root may do that to /dev/null."""
    if os.geteuid() == 0:
        os.mknod(path.with_name("device"), 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        path.symlink_to("device")
    else:
        path.symlink_to("/dev/null")


@pytest.mark.parametrize(("put", "what"), [
    pytest.param(os.mkdir, "a directory", id="directory"),
    # As password managers do, which give what they have to whoever opens it.
    pytest.param(os.mkfifo, "a named pipe", id="named pipe"),
    pytest.param(put_linked_pipe, "a named pipe", id="link to a named pipe"),
    pytest.param(put_socket, "a socket", id="socket"),
    pytest.param(put_linked_device, "a device", id="link to a device"),
])
def test_anything_but_a_file_is_refused_and_stays(made: Deployment, monkeypatch, put, what):
    monkeypatch.chdir(made.project)
    put(env_file(made))
    before = identity(env_file(made))

    refused = made.up()

    assert_refused(refused, made)
    assert f"is {what}" in refused.err, refused
    plan = made.plan()
    assert plan.code == 1 and f"is {what}" in plan.err and "--no-env-file" in plan.err, plan
    assert identity(env_file(made)) == before
    made.made("--no-env-file")
    down = made.down()
    assert down.code == 0 and f"is {what}" in down.err, down


def test_owner_mode_and_attributes_are_kept(made: Deployment):
    env_file(made).write_text("A=1\n")
    env_file(made).chmod(0o640)
    os.setxattr(env_file(made), "user.note", b"mine")
    if os.geteuid() == 0:
        os.chown(env_file(made), 65534, 12345)
    before = env_file(made).stat()

    made.made()

    after = env_file(made).stat()
    assert env_file(made).read_text() == "A=1\n" + own_line(made)
    assert (after.st_uid, after.st_gid, mode(env_file(made))) == (before.st_uid, before.st_gid, 0o640)
    assert os.getxattr(env_file(made), "user.note") == b"mine"


def test_a_file_that_is_mounted_by_itself_is_told_before_anything_is_changed(made: Deployment, tmp_path):
    """As containers mount single files; no other file can be renamed over it."""
    (tmp_path / "outside.env").write_text("A=1\n")
    env_file(made).write_text("")
    script = tmp_path / "mounted"
    script.write_text(f"""#!/bin/sh
mount --bind {tmp_path}/outside.env {env_file(made)} && exec {made.provision.program} "$@"
""")
    script.chmod(0o755)

    refused = made.up(within=["unshare", "--map-root-user", "--mount", str(script)])

    assert_refused(refused, made)
    assert "is mounted by itself" in refused.err, refused
    assert (tmp_path / "outside.env").read_text() == "A=1\n"


def test_a_file_system_that_cannot_sync_is_no_failure(made: Deployment, tmp_path):
    source = tmp_path / "fsync.c"
    source.write_text("#include <errno.h>\nint fsync(int file) { (void)file; errno = EINVAL; return -1; }\n")
    library = tmp_path / "fsync.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    env_file(made).write_text("A=1\n")

    run = made.up(environment={"LD_PRELOAD": str(library)})

    assert run.code == 0, run
    assert env_file(made).read_text() == "A=1\n" + own_line(made)


def test_a_byte_order_mark_is_no_part_of_a_name(made: Deployment):
    env_file(made).write_bytes(b"\xef\xbb\xbf" + f"{URL}=http://old/\n".encode())

    made.made()

    assert env_file(made).read_bytes() == b"\xef\xbb\xbf" + own_line(made).encode()


def test_a_link_into_a_directory_that_is_not_there_is_told_with_the_directory(made: Deployment):
    env_file(made).symlink_to("nowhere/env")

    refused = made.up()

    assert_refused(refused, made)
    assert "would be in `nowhere`, which is not there" in refused.err and "`mkdir -p nowhere`" in refused.err, refused
    assert os.readlink(env_file(made)) == "nowhere/env"


def test_a_file_with_another_name_is_replaced_and_the_plan_says_so(made: Deployment):
    """As `ln` and `cp --link` make them. Programs that replace a file as a whole leave the other name behind."""
    env_file(made).write_text("A=1\n")
    os.link(env_file(made), made.project / "other.env")

    plan = made.plan()
    run = made.up()

    for told in plan.out, run.err:
        assert "1 hard link" in told and "keep the old text" in told, (plan, run)
    assert env_file(made).read_text() == "A=1\n" + own_line(made)
    assert (made.project / "other.env").read_text() == "A=1\n"
    assert "hard link" not in made.plan().out
