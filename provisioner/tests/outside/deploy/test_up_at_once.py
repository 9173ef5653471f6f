"""Two `up` of one name at the same time: callers get what one of them wants, and whoever loses says so."""

import itertools
import json
import re

import pytest

from binaries import never_run
from deployment import Deployment
from provision import Run

STILL = "this may still hold"
WANTED = {"one": (512, 7), "two": (1024, 14), "three": (256, 30)}


class Rival:
    """Somebody with a configuration and a build of their own for the deployment `name`."""

    def __init__(self, deployment: Deployment, name: str, letter: str, tmp_path):
        self.deployment = deployment
        self.letter = letter
        self.memory, self.days = WANTED[letter]
        deployment.name = name
        deployment.configure(
            agent={"id": letter.upper(), "alias": "LIVE"}, memory_mb=self.memory, log_retention_days=self.days,
            cors={"allow_origins": [f"https://{letter}.example"]}, keep_versions=1000)
        binary = never_run(tmp_path / f"bootstrap-{letter}", letter)
        self.code = deployment.provision.done("package", "--binary", str(binary)).out.strip()
        self._up = ("up", "--yes", "--no-env-file", "--probe", "none", "--binary", str(binary))

    def up(self) -> Run:
        return self.deployment.provision(*self._up)

    def start(self):
        return self.deployment.provision.start(*self._up)

    def wrote(self, function: dict) -> list[bool]:
        """Of the code and the settings of `$LATEST` or a version, which are theirs."""
        return [function["CodeSha256"] == self.code, function["MemorySize"] == self.memory,
                f'"{self.letter.upper()}"' in function["Environment"]["Variables"]["GATEWAY_AGENTS"]]

    def is_live(self) -> bool:
        return all(self.wrote(self.deployment.configuration()))

    def not_theirs(self) -> set[str]:
        """What callers do not reach, or AWS guards for nobody: which of it is somebody else's, as the plan calls it."""
        (policy,) = self.deployment.role_policies().values()
        agents = re.findall("agent-alias/([A-Z]+)/", json.dumps(policy))
        theirs = {"function": all(self.wrote(self.deployment.configuration("$LATEST"))),
                  "role policy": agents == [self.letter.upper()],
                  "log group": self.deployment.log_group()["retentionInDays"] == self.days,
                  "function URL": self.deployment.url_config()["Cors"]["AllowOrigins"] == [f"https://{self.letter}.example"]}
        return {name for name, is_theirs in theirs.items() if not is_theirs}

    def is_everything(self) -> bool:
        return self.is_live() and not self.not_theirs()


@pytest.fixture
def rivals(deployments, local_account, name, tmp_path) -> list[Rival]:
    return [Rival(deployments(local_account, f"{name}-{letter}"), name, letter, tmp_path)
            for letter in WANTED]


def judge(rivals: list[Rival], *runs: tuple[Rival, Run]) -> None:
    told = "\n".join(f"{rival.letter}: {run}" for rival, run in runs)
    for _, run in runs:
        assert run.code in (0, 1) and "panicked" not in run.err, told
        assert run.code == 0 or "somebody else is deploying" in run.err, told
    (live,) = [rival for rival in rivals if rival.is_live()] or pytest.fail(f"a mixture is live\n{told}")
    winners = [rival for rival, run in runs if run.code == 0]
    assert winners, f"both have lost\n{told}"
    if len(winners) == 2:
        assert live in winners and live.is_everything(), f"{live.letter}\n{told}"
    else:
        assert winners == [live], f"{live.letter}\n{told}"
        # AWS takes these from whoever comes last: whoever has lost says what it left.
        for name in live.not_theirs():
            (said,) = [run.err for rival, run in runs if rival is not live]
            assert re.search(f"[+~] {name} ", said.partition(STILL)[2]), f"{name} is not {live.letter}'s\n{told}"
    # Nobody calls it, and the next run sets it right; but it is not a mixture either.
    latest = live.deployment.configuration("$LATEST")
    assert any(all(rival.wrote(latest)) for rival in rivals), f"{latest}\n{told}"


def together(one: Rival, two: Rival) -> list[tuple[Rival, Run]]:
    runs = []
    for rival, process in [(rival, rival.start()) for rival in (one, two)]:
        out, err = process.communicate(timeout=300)
        runs.append((rival, Run(process.returncode, out, err)))
    return runs


def test_one_comes_in_between_at_every_write(rivals):
    """While one `up` is about to send a change, another one runs from beginning to end."""
    turns = itertools.cycle(rivals)
    assert next(turns).up().code == 0
    for number in itertools.count(1):
        one, two = next(turns), next(turns)
        next(turns)
        came: list[Run] = []
        one.deployment.recorder.clear()
        one.deployment.recorder.strike_at_write(number, answered=False, blow=lambda: came.append(two.up()))
        run = one.up()
        if not came:
            assert run.code == 0 and number > 7, f"{number}: {run}"
            return
        judge(rivals, (one, run), (two, came[0]))
        whole = [rival for rival in rivals if rival.is_everything()]
        if not whole:
            # Run again, it gets there.
            again = one.up()
            assert again.code == 0 and one.is_everything(), again
            whole = [one]
        turns = itertools.cycle([rival for rival in rivals if rival is not whole[0]] + whole)


def test_both_begin_together(rivals):
    assert rivals[2].up().code == 0
    judge(rivals, *together(rivals[0], rivals[1]))
    judge(rivals, *together(rivals[1], rivals[2]))
    judge(rivals, *together(rivals[2], rivals[0]))


def test_both_make_it_anew(rivals):
    judge(rivals, *together(rivals[0], rivals[1]))
