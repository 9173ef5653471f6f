"""Runs the `provision` binary like a user in an empty home, without this machine's AWS settings."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import botocore

from accounts import Account

REPOSITORY = Path(__file__).resolve().parents[4]
PROVISION = os.environ.get("PROVISION", str(REPOSITORY / "target/debug/provision"))
BOOTSTRAP = Path(os.environ.get("BOOTSTRAP", REPOSITORY / "target/release/bootstrap"))
# `provision` with the function inside, and the zips that it has inside: from build_released.
RELEASED = Path(os.environ.get("RELEASED", REPOSITORY / "target/released"))

ORIGIN = "https://github.com/example/gateway.git"

DEADLINE_SECONDS = 300
DEFAULT_CA_BUNDLE = Path(botocore.__file__).parent / "cacert.pem"


@cache
def _one_authority() -> str:
    """Nothing here is asked over TLS, and to read all that this machine trusts is most of the time that the debug
    build takes for a command."""
    certificate, end, _ = DEFAULT_CA_BUNDLE.read_text().partition("-----END CERTIFICATE-----\n")
    directory = Path(tempfile.mkdtemp())
    # Some tests run as nobody.
    directory.chmod(0o755)
    file = directory / "authority.pem"
    file.write_text(certificate + end)
    return str(file)


@cache
def _caches() -> str:
    """One for all homes: in a home of its own each test would pack the same function once more."""
    return tempfile.mkdtemp()


@dataclass(frozen=True)
class Run:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Provision:
    """The binary, bound to a home, a working directory and, if any, an account."""

    def __init__(self, account: Account | None, home: Path, cwd: Path, *,
                 endpoint: str | None = None, program: str | Path = PROVISION,
                 environment: dict[str, str] | None = None):
        self._account = account
        self._home = home
        self._endpoint = endpoint
        self.program = program
        self._environment = environment or {}
        self.cwd = cwd

    def environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home),
            "XDG_CACHE_HOME": _caches(),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SSL_CERT_FILE": _one_authority(),
            # moto has no agents; test_preflight.py is about them.
            "BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "true",
            # The clone that it was built in, as if it had come from there.
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "remote.origin.url", "GIT_CONFIG_VALUE_0": ORIGIN,
            **(self._account.environment(self._endpoint) if self._account else {}),
            **self._environment,
            **(more or {}),
        }

    def start(self, *arguments: str, environment: dict[str, str] | None = None,
              preexec_fn=None, within: list[str] | None = None) -> subprocess.Popen:
        """Starts it in a session of its own, by which all that it starts can be found. `within` is a command that
        starts it in its turn."""
        return subprocess.Popen(
            [*(within or [self.program]), *arguments], cwd=self.cwd, env=self.environment(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, preexec_fn=preexec_fn,
        )

    def __call__(self, *arguments: str, environment: dict[str, str] | None = None,
                 input: str = "", preexec_fn=None, within: list[str] | None = None) -> Run:
        process = self.start(*arguments, environment=environment, preexec_fn=preexec_fn, within=within)
        try:
            out, err = process.communicate(input, timeout=DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise TimeoutError(f"`provision {' '.join(arguments)}` hangs; stderr so far:\n{err}")
        return Run(process.returncode, out, err)

    def done(self, *arguments: str, **options) -> Run:
        """Runs and expects success."""
        run = self(*arguments, **options)
        assert run.code == 0, run
        return run
