"""Replaces what differs each time: ids, times and addresses in memory."""

import re

# Each with what the n-th of them is replaced by.
PATTERNS = [
    (re.compile(rb"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
     lambda number: b"00000000-0000-4000-8000-%012d" % number),
    (re.compile(rb"\b[0-9a-f]{32}\b"), lambda number: b"%032d" % number),
    (re.compile(rb"\baitxt-[A-Za-z0-9]{24}\b"), lambda number: b"aitxt-%024d" % number),
    # Where the programs were when they were recorded.
    (re.compile(rb"file:///[^)\s\"']*/agents\.mjs(:\d+)*|/[^)\s\"']*/agents\.py"), lambda _: b"/app/agents"),
    # Python takes the place of an object that is gone for the next one, so not even their number is the same each time.
    (re.compile(rb"\b0x[0-9a-f]{6,16}\b"), lambda _: b"0x7f0000000000"),
    (re.compile(rb"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?"), lambda _: b"2026-11-27T12:00:00"),
    (re.compile(rb"datetime\.datetime\(20\d\d, \d+, \d+, \d+, \d+(, \d+)?(, \d+)?"), lambda _: b"datetime.datetime(2026, 11, 27, 12, 0, 0"),
    # How long something took; some say it only when it was a millisecond or more.
    (re.compile(rb"""(, )?["']timeToFirstByteMs["']: \d+"""), lambda _: b""),
    (re.compile(rb"""(?<=execution_time["'=]): \d+|(?<=executionTime["'=]): \d+"""), lambda _: b": 7"),
    (re.compile(rb"execution_time=\d+"), lambda _: b"execution_time=7"),
    (re.compile(rb'(?<="duration":)\d+|(?<="totalDuration":)\d+|(?<="latencyMs":)\d+'), lambda _: b"7"),
    # Seconds and milliseconds since 1970.
    (re.compile(rb"\b1[789]\d{8}\.\d+"), lambda _: b"1800000000.5"),
    (re.compile(rb"\b1[789]\d{8}(\d{3})?\b"), lambda _: b"1800000000"),
    # Times as no person writes numbers.
    (re.compile(rb"\b\d+\.\d{5,}(e-\d+)?\b|\b\d\.\d+e-\d+\b"), lambda _: b"0.5"),
]


class Normaliser:
    """For one body: what is the same in two places stays the same."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}
        self._counts: dict[re.Pattern, int] = {}

    def __call__(self, piece: bytes) -> bytes:
        for pattern, replacement in PATTERNS:
            piece = pattern.sub(lambda found: self._replaced(pattern, replacement, found[0]), piece)
        return piece

    def _replaced(self, pattern: re.Pattern, replacement, found: bytes) -> bytes:
        if found not in self._known:
            self._counts[pattern] = self._counts.get(pattern, 0) + 1
            self._known[found] = replacement(self._counts[pattern])
        return self._known[found]
