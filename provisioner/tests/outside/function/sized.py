"""Bodies of a certain size, and what one costs the function that gets it."""

from typing import Callable

from runtime_api import Answer, RuntimeApi, event


def filled(begin: str, item: str, end: str) -> Callable[[int], str]:
    """JSON of about so many bytes: as many items as fit."""
    def fill(size: int) -> str:
        count = (size - len(begin) - len(end)) // (len(item.encode()) + 1)
        return begin + ",".join(item.replace("#", str(number)) for number in range(count)) + end
    return fill


def holding(begin: str, end: str) -> Callable[[int], str]:
    """JSON of about so many bytes: as much of a file as fits, in base64."""
    def hold(size: int) -> str:
        return begin + "A" * ((size - len(begin) - len(end)) // 4 * 4) + end
    return hold


def send(api: RuntimeApi, path: str, body: str, **more: object) -> tuple[Answer, float]:
    """The answer, and how many times the body's bytes the kernel has counted in memory for it at the most."""
    before = api.peak_bytes
    answer = api.send(event(body, path, **more))
    answer.whole()
    api.wait_until_idle()
    return answer, (api.peak_bytes - before) / len(body.encode())
