"""Everything that can go wrong with every request of a command, tried side by side on one local AWS.

Which requests a command sends is found out by running it undisturbed. What passes is made to happen to all of them
in one run, which has to succeed. What lasts happens to one after the other, on the same deployment: each run has to
say what failed, and the run after it gets further; the last, undisturbed, has to lead where it would have anyway.
"""

import itertools
import os
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, NamedTuple

from binaries import never_run
from deployment import Deployment
from fault_kinds import LASTS, LOST, PASSES, Kind, can_pass, reads
from faults import FaultyAws, Unrecorded, served, snapshot
from permissions import OTHER_NAMES, action_of
from provision import Run
from recorder import Recorder

# Most of them wait, for a fault to pass or for an answer that does not come.
SIDE_BY_SIDE = 8 * (os.cpu_count() or 2)

# The two configurations differ in everything that takes a request of its own.
FIRST = {"auth": "none", "reserved_concurrency": 1, "log_retention_days": 7, "tags": {"round": "1"}}
SECOND = {"auth": "iam", "reserved_concurrency": 2, "log_retention_days": 14, "tags": {"round": "2"},
          "memory_mb": 512, "environment": {"ROUND": "2"}, "cors": {"allow_origins": ["https://example.com"]},
          "agent": {"id": "MAGICOUNCL", "alias": "NEXT", "name": "SOLOMON"}}

# What has to be done undisturbed before the command is struck.
CHANGES = {"create": [], "update": ["create"], "rollback": ["create", "update"], "down": ["create"]}
LOOKS = {"url": ["create"], "status": ["create"], "plan": ["create"], "logs": ["create"]}
WAYS = {**CHANGES, **LOOKS}
# What a command asks for more than once, for different reasons; waiting is one of them.
ASKED_AGAIN = ("lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:GetAlias")


class Row(NamedTuple):
    """What to try out: a method of the table, and what it is given."""

    what: str
    way: str
    kind: str

    def __str__(self) -> str:
        return f"{self.way} {self.kind}"


@dataclass
class Undisturbed:
    """A command that nothing happens to."""

    # How often each is sent, in the order in which each is sent first.
    operations: dict[str, int]
    snapshot: str
    # What callers get before and after.
    served: tuple[str | None, str | None]


