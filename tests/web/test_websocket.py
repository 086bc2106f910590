"""The WebSocket on a real server: slow readers, stuck readers, control frames and ends."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.raw_client import CLOSE, PING, PONG, TEXT, RawClient, frame

Start = Callable[..., int]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start relay servers in processes of their own; returns the port."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> int:
        script = Path(__file__).with_name("relay_server.py")
        process = subprocess.Popen([sys.executable, str(script), *arguments], stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        return int(process.stdout.readline())

    yield start
    RawClient.close_all()
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def port(start: Start) -> int:
    return start("own")


def flooded(client: RawClient, count: int, size: int) -> int:
    """Ask for a flood, sleep, and count the messages that then arrive whole and in order."""
    client.emit("flood", count, size)
    time.sleep(1.0)
    number = 0
    try:
        while number < count:
            text = client.read_text()
            if text.startswith('42/relay,["flood"'):
                assert text == f'42/relay,["flood",{{"number":{number},"filling":"{"x" * size}"}}]'
                number += 1
    except (EOFError, ConnectionError):
        pass
    return number


@pytest.mark.parametrize(("count", "size"), [(20, 300_000), (4_000, 2_000)])
def test_the_stock_class_corrupts_what_a_slow_reader_gets(start: Start, count: int, size: int) -> None:
    client = RawClient(start("stock"), receive_buffer=4096).join()
    client.sock.settimeout(3)
    with pytest.raises((AssertionError, UnicodeDecodeError, TimeoutError)):  # why ChatGate has a class of its own
        flooded(client, count, size)


@pytest.mark.parametrize(("count", "size"), [(20, 300_000), (4_000, 2_000)])
def test_a_slow_reader_gets_every_frame_whole_and_in_order(start: Start, count: int, size: int) -> None:
    client = RawClient(start("own", "100000000"), receive_buffer=4096).join()
    assert flooded(client, count, size) == count


def test_a_stuck_reader_is_closed_at_its_bound_and_nobody_waits_for_it(start: Start) -> None:
    port = start("own", "1000000")
    stuck, lively = RawClient(port, receive_buffer=4096).join(), RawClient(port).join()
    assert lively.call("sockets") == 2
    stuck.emit("flood", 4_000, 2_000)
    most = 0
    while lively.call("sockets") == 2:
        most = max(most, lively.call("queued"))
    assert most <= 1_000_000 + 3_000
    assert lively.call("echo", "still here") == "still here"
    assert lively.call("queued") == 0


def test_what_a_cut_reader_did_get_is_whole(start: Start) -> None:
    assert 0 < flooded(RawClient(start("own", "1000000"), receive_buffer=4096).join(), 4_000, 2_000) < 4_000


def test_messages_sent_with_the_handshake_are_not_lost(port: int) -> None:
    client = RawClient(port, early=frame(b"40/relay,") + frame(b'42/relay,7["echo","early"]'))
    while (text := client.read_text()) != '437["early"]' and not text.startswith("43"):
        pass
    assert text == '43/relay,7["early"]'


def test_messages_are_handled_in_order_and_one_at_a_time(port: int) -> None:
    client = RawClient(port).join()
    first, second = client.emit("wait", 0.2), client.emit("echo", 2)
    assert client.read_text().startswith(f"43/relay,{first}[")
    assert client.read_text().startswith(f"43/relay,{second}[")


def test_a_handler_that_waits_holds_nobody_else_up(port: int) -> None:
    waiting, others = RawClient(port).join(), [RawClient(port).join() for _ in range(5)]
    waiting.emit("wait", 1)
    started = time.monotonic()
    for number, other in enumerate(others):
        assert other.call("echo", number) == number
    assert time.monotonic() - started < 1
    assert waiting.read_text() == '43/relay,1["waited"]'


def test_many_messages_at_once_are_all_answered(port: int) -> None:
    client = RawClient(port).join()
    client.sock.sendall(b"".join(frame(f'42/relay,{n}["echo",{n}]'.encode()) for n in range(1000)))
    assert [client.read_text() for _ in range(1000)] == [f"43/relay,{n}[{n}]" for n in range(1000)]


def test_a_broadcast_reaches_everybody(port: int) -> None:
    clients = [RawClient(port).join() for _ in range(10)]
    clients[0].emit("all", {"text": "zażółć"})
    for client in clients[1:]:
        assert client.read_text() == '42/relay,["told",{"text":"zażółć"}]'


def test_a_ping_frame_is_answered_with_its_payload(port: int) -> None:
    client = RawClient(port).join()
    client.sock.sendall(frame(b"are you there", opcode=PING))
    assert client.read_frame() == (0x80 | PONG, b"are you there")


def test_a_pong_that_nobody_asked_for_is_ignored(port: int) -> None:
    client = RawClient(port).join()
    client.sock.sendall(frame(b"", opcode=PONG))
    assert client.call("echo", 1) == 1


def test_a_close_is_answered_and_then_the_socket_ends(port: int) -> None:
    client = RawClient(port).join()
    client.sock.sendall(frame((1000).to_bytes(2, "big"), opcode=CLOSE))
    assert client.close_code() == 1000
    with pytest.raises(EOFError):
        client.read_frame()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (frame(b"x", mask=False), 1002),
        (frame(b"\xff"), 1007),
        (frame(b"4" + b"x" * 300_000), 1009),
        (frame(b"\x00", opcode=2), 1003),
        (frame(b"9 what is this"), 1008),
        (frame((1005).to_bytes(2, "big"), opcode=CLOSE), 1002),
    ],
    # A frame's mask is random: the names must be the same in every process that runs tests.
    ids=["unmasked", "not-utf8", "too-large", "binary", "no-packet", "close-code"],
)
def test_a_fault_ends_the_connection_with_its_code(port: int, fault: bytes, code: int) -> None:
    client = RawClient(port).join()
    client.sock.sendall(fault)
    assert client.close_code() == code


def test_a_packet_that_cannot_be_read_ends_only_its_connection(port: int) -> None:
    other = RawClient(port).join()
    for packet in (
        "42/relay,{",
        "42/relay,7",
        '451-/relay,["echo",{"_placeholder":true,"num":0}]',
        "46/relay,",
        "42/relay,{}",
        "42/relay,[]",
        "4x",
        '42/relay,["echo"',
        '42/relay,[["echo"]]',
    ):
        client = RawClient(port).join()
        client.send(packet)
        with pytest.raises((EOFError, ConnectionError)):
            client.call("echo", "never")
    assert other.call("echo", 1) == 1


def test_a_session_ends_with_its_connection(port: int) -> None:
    client, other = RawClient(port).join(), RawClient(port).join()
    assert other.call("sockets") == 2
    client.close()
    deadline = time.monotonic() + 5
    while other.call("sockets") == 2:
        assert time.monotonic() < deadline
    assert other.call("sockets") == 1


def test_a_client_that_answers_pings_stays(port: int) -> None:
    client = RawClient(port).join()
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        assert client.call("echo", 1) == 1
        time.sleep(0.05)


def test_a_client_that_answers_no_ping_is_closed(port: int) -> None:
    client = RawClient(port).join()
    assert client.read_frame() == (0x80 | TEXT, b"2")
    assert client.close_code() == 1000
