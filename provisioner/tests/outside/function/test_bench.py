"""The bench's pure parts, and that the READMEs and the picture show what results.json says. Nothing is measured here."""

import json
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[4] / "function/bench"
sys.path.append(str(BENCH))

import budget  # noqa: E402
import callgrind  # noqa: E402
import cost  # noqa: E402
import data_plane  # noqa: E402
import goals  # noqa: E402
import growth  # noqa: E402
import one_chunk  # noqa: E402
import outcome  # noqa: E402
import publish  # noqa: E402
import quiet  # noqa: E402
import table  # noqa: E402

RESULTS = json.loads((BENCH / "results.json").read_text())


def test_the_readmes_and_the_picture_show_the_results() -> None:
    shown = publish.rendered(RESULTS)
    assert {path.name for path in shown} == {"README.md", "README.ja.md", "results.svg"}
    for path, text in shown.items():
        assert path.read_text() == text, f"{path.name} is not what results.json says: run `make bench`"


def test_a_readme_without_a_place_for_a_table_is_told() -> None:
    with pytest.raises(SystemExit, match="0 places for `bench:cost`"):
        publish.replaced("<!-- bench:growth -->\n<!-- /bench:growth -->", "cost", "|")


def test_every_part_says_when_and_of_which_commit_it_is() -> None:
    for part in ("function", "chunk", "deploy", "growth"):
        assert {"date", "commit", "rounds", "idle", "versions"} <= RESULTS[part]["taken"].keys()


def test_a_straight_line_is_found_and_a_bend_is_told() -> None:
    points = [{"x": x, "cpu_ms": {"median": 3 + 0.5 * x}} for x in (1, 10, 1000)]
    found = growth.line(points, "cpu_ms")
    assert found["base"] == pytest.approx(3) and found["slope"] == pytest.approx(0.5)
    assert abs(found["worst_deviation"]) < 1e-9
    points[1]["cpu_ms"]["median"] *= 2
    assert growth.line(points, "cpu_ms")["worst_at"] == 10


def _peer(**figures: list[float]) -> dict:
    return {"label": "it", "zip_bytes": 1_500_000,
            "figures": data_plane.summary([{key: values[number] for key, values in figures.items()}
                                           for number in range(3)])}


def test_the_smallest_memory_is_enough_for_the_worst_round() -> None:
    peer = _peer(hwm_long_mb=[100, 110, 300], paced_cpu_us_per_chunk=[100, 100, 100],
                 hwm_at_once_10_mb=[19, 19, 19], hwm_at_once_50_mb=[59, 59, 59])
    found = cost.estimate({"it": peer})["peers"]["it"]
    assert found["smallest"]["memory_mb"] == 300 + cost.PLATFORM_MB
    assert found["managed"]["mb_per_stream"] == 1
    # 100 µs for each of 50 chunks a second: 200 streams on half of two vCPUs.
    assert found["managed"]["streams"] == found["managed"]["streams_by_cpu"] == 200
    assert found["configured"]["dollars"] == pytest.approx(1000 * 300 * 2 * 0.0000166667 + 0.0002)


def test_the_table_shows_how_many_times_the_floor_it_is_and_what_was_not_measured() -> None:
    figures = {key: [2.0] * 3 for key in (
        "init_cpu_ms", "init_ms", "rss_at_rest_mb", "hwm_10_mb", "hwm_flood_mb", "hwm_floods_mb", "cold_first_byte_ms",
        "warm_first_byte_ms", "cold_first_chunk_ms", "warm_first_chunk_ms", "spaced_first_chunk_ms", "delay_p50_us",
        "delay_p99_us", "paced_cpu_us_per_chunk", "cpu_ms_per_flood", "chunks_per_s")}
    peers = {"floor": _peer(**figures), "it": _peer(**{**figures, "paced_cpu_us_per_chunk": [5.0] * 3})}
    head, _, row = table.data_plane(peers)
    cells = dict(zip(head, row))
    assert cells["CPU µs per chunk at 50/s (x floor)"] == "5 (2.5x)"
    assert cells["first byte: cold / back to back / spaced, ms"] == "2.0 / 2.0 / -"
    assert cells["zip, MB"] == "1.50"


