"""The function URL of the local AWS, tried with a function that does what no library would do: what it passes on, and
when."""

import http.client
import socket
import struct
import threading
from pathlib import Path

from raw_function import assert_bad_gateway, recorded

# Where `struct tcp_info` of linux/tcp.h has its `tcpi_data_segs_in`.
TCPI_DATA_SEGS_IN = 152


# ---- The prelude ----

def test_prelude_and_delimiter_may_come_in_one_chunk(raw):
    answer = raw.call("/joined")

    assert (answer.status, answer.headers["content-type"], answer.body) == (
        200, "text/plain", b"body")


def test_the_prelude_may_come_byte_by_byte(raw):
    answer = raw.call("/bytewise")

    assert (answer.status, answer.headers["x-a"], answer.body) == (202, "b", b"body")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_only_the_first_eight_nuls_are_the_delimiter(raw):
    assert raw.call("/nuls").body == bytes(9) + b"after" + bytes(8)


def test_every_way_to_say_a_header_is_understood(raw):
    answer = raw.call("/headers")

    assert answer.status == 201
    assert answer.headers.get_all("x-multi") == ["a", "b"]
    assert answer.headers.get_all("x-more") == ["c"]
    assert answer.headers.get_all("set-cookie") == ["a=1", "b=2; Path=/"]
    assert answer.headers["x-amzn-remapped-server"] == "me"


def test_what_is_no_prelude_is_a_bad_gateway(raw):
    assert_bad_gateway(raw.call("/no-prelude"))


def test_an_empty_body_ends(raw):
    answer = raw.call("/empty")

    assert (answer.status, answer.body, answer.cut) == (200, b"", False)


# ---- The stream ----

def test_the_service_tells_its_own_headers(raw):
    answer = raw.call("/joined")

    assert answer.headers["transfer-encoding"] == "chunked"
    assert len(answer.headers["x-amzn-requestid"]) == 36
    assert answer.headers["x-amzn-trace-id"].startswith("root=1-")
    assert answer.headers["date"]


def test_each_chunk_arrives_before_the_next_is_made(raw, tmp_path):
    """Proof by events: the function goes on only when the test has read the last word."""
    files = tmp_path / "read"
    connection, response = raw.open(f"/paced?files={files}")
    for number in range(1, 6):
        assert response.readline() == b"word%d\n" % number
        Path(f"{files}.{number}").touch()
    assert response.read() == b""
    connection.close()


def test_no_chunk_waits_for_a_delayed_acknowledgement(raw):
    """A client that asks and asks again on one connection gets its kernel to delay them."""
    connection = http.client.HTTPConnection(*raw.address, timeout=120)

    def segments() -> int:
        """How many TCP segments with data an answer of five chunks comes in."""
        before = data_segments(connection.sock) if connection.sock else 0
        connection.request("GET", "/ticking")
        assert connection.getresponse().read() == 5 * b"tick\n"
        return data_segments(connection.sock) - before

    # The kernel acknowledges at once in the beginning.
    for _ in range(20):
        segments()
    # Without TCP_NODELAY all chunks behind the first wait for its acknowledgement and come together, in every answer. On
    # a machine that has other things to do the function URL itself may find two of them at once, in some answers.
    assert any(segments() >= 4 for _ in range(200))
    connection.close()


def data_segments(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return struct.unpack_from("I", info, TCPI_DATA_SEGS_IN)[0]


def test_the_runtime_is_acknowledged_only_after_the_last_chunk(raw, tmp_path):
    connection, response = raw.open(f"/acknowledged?file={tmp_path}/told&read={tmp_path}/read")
    assert response.read(1) == b"x"
    (tmp_path / "read").touch()
    assert response.read() == b""
    connection.close()

    assert recorded(tmp_path / "told") == {"early": False, "end": [202, {"status": "OK"}]}


def test_a_long_answer_is_slowed_down_as_on_lambda(raw_functions):
    function = raw_functions()
    fast, whole = 6 << 20, 18 << 20
    connection, response = function.open("/megabytes?count=18")
    read = threading.Semaphore(0)
    lengths = [0]

    def go_on() -> None:
        while piece := response.read1(1 << 16):
            lengths.append(lengths[-1] + len(piece))
            if lengths[-2] < fast <= lengths[-1]:
                read.release()
        read.release()

    reader = threading.Thread(target=go_on, daemon=True)
    reader.start()
    # Six megabytes come as fast as they can, whatever is behind them at two a second: twice as much as that,
    # asked for later, overtakes it.
    assert read.acquire(timeout=120)
    for _ in range(4):
        assert len(function.call("/megabytes?count=6").body) == fast
    assert lengths[-1] < whole
    assert read.acquire(timeout=120)
    assert lengths[-1] == whole
    connection.close()


def test_a_caller_who_leaves_is_not_noticed_by_the_function(raw, tmp_path):
    pid = raw.call("/pid").body
    client = raw.connect()
    client.sendall(f"GET /until-the-end?file={tmp_path}/told&gone={tmp_path}/gone HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert client.recv(1000)
    # Leaves for good: the kernel answers what still comes with a reset.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    (tmp_path / "gone").touch()

    assert recorded(tmp_path / "told") == [202, {"status": "OK"}]
    assert raw.call("/pid").body == pid


# ---- Buffered answers ----

def test_an_envelope_is_delivered_verbatim_by_a_streaming_url(raw):
    answer = raw.call("/buffered")

    assert answer.status == 200
    assert answer.json() == {
        "statusCode": 418, "headers": {"x-a": "b"}, "cookies": ["c=1"], "body": "tea"}


def test_a_buffered_url_unpacks_envelopes_and_preludes(raw_functions):
    function = raw_functions(mode="BUFFERED")

    answer = function.call("/buffered")
    assert (answer.status, answer.body) == (418, b"tea")
    assert answer.headers["x-a"] == "b" and answer.headers["set-cookie"] == "c=1"
    assert answer.headers["content-length"] == "3"

    answer = function.call("/headers")
    assert (answer.status, answer.body) == (201, b"ok")
    # Nothing of it has been sent yet: it can still become an error.
    assert_bad_gateway(function.call("/crash-behind-a-chunk"))
    assert_bad_gateway(function.call("/trailers"))


def test_other_content_types_have_no_prelude(raw):
    answer = raw.call("/opaque")

    assert (answer.headers["content-type"], answer.body) == ("text/csv", b"a,b\n")


def test_a_buffered_answer_has_a_limit(raw, tmp_path):
    assert_bad_gateway(raw.call(f"/buffered-too-long?file={tmp_path}/told"))

    assert recorded(tmp_path / "told") == [413, {
        "errorType": "RequestEntityTooLarge",
        "errorMessage": "Exceeded maximum allowed payload size (6291556 bytes)."}]
