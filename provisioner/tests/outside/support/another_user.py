"""Somebody else who is logged in on this machine, with bash and nothing of ours."""

import os
import subprocess

NOBODY = 65534
# Reaches what listens, sends all that comes on stdin, and prints what comes back until that is closed.
TALK = 'exec 3<>"/dev/tcp/$0/$1" && cat >&3 && cat <&3'


def run_as_another_user(*command: str, input: bytes = b"") -> subprocess.CompletedProcess:
    """Runs a command as `nobody`: as root at once, else with sudo, as CI's machines allow without a password."""
    if os.geteuid() == 0:
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    else:
        options, command = {}, ("sudo", "-n", "-u", f"#{NOBODY}", *command)
    return subprocess.run(command, input=input, capture_output=True, cwd="/", timeout=60, **options)


def status_for_another_user(address: tuple[str, int], method: str, path: str, body: bytes = b"{}") -> int:
    """The status with which a request of another user is answered; an answer that does not come counts as 0."""
    host, port = address
    request = (f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n"
               f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
    run = run_as_another_user("timeout", "20", "bash", "-c", TALK, host, str(port), input=request)
    assert b"password is required" not in run.stderr, \
        "this test acts as another user of the machine: run it as root, or where sudo needs no password"
    head = run.stdout.partition(b"\r\n")[0].split()
    return int(head[1]) if len(head) > 1 else 0
