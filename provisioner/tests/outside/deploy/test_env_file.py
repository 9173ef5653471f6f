""".env.local belongs to the user: `up` changes its own lines and nothing else, atomically."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import provision as binary
from accounts import Account
from deployment import Deployment
from env_files import URL, assert_refused, env_file, mode, own_line
from provision import Provision
from terminal import Terminal

@pytest.fixture
def made(local_deployment: Deployment) -> Deployment:
    """A deployment that exists, so that each further `up` is about the file alone."""
    local_deployment.made("--no-env-file")
    assert not env_file(local_deployment).exists()
    return local_deployment


def as_node_reads_it(path: Path) -> dict[str, str]:
    """The witness: Node's own parser of such files."""
    script = "const {readFileSync} = require('fs'); " \
        "console.log(JSON.stringify(require('util').parseEnv(readFileSync(process.argv[1], 'utf8'))))"
    return json.loads(subprocess.check_output(["node", "-e", script, str(path)]))


def test_a_new_file_is_for_its_owner_only(made: Deployment):
    made.made()

    assert env_file(made).read_text() == own_line(made)
    assert mode(env_file(made)) == 0o600


# `{own}` stands for our line, `{url}` for its value.
@pytest.mark.parametrize(("before", "after"), [
    pytest.param("A=1\n", "A=1\n{own}", id="appended"),
    pytest.param("A=1", "A=1\n{own}", id="no final newline"),
    pytest.param("\n\n", "\n\n{own}", id="blank lines stay"),
    pytest.param(f"{URL}=http://old/\nA=1\n", f"{URL}={{url}}\nA=1\n", id="in place"),
    pytest.param(f"A=1\n{URL}=http://old/", f"A=1\n{URL}={{url}}", id="in place, no final newline"),
    pytest.param(f"# {URL}=http://old/\nA=1\n", f"# {URL}=http://old/\nA=1\n{{own}}",
                 id="comments are not ours"),
    pytest.param(f"X{URL}=1\n{URL}X=2\n", f"X{URL}=1\n{URL}X=2\n{{own}}", id="longer names"),
    pytest.param(f'{URL}="http://old/"\n', f'{URL}="{{url}}"\n', id="double quotes stay"),
    pytest.param(f"{URL}='http://old/'\n", f"{URL}='{{url}}'\n", id="single quotes stay"),
    pytest.param(f"export {URL}=http://old/\n", f"export {URL}={{url}}\n", id="export stays"),
    pytest.param(f"{URL}=http://old/ # mine\n", f"{URL}={{url}} # mine\n", id="comment behind stays"),
    pytest.param('A="one\ntwo"\n', 'A="one\ntwo"\n{own}', id="a value of two lines"),
    pytest.param(f'A="\n{URL}=no\n"\n', f'A="\n{URL}=no\n"\n{{own}}', id="our name inside a value"),
    pytest.param("日本=東京 🗼\n", "日本=東京 🗼\n{own}", id="any text"),
    # dotenv, and so Next.js, takes the last.
    pytest.param(f"{URL}=http://one/\nA=1\n{URL}=http://two/\n",
                 f"{URL}=http://one/\nA=1\n{URL}={{url}}\n", id="twice"),
])
def test_everything_else_stays_as_it_is(made: Deployment, before: str, after: str):
    env_file(made).write_text(before)

    made.made()

    url = made.url_config()["FunctionUrl"]
    assert env_file(made).read_text() == after.format(own=own_line(made), url=url)
    assert as_node_reads_it(env_file(made))[URL] == url


def test_line_ends_stay_as_they_are(made: Deployment):
    env_file(made).write_bytes(f"A=1\r\n{URL}=old\r\nB=2\r\n".encode())

    made.made()

    text = env_file(made).read_bytes().decode()
    assert text.replace("\r\n", "").count("\n") == 0
    assert text.startswith(f"A=1\r\n{URL}={made.url_config()['FunctionUrl']}\r\nB=2\r\n")


def test_nothing_is_written_when_nothing_changes(made: Deployment):
    made.made()
    before = env_file(made).stat()

    made.made()

    after = env_file(made).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_mode_is_kept(made: Deployment):
    env_file(made).write_text("A=1\n")
    env_file(made).chmod(0o640)

    made.made()

    assert mode(env_file(made)) == 0o640


def test_a_symlink_is_followed_and_not_replaced(made: Deployment):
    target = made.project / "shared.env"
    target.write_text("A=1\n")
    env_file(made).symlink_to("shared.env")

    made.made()

    assert os.readlink(env_file(made)) == "shared.env"
    assert target.read_text() == "A=1\n" + own_line(made)


def test_no_temporary_file_is_left(made: Deployment):
    made.made()

    assert sorted(entry.name for entry in made.project.iterdir()) == [".env.local", "gateway.yaml"]


def test_another_file_may_be_configured(made: Deployment):
    made.configure(env_file="web.env")

    made.made()

    assert (made.project / "web.env").read_text() == own_line(made)
    assert not env_file(made).exists()


def test_a_file_that_is_not_text_is_told_and_kept(made: Deployment):
    env_file(made).write_bytes(b"A=\xff\xfe\n")
    made.configure(memory_mb=512)

    assert_refused(made.up(), made)

    assert env_file(made).read_bytes() == b"A=\xff\xfe\n"


