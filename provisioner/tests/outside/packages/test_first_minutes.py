"""The first ten minutes of somebody who writes TypeScript: Node.js, a terminal, and neither Rust nor a C compiler."""

import re
import shutil
from pathlib import Path

import yaml

from accounts import Account
from provision import Provision
from registry import Registry
from terminal import Terminal

# What is about how `provision` is made is nothing to somebody who uses it.
OURS = re.compile(r"(\b(cargo|crates?|rustc?|rustup|compil\w*|clone|gateway's repository|glibc|elf)\b|--build)", re.IGNORECASE)


class Developer:
    """Somebody in an empty directory, and all that a terminal has shown."""

    def __init__(self, account: Account | None, directory: Path, registry: Registry):
        programs = directory / "programs"
        programs.mkdir()
        for name in ("node", "npm", "npx", "sh", "env", "git"):
            (programs / name).symlink_to(shutil.which(name))
        self.directory = directory / "app"
        self.directory.mkdir()
        home = directory / "developer"
        home.mkdir()
        self._provision = Provision(account, home, self.directory)
        self._environment = {"PATH": str(programs), "TERM": "xterm", "NPM_CONFIG_REGISTRY": registry.url,
                             "NPM_CONFIG_IGNORE_SCRIPTS": "true", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
        self.shown = ""

    def npx(self, *arguments: str, answers: tuple[tuple[str, str], ...] = ()) -> str:
        """`npx bedrock-gateway …` with what is typed at which prompt; what was shown."""
        terminal = Terminal(self._provision, "bedrock-gateway", *arguments, program=("npx",), **self._environment)
        for prompt, text in answers:
            terminal.answers(prompt, text)
        assert terminal.ends() == 0, terminal.seen
        self.shown += terminal.seen
        # Without colours and moving parts.
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.seen)


def test_from_nothing_to_deployed(local_account: Account, registry: Registry, tmp_path: Path):
    developer = Developer(local_account, tmp_path, registry)

    # npx asks before it installs something for the first time.
    answer = developer.npx("dev", "--once", "Should we have a four-day week?", "--speed", "20",
                           answers=(("Ok to proceed? (y)", "y"),))
    for name in ("MELCHIOR", "BALTHASAR", "CASPAR", "SOLOMON"):
        assert name in answer, answer
    # The function's log is told in words, not as the JSON that CloudWatch gets.
    assert re.search(r"\] INFO +streamed complete \d+ ms", answer) and "{" not in answer, answer
    assert "`npx bedrock-gateway init` finds yours" in answer, answer
    assert list(developer.directory.iterdir()) == []

    told = developer.npx("init", answers=(("with commas [1]: ", "1"), ("name of the deployment [app]: ", "ten-minutes"),
                                   ("[iam]: ", "")))
    # The shell does not know `provision`.
    assert "`npx bedrock-gateway plan` shows" in told, told
    assert yaml.safe_load((developer.directory / "gateway.yaml").read_text())["name"] == "ten-minutes"

    deployed = developer.npx("up", answers=(("Make these changes? [y/N] ", "y"),))
    (url,) = re.findall(r"^(http://\S+)\r$", deployed, re.MULTILINE)
    assert f"BEDROCK_GATEWAY_LAMBDA_URL={url}" in (developer.directory / ".env.local").read_text()
    assert "nothing to change" in developer.npx("up")

    developer.npx("generate", "nextjs", "--out", ".")
    assert (developer.directory / "src/app/council/page.tsx").is_file()

    assert not OURS.findall(developer.shown) and "`provision " not in developer.shown, developer.shown


def test_every_help_completion_and_manual_speaks_of_what_a_user_does(released: Provision, tmp_path: Path):
    help = released.done("--help").out
    commands = re.findall(r"^  ([a-z]+) ", help.partition("Commands:\n")[2], re.MULTILINE)
    assert {"up", "plan", "package", "dev"} <= set(commands)
    explained = [help, *(released.done("help", command).out for command in commands)]
    explained += [released.done("completions", shell).out for shell in ("bash", "elvish", "fish", "powershell", "zsh")]
    released.done("man", "--out", tmp_path / "man")
    explained += [page.read_text().replace("\\-", "-") for page in (tmp_path / "man").iterdir()]

    for text in explained:
        assert not OURS.findall(text), OURS.findall(text)