@dataclass
class Table:
    """Tries out what is asked for, as soon as it is asked for."""

    aws: FaultyAws
    home: Path
    _begun: dict["Row", list[Future]] = field(default_factory=dict)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self):
        self.pool = ThreadPoolExecutor(SIDE_BY_SIDE)
        self._binaries = {build: never_run(self.home / f"bootstrap-{build}", build) for build in (1, 2)}
        self.undisturbed = {way: self._undisturbed(way) for way in WAYS}

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)

    def begin(self, rows: list["Row"]) -> None:
        """Those first that wait longest."""
        for row in sorted(rows, key=lambda row: ("hold" not in row.kind, row.what != "passes")):
            self._begun[row] = list(getattr(self, f"_{row.what}")(row.way, row.kind))

    def wait(self, row: "Row") -> None:
        for future in self._begun[row]:
            future.result()

    def _passes(self, way: str, kind: str) -> Iterator[Future]:
        if operations := [it for it in self.undisturbed[way].operations if can_pass(it, kind)]:
            yield self.pool.submit(self._all_at_once, way, PASSES[kind], operations)

    def _lasts(self, way: str, kind: str) -> Iterator[Future]:
        yield from self._each(way, LASTS[kind], list(self.undisturbed[way].operations), True)
        for operation in ASKED_AGAIN:
            for first in range(2, min(self.undisturbed[way].operations.get(operation, 0), 3) + 1):
                yield self.pool.submit(self._later, way, LASTS[kind], operation, first)

    def _lost(self, way: str, kind: str) -> Iterator[Future]:
        changes = [it for it in self.undisturbed[way].operations if not reads(it)]
        return self._each(way, LOST[kind], changes, False)

    def _each(self, way: str, kind: Kind, operations: list[str], has_to_fail: bool) -> Iterator[Future]:
        for first in range(0, len(operations), kind.at_once):
            some = operations[first:first + kind.at_once]
            yield self.pool.submit(self._one_by_one, way, kind, some, has_to_fail)

    def _fails(self, way: str, kind: str) -> Iterator[Future]:
        yield self.pool.submit(self._never_ready, way, kind)

    def _untried(self, way: str, kind: str) -> Iterator[Future]:
        yield self.pool.submit(self._not_tried_out, way, LASTS[kind])

    # Deployments, and commands on them.

    def new(self, recorder=None) -> Deployment:
        name = f"table-{next(self._numbers)}-x"
        directory = self.home / name
        directory.mkdir()
        recorder = recorder or Unrecorded(self.aws.account.endpoint)
        return Deployment(self.aws.account, recorder, self.home, directory, name)

    def run(self, deployment: Deployment, way: str, **environment: str) -> Run:
        if way in ("create", "update"):
            deployment.configure(**(FIRST if way == "create" else SECOND))
            binary = self._binaries[1 if way == "create" else 2]
            arguments = ["up", "--yes", "--binary", str(binary)]
        else:
            arguments = {"down": ["down", "--yes", "--logs"],
                         "rollback": ["rollback", "--allow-public"],
                         "plan": ["plan", "--binary", str(self._binaries[2])]}.get(way, [way])
        return deployment.provision(*arguments, environment={
            "BEDROCK_GATEWAY_PROBE": "none",
            # By which the rules know whose requests to strike: not all of them name the deployment.
            "AWS_SDK_UA_APP_ID": deployment.name, **environment})

    def prepared(self, way: str, recorder=None) -> Deployment:
        deployment = self.new(recorder)
        for before in WAYS[way]:
            done = self.run(deployment, before)
            assert done.code == 0, done
        return deployment

    def _undisturbed(self, way: str) -> Undisturbed:
        recorder = Recorder(self.aws.account.endpoint)
        deployment = self.prepared(way, recorder)
        recorder.clear()
        before = served(deployment)
        done = self.run(deployment, way)
        assert done.code == 0, done
        actions = Counter(action_of(request) for request in recorder.requests)
        recorder.close()
        return Undisturbed({OPERATIONS.get(action, action): times for action, times in actions.items()},
                           snapshot(deployment), (before, served(deployment)))

    # What goes wrong.

    def _strike(self, deployment: Deployment, kind: Kind, *operations: str, first: int = 1) -> None:
        self.aws.rules(*({"operation": operation, "about": f"app/{deployment.name}", "fault": kind.fault,
                          "first": first, "times": kind.times} for operation in operations), of=deployment.name)

    def _struck(self, deployment: Deployment) -> dict[str, int]:
        """How often each operation was, and no more from now on."""
        rules = self.aws.shown(of=deployment.name)
        self.aws.rules(of=deployment.name)
        return {rule["operation"]: rule["struck"] for rule in rules}

    def _all_at_once(self, way: str, kind: Kind, operations: list[str]) -> None:
        deployment = self.prepared(way)
        self._strike(deployment, kind, *operations)
        done = self.run(deployment, way, **kind.environment)
        struck = self._struck(deployment)
        assert done.code == 0, (struck, str(done))
        assert set(struck.values()) == {kind.times}, struck
        assert snapshot(deployment) == self.undisturbed[way].snapshot

    def _one_by_one(self, way: str, kind: Kind, operations: list[str], has_to_fail: bool) -> None:
        deployment = self.prepared(way)
        for operation in operations:
            done, struck = self._once(deployment, way, kind, operation)
            if not struck:
                # It was there already, or a run before this one had it done.
                self._arrived(deployment, way, operation)
                deployment = self.prepared(way)
                done, struck = self._once(deployment, way, kind, operation)
            assert 1 <= struck <= kind.attempts, (operation, struck)
            assert served(deployment) in self.undisturbed[way].served, (operation, str(done))
            if done.code != 0:
                assert_told(done, deployment, operation, kind.says)
            else:
                # A lost answer may be made good at once, by reading what there is.
                assert not has_to_fail, (operation, str(done))
                self._arrived(deployment, way, operation)
                deployment = self.prepared(way)
        done = self.run(deployment, way)
        assert done.code == 0, done
        self._arrived(deployment, way, operations)

    def _later(self, way: str, kind: Kind, operation: str, first: int) -> None:
        """Not at first, but when it is asked for again."""
        deployment = self.prepared(way)
        done, struck = self._once(deployment, way, kind, operation, first)
        # How often it waits is not always the same.
        if struck:
            assert struck <= kind.attempts, (operation, struck)
            if done.code == 0:
                # A look at what was done already: that it was not seen is told.
                assert "the deployment is done" in done.err and operation in done.err, str(done)
            else:
                assert_told(done, deployment, operation, kind.says)
            assert served(deployment) in self.undisturbed[way].served, (operation, str(done))
            done = self.run(deployment, way)
        assert done.code == 0, done
        self._arrived(deployment, way, operation)

    def _never_ready(self, way: str, codes: str) -> None:
        """AWS takes the change and cannot carry it out, for one reason after the other."""
        deployment = self.prepared(way)
        for code in codes.split():
            fault = {"kind": "failed", "update": way == "update", "reason_code": code}
            self._strike(deployment, Kind(fault), "lambda:GetFunctionConfiguration")
            failed = self.run(deployment, way)
            assert self._struck(deployment)["lambda:GetFunctionConfiguration"] > 0
            assert_told(failed, deployment, "")
            assert code in failed.err and "A fault on demand" in failed.err, failed
            assert served(deployment) in self.undisturbed[way].served, failed
        done = self.run(deployment, way)
        assert done.code == 0, done
        self._arrived(deployment, way, codes)

    def _not_tried_out(self, way: str, kind: Kind) -> None:
        deployment = self.prepared(way)
        self._strike(deployment, kind, "lambda:Invoke")
        failed = self.run(deployment, way, **kind.environment, BEDROCK_GATEWAY_PROBE="health")
        assert 1 <= self._struck(deployment)["lambda:Invoke"] <= kind.attempts
        assert_told(failed, deployment, "lambda:Invoke", kind.says, code=3)
        assert served(deployment) == self.undisturbed[way].served[0], failed
        done = self.run(deployment, way)
        assert done.code == 0, done
        self._arrived(deployment, way, kind)

    def _once(self, deployment: Deployment, way: str, kind: Kind, operation: str, first: int = 1) -> tuple[Run, int]:
        self._strike(deployment, kind, operation, first=first)
        done = self.run(deployment, way, **kind.environment)
        return done, self._struck(deployment)[operation]

    def _arrived(self, deployment: Deployment, way: str, what) -> None:
        assert snapshot(deployment) == self.undisturbed[way].snapshot, what


OPERATIONS = {action: operation for operation, action in OTHER_NAMES.items()}


def assert_told(failed: Run, deployment: Deployment, operation: str, says: str = "", code: int = 1) -> None:
    """The error names the action, the resource and the next step, and nothing is on stdout."""
    assert failed.code == code and failed.out == "", failed
    message, _, hint = failed.err.rpartition("hint: ")
    assert OTHER_NAMES.get(operation, operation) in failed.err, failed
    assert hint.strip() and says in hint, failed
    assert deployment.name in message.rpartition("error: ")[2] or operation == "sts:GetCallerIdentity", failed