def test_a_goal_that_was_missed_is_called_missed() -> None:
    results = json.loads(json.dumps(RESULTS))
    results["chunk"]["peers"]["ours"]["alone"]["instructions"] = 22_501
    told = goals.told(results)
    assert "instructions per lone chunk 22,501 (<= 22,500: MISSED)" in told and "system calls per lone chunk 3 (<= 3: met)" in told


def test_what_a_chunk_takes_is_the_difference_between_two_answers_without_callees_and_clocks() -> None:
    # Two instructions in one line of 64 bytes, a call whose costs stand under the callee, another program.
    short = callgrind.read("ob=(1) bootstrap\nfn=(1)\n0x1000 1 5\n0x1004 1 5\ncalls=1 0x2000\n0x1004 1 900\n", "")
    long = callgrind.read(
        "ob=(1)\n0x1000 1 15\n0x103f 1 15\n0x1040 1 9\nob=(2) libc\n0x1000 1 30\n",
        "SYSCALL[7,1]( 1) sys_write ( 1 )\nSYSCALL[7,1](228) sys_clock_gettime ( 0 )\n")
    assert (short.instructions, long.instructions, long.calls) == (10, 69, 1)
    assert short.lines == {("1", 0x40): 5}
    # The line at 0x1000 is run once by each of ten chunks, that of the other program three times, 0x1040 by most.
    assert callgrind.difference(short, long, 10) == callgrind.Chunk(instructions=6, lines=3, calls=0.1)


def test_cpu_is_compared_within_a_pair() -> None:
    floods, alones = {"floor": 500, "joining": 30, "ours": 60}, {"floor": 70, "joining": 80, "ours": 100}
    assert one_chunk.compared(floods, alones) == {
        "flood_to_joining": 2, "alone_to_joining": 1.25, "alone_above_floor_us": 30}


def test_a_remark_does_not_excuse_a_command_that_failed() -> None:
    tool = json.loads(json.dumps(RESULTS["deploy"]["tools"]["cargo-lambda"]))
    assert tool["remark"] in table.control_plane({"it": tool})[1][-1]
    tool["steps"]["first"]["failed"] = "Traceback"
    tool["outcome"] = None
    row = table.control_plane({"it": tool})[1]
    assert row[1] == "FAILED" and row[-1] == "FAILED: first"


def test_a_template_is_judged_by_what_it_deploys() -> None:
    template = {"Resources": {
        "F": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "provided.al2023", "Timeout": 600, "MemorySize": 2048}},
        "U": {"Type": "AWS::Lambda::Url", "Properties": {"InvokeMode": "RESPONSE_STREAM"}},
        "P": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunctionUrl"}},
        "Q": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction"}}}}
    assert outcome.judged("template", outcome.in_template(template))["wrong"] == []
    del template["Resources"]["U"]["Properties"]["InvokeMode"], template["Resources"]["Q"]
    assert outcome.judged("template", outcome.in_template(template))["wrong"] == [
        "invoke_mode: BUFFERED", "permissions: ['lambda:InvokeFunctionUrl']"]


def test_idle_is_what_the_ticks_between_two_looks_say() -> None:
    assert quiet.idle_share([0] * 8, [10, 0, 10, 70, 10, 0, 0, 0]) == pytest.approx(0.8)


def test_the_zip_may_not_grow_beyond_its_goal() -> None:
    assert budget.limit("zip_bytes", 2_313_941) == 2_400_000
    assert budget.limit("zip_bytes", 1_000_000) == pytest.approx(1_100_000)
    assert budget.limit("instructions_per_chunk", 4_400) == pytest.approx(4_840)
