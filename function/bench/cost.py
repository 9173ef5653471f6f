"""What 1,000 answers of five minutes cost, estimated from measured memory and CPU. List prices, no free tier."""

import math
from typing import Any

ANSWERS, SECONDS = 1000, 300
#: US dollars, us-east-1, x86, first tier: https://aws.amazon.com/lambda/pricing/
GB_SECOND = 0.0000166667
REQUEST = 0.20 / 1_000_000
#: A function with 1,769 MB has a whole vCPU, one with less a part of it (Lambda's developer guide, "Configure memory").
MB_PER_VCPU = 1769
CONFIGURED_MB = 2048
SMALLEST_MB = 128
#: Memory that Lambda counts besides the process: it reports 15 MB for a Rust function of 4 MB (lambda-perf,
#: 2026-08-22). Known for Rust only, and assumed for all.
PLATFORM_MB = 12
#: The part of the CPU that streams may use; the rest is for peaks.
UTILISATION = 0.5
CHUNKS_PER_S = 50
#: Managed Instances: EC2's price (on demand, us-east-1, 17 June 2026, as factualminds.com tells it), 15 % for the
#: management (edjgeek.com/blog/lambda-managed-instances), requests, nothing for duration. It is arm64, and the CPU
#: time was measured on x86: taken as if both were equally fast.
INSTANCE = {"type": "m7g.large", "vcpus": 2, "memory_mb": 8192, "dollars_per_hour": 0.0816}
MANAGEMENT = 1.15
#: The part of an instance's memory that functions can use.
INSTANCE_SHARE = 0.8


def estimate(data_plane: dict[str, Any]) -> dict[str, Any]:
    return {"assumptions": {
        "answers": ANSWERS, "seconds": SECONDS, "chunks_per_s": CHUNKS_PER_S, "gb_second_dollars": GB_SECOND,
        "request_dollars": REQUEST, "instance": INSTANCE, "management_factor": MANAGEMENT,
        "utilisation": UTILISATION, "platform_mb": PLATFORM_MB,
    }, "peers": {name: _peer(measured) for name, measured in data_plane.items()}}


def _peer(measured: dict[str, Any]) -> dict[str, Any]:
    middle, highest = ({key: value[which] for key, value in measured["figures"].items()} for which in ("median", "max"))
    return {"label": measured["label"], "configured": _on_demand(CONFIGURED_MB),
            # The highest value, because it has to be enough every time.
            "smallest": _on_demand(_smallest_mb(highest)),
            "managed": _managed(middle)}


def _on_demand(memory_mb: int) -> dict[str, float]:
    gb_s = ANSWERS * SECONDS * memory_mb / 1024
    return {"memory_mb": memory_mb, "gb_s": gb_s, "dollars": gb_s * GB_SECOND + ANSWERS * REQUEST}


def _smallest_mb(figures: dict[str, float]) -> int:
    """Enough memory for an answer of that length, and enough of a vCPU for one stream."""
    memory = figures["hwm_long_mb"] + PLATFORM_MB
    cpu = _vcpus_per_stream(figures) / UTILISATION * MB_PER_VCPU
    return max(SMALLEST_MB, math.ceil(max(memory, cpu)))


def _managed(figures: dict[str, float]) -> dict[str, float]:
    """One instance with as many streams as its CPU and memory can carry, all day long."""
    ten, fifty = figures["hwm_at_once_10_mb"], figures["hwm_at_once_50_mb"]
    per_stream_mb = max((fifty - ten) / 40, 0.01)
    by_memory = (INSTANCE["memory_mb"] * INSTANCE_SHARE - fifty) / per_stream_mb + 50
    by_cpu = INSTANCE["vcpus"] * UTILISATION / _vcpus_per_stream(figures)
    streams = max(1, int(min(by_memory, by_cpu)))
    hours = ANSWERS / streams * SECONDS / 3600
    return {"mb_per_stream": per_stream_mb, "streams_by_memory": int(by_memory), "streams_by_cpu": int(by_cpu),
            "streams": streams,
            "dollars": hours * INSTANCE["dollars_per_hour"] * MANAGEMENT + ANSWERS * REQUEST}


def _vcpus_per_stream(figures: dict[str, float]) -> float:
    return figures["paced_cpu_us_per_chunk"] * CHUNKS_PER_S / 1e6