def test_a_read_only_file_is_told_and_kept(made: Deployment):
    env_file(made).write_text("A=1\n")
    env_file(made).chmod(0o444)
    made.configure(memory_mb=512)

    assert_refused(made.up(), made)

    assert (env_file(made).read_text(), mode(env_file(made))) == ("A=1\n", 0o444)


def test_a_read_only_file_that_is_right_is_in_nobodys_way(made: Deployment):
    env_file(made).write_text(own_line(made))
    env_file(made).chmod(0o444)
    made.configure(memory_mb=512)

    made.made()


def test_a_file_that_becomes_read_only_meanwhile_is_told_with_the_url(made: Deployment):
    made.configure(memory_mb=256)
    made.made("--no-env-file")
    first_write = made.recorder.writes[0].number
    env_file(made).write_text("A=1\n")
    made.configure(memory_mb=512)
    made.recorder.clear()
    # What is lost with it only reads, and is asked again.
    made.recorder.strike_at_request(
        first_write + 1, answered=False, blow=lambda: env_file(made).chmod(0o444))

    run = made.provision("up", "--yes", "--binary", str(made.binary))

    assert run.code == 1 and ".env.local" in run.err, run
    assert run.out == made.url_config()["FunctionUrl"] + "\n", run
    assert made.configuration()["MemorySize"] == 512
    assert env_file(made).read_text() == "A=1\n"


def test_the_plan_shows_the_url_before_and_after_and_counts_it(made: Deployment):
    env_file(made).write_text(f"SECRET=hush\n{URL}=https://old.example/\n")
    url = made.url_config()["FunctionUrl"]

    plan = made.plan("--detailed-exitcode")

    assert plan.code == 2 and "1 to update" in plan.out, plan
    assert f"~ environment file .env.local\n      {URL} https://old.example/ -> {url}" in plan.out, plan
    told = made.plan("--json")
    assert json.loads(told.out)["envFile"] == {
        "path": ".env.local", "changed": True, "from": "https://old.example/", "to": url}
    assert "hush" not in plan.out + plan.err + told.out + told.err
    assert env_file(made).read_text().endswith(f"{URL}=https://old.example/\n")

    without = made.plan("--detailed-exitcode", "--no-env-file")
    assert without.code == 0 and "environment file" not in without.out, without
    assert json.loads(made.plan("--json", "--no-env-file").out)["envFile"] is None

    made.made()
    after = made.plan("--detailed-exitcode")
    assert after.code == 0 and "environment file" not in after.out, after


def test_a_url_that_is_not_made_yet_is_planned_for(local_deployment: Deployment):
    plan = local_deployment.plan()

    assert f"+ environment file .env.local\n      {URL} (unset) -> (set once the URL is made)" in plan.out, plan
    told = json.loads(local_deployment.plan("--json").out)["envFile"]
    assert told == {"path": ".env.local", "changed": True, "from": None, "to": None}


def test_somebody_at_a_terminal_is_asked_before_another_url_is_overwritten(made: Deployment):
    before = f"{URL}=https://old.example/\n"
    env_file(made).write_text(before)

    for answer, code, after in [("n", 1, before), ("y", 0, own_line(made))]:
        terminal = Terminal(made.provision, "up", "--binary", str(made.binary))
        terminal.answers("[y/N]", answer)
        assert terminal.ends() == code, terminal.seen
        assert "https://old.example/ -> " in terminal.seen
        assert env_file(made).read_text() == after

    # With nothing left to change nobody is asked.
    terminal = Terminal(made.provision, "up", "--binary", str(made.binary))
    assert terminal.ends() == 0 and "[y/N]" not in terminal.seen, terminal.seen


def test_down_takes_our_line_out_again(made: Deployment):
    env_file(made).write_text("A=1\n")
    made.made()

    assert made.down().code == 0

    assert env_file(made).read_text() == "A=1\n"


@pytest.fixture
def as_nobody(made: Deployment, local_account: Account):
    """The same deployment's directory, where modes count: root may write anything."""
    directory = Path(tempfile.mkdtemp(prefix="outside-"))
    directory.chmod(0o755)
    project = directory / "project"
    shutil.copytree(made.project, project)
    # Both may be in a home that nobody else can enter.
    copies = {name: directory / name for name in ("provision", "bootstrap")}
    shutil.copy(binary.PROVISION, copies["provision"])
    shutil.copy(made.binary, copies["bootstrap"])

    def leave_root() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)

    if os.geteuid() == 0:
        for path in (project, *project.iterdir()):
            os.chown(path, 65534, 65534)
    runner = Provision(local_account, project, project, program=copies["provision"])
    made.recorder.clear()
    yield project, lambda: runner(
        "up", "--yes", "--binary", str(copies["bootstrap"]), preexec_fn=leave_root)
    project.chmod(0o755)
    shutil.rmtree(directory)


def test_a_directory_that_may_not_be_written_is_told(as_nobody, made: Deployment):
    project, up = as_nobody
    project.chmod(0o555)

    assert_refused(up(), made)


def test_a_file_that_may_not_be_read_is_told_and_kept(as_nobody, made: Deployment):
    project, up = as_nobody
    (project / ".env.local").write_text("A=1\n")
    (project / ".env.local").chmod(0o000)

    assert_refused(up(), made)

    (project / ".env.local").chmod(0o600)
    assert (project / ".env.local").read_text() == "A=1\n"
