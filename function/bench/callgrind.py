"""What a chunk takes, whatever the processor: instructions, lines of code, system calls. callgrind counts them.

A line is 64 bytes of code, as a processor fetches it. A chunk that comes alone finds most of them in no cache: its CPU time
follows the number of lines that it touches, and not the number of its instructions.
"""

import re
import shutil
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from install import apt_get
from stand_in import Agent, Function
from voices import BEDROCK_AGENT, Voice

LINE_BYTES = 64
#: Chunks of a short and of a long answer: the difference is what chunks take.
FLOOD = (100, 5_100)
ALONE = (100, 600)
#: Outside valgrind the kernel answers these without a call (vDSO).
CLOCKS = {"sys_clock_gettime", "sys_gettimeofday"}

#: The object (program or library) and the number of a line in it.
Line = tuple[str, int]


@dataclass(frozen=True)
class Counted:
    """All that one process has done."""

    instructions: int
    #: How often each line was run.
    lines: Counter[Line]
    calls: int


@dataclass(frozen=True)
class Chunk:
    """What one more chunk takes."""

    instructions: int
    lines: int
    calls: float

    def figures(self) -> dict[str, float]:
        return asdict(self)


def need_valgrind() -> None:
    if not shutil.which("valgrind"):
        apt_get({"valgrind"})


def counted(program: Path, variables: dict[str, str], chunks: int, alone: bool = False,
            voice: Voice = BEDROCK_AGENT) -> Counted:
    """A start and one answer of so many chunks; without chunks the start only."""
    with tempfile.NamedTemporaryFile() as profile, tempfile.NamedTemporaryFile() as calls:
        valgrind = ["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no", "--trace-syscalls=yes",
                    f"--log-file={calls.name}", f"--callgrind-out-file={profile.name}", program]
        with Function(valgrind, Agent(voice, chunks, alone), variables) as function:
            body = function.ask() if chunks else b""
        found = body.count(b'"type":"chunk"')
        if found != chunks:
            raise SystemExit(f"{found} chunks instead of {chunks}")
        return read(Path(profile.name).read_text(), Path(calls.name).read_text(errors="replace"))


def read(profile: str, calls: str) -> Counted:
    """What callgrind's profile and valgrind's list of system calls say."""
    instructions: Counter[tuple[str, int]] = Counter()
    program, is_called = "", False
    for line in profile.splitlines():
        if found := re.match(r"ob=\((\d+)\)", line):
            program = found[1]
        elif line.startswith("calls="):
            # The next line is what the callee took, which stands under the callee, too.
            is_called = True
        elif line.startswith("0x"):
            if not is_called:
                address, *_, run = line.split()
                instructions[program, int(address, 16)] += int(run)
            is_called = False
    if not instructions:
        raise SystemExit("callgrind has counted nothing")
    lines: Counter[Line] = Counter()
    for (program, address), run in instructions.items():
        line = (program, address // LINE_BYTES)
        # A line is fetched as often as its busiest instruction is run.
        lines[line] = max(lines[line], run)
    names = re.findall(r"^SYSCALL\[[\d, ]+\]\( *\d+\) (\w+)", calls, re.MULTILINE)
    return Counted(instructions.total(), lines, sum(name not in CLOCKS for name in names))


def difference(short: Counted, long: Counted, chunks: int) -> Chunk:
    """What each of the `chunks` took by which a long answer is longer. A line counts that every other chunk touches."""
    touched = sum((run - short.lines[line]) / chunks >= 0.5 for line, run in long.lines.items())
    return Chunk(round((long.instructions - short.instructions) / chunks), touched,
                 round((long.calls - short.calls) / chunks, 2))


def per_chunk(program: Path, variables: dict[str, str], alone: bool = False, voice: Voice = BEDROCK_AGENT) -> Chunk:
    """What one more chunk takes, among many that come as fast as they are read, or `alone`."""
    short, long = ALONE if alone else FLOOD
    return difference(
        counted(program, variables, short, alone, voice), counted(program, variables, long, alone, voice), long - short)
