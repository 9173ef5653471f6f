"""Long answers arrive whole, to the byte, and cost the function no memory.

The witness is botocore: it asks the same agent the same question without the product in between.
"""

import pytest

import processes
from accounts import AGENT_ALIAS, AGENT_ID, Account
from functions import AGENT_NAME, Function
from function_url import text_of

MEGABYTE = 1024 * 1024
MOST_MEMORY = 8 * MEGABYTE


def direct_answer(account: Account, question: str) -> str:
    """The agent's own text, from InvokeAgent."""
    answer = account.client("bedrock-agent-runtime").invoke_agent(
        agentId=AGENT_ID, agentAliasId=AGENT_ALIAS, sessionId="witness", inputText=question,
        streamingConfigurations={"streamFinalResponse": True})
    # Joined as bytes: a chunk may end within a character.
    return b"".join(event["chunk"]["bytes"] for event in answer["completion"]
                    if "chunk" in event).decode()


@pytest.mark.parametrize(("question", "at_least"), [
    ("!megabyte", 1_000_000), ("!split", 100), ("!flood", 3_000_000),
])
def test_the_text_is_the_agents_to_the_byte(function: Function, question, at_least):
    events = list(function.url.ask(question).events())

    text = text_of(events, AGENT_NAME)
    assert text == direct_answer(function.account, question)
    assert len(text.encode()) >= at_least
    assert "\ufffd" not in text
    assert events[-1]["type"] == "complete"


def test_a_hundred_thousand_chunks_are_counted_and_fit_into_8_megabytes(functions, capsys):
    function = functions()
    numbers = []
    total = 0
    for event in function.url.ask("!flood").events():
        if event["type"] == "chunk":
            numbers.append(event["chunkNumber"])
            total += len(event["content"].encode())
    assert numbers == list(range(1, 100_001))
    assert (event["type"], event["chunkCount"], event["totalBytes"]) == ("complete", 100_000, total)

    (pid,) = processes.with_variable("AWS_LAMBDA_FUNCTION_NAME", function.name)
    peak = processes.peak_memory_bytes(pid)
    with capsys.disabled():
        print(f"\nVmHWM of bootstrap after 100,000 chunks: {peak / MEGABYTE:.1f} MB")
    assert peak <= MOST_MEMORY


def test_a_slow_reader_costs_no_memory(functions):
    """Back-pressure reaches the agent: nothing is piled up for a caller who does not read."""
    function = functions()
    events = function.url.ask("!flood").events()
    assert next(event for event in events if event["type"] == "chunk")

    (pid,) = processes.with_variable("AWS_LAMBDA_FUNCTION_NAME", function.name)
    processes.wait_until(lambda: is_quiet(pid), "the function waits for its reader")
    assert processes.peak_memory_bytes(pid) <= MOST_MEMORY

    assert list(events)[-1]["chunkCount"] == 100_000


def is_quiet(pid: int) -> bool:
    """Whether a process has used no CPU time for a while."""
    before = cpu_ticks(pid)
    try:
        processes.wait_until(lambda: cpu_ticks(pid) != before, "", seconds=0.5)
    except TimeoutError:
        return True
    return False


def cpu_ticks(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
