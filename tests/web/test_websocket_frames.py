"""Frames as RFC 6455 wants them, without a socket."""

import random

import pytest

from chatgate.web.wire import frames
from chatgate.web.wire.frames import Control, FrameError, FrameReader, close_answer, encode_close, encode_frame
from tests.web.raw_client import CLOSE, PING, PONG, TEXT, frame

CONTINUATION, BINARY = 0x0, 0x2


def read(*received: bytes, limit: int = 1000) -> list[str | bytes | Control]:
    reader = FrameReader(limit)
    return [message for data in received for message in reader.feed(data)]


def refused(*received: bytes, limit: int = 1000) -> int:
    with pytest.raises(FrameError) as caught:
        read(*received, limit=limit)
    return caught.value.close_code


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 70000])
def test_a_message_of_any_size_arrives(size: int) -> None:
    assert read(frame(b"x" * size), limit=100_000) == ["x" * size]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_a_sent_frame_says_its_size(size: int) -> None:
    assert encode_frame(TEXT, b"y" * size) == frame(b"y" * size, mask=False)


def test_bytes_may_come_in_any_pieces() -> None:
    stream = b"".join(
        [
            frame("zażółć".encode()),
            frame(b"one", fin=False),
            frame(b"ping", opcode=PING),
            frame(b"two", opcode=CONTINUATION),
            frame(b"z" * 300),
            frame(b"\x00\xff", opcode=BINARY),
        ]
    )
    expected = ["zażółć", Control(PING, b"ping"), "onetwo", "z" * 300, b"\x00\xff"]
    assert read(*(stream[at : at + 1] for at in range(len(stream)))) == expected
    pieces = random.Random(7)
    for _ in range(50):
        cuts = sorted(pieces.randrange(len(stream)) for _ in range(5))
        parts = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        assert read(*parts) == expected


def test_a_letter_may_be_split_between_fragments() -> None:
    snowman = "☃".encode()
    assert read(frame(snowman[:1], fin=False), frame(snowman[1:], opcode=CONTINUATION)) == ["☃"]


def test_an_unmasked_frame_is_refused() -> None:
    assert refused(frame(b"hello", mask=False)) == frames.PROTOCOL_ERROR


@pytest.mark.parametrize("rsv", [1, 2, 4])
def test_a_reserved_bit_is_refused(rsv: int) -> None:
    assert refused(frame(b"hello", rsv=rsv)) == frames.PROTOCOL_ERROR


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF])
def test_an_unknown_opcode_is_refused(opcode: int) -> None:
    assert refused(frame(b"", opcode=opcode)) == frames.PROTOCOL_ERROR


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_a_long_control_frame_is_refused(opcode: int) -> None:
    assert refused(frame(b"x" * 126, opcode=opcode)) == frames.PROTOCOL_ERROR


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_a_fragmented_control_frame_is_refused(opcode: int) -> None:
    assert refused(frame(b"x", opcode=opcode, fin=False)) == frames.PROTOCOL_ERROR


def test_a_continuation_of_nothing_is_refused() -> None:
    assert refused(frame(b"x", opcode=CONTINUATION)) == frames.PROTOCOL_ERROR


def test_a_new_message_inside_a_fragmented_one_is_refused() -> None:
    assert refused(frame(b"x", fin=False), frame(b"y")) == frames.PROTOCOL_ERROR


@pytest.mark.parametrize("payload", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80"])
def test_text_that_is_no_utf8_is_refused(payload: bytes) -> None:
    assert refused(frame(payload)) == frames.INVALID_DATA
    assert refused(frame(payload[:1], fin=False), frame(payload[1:], opcode=CONTINUATION)) == frames.INVALID_DATA


def test_a_message_that_is_too_big_is_refused_before_it_has_come() -> None:
    assert refused(frame(b"x" * 1001)[:8]) == frames.MESSAGE_TOO_BIG
    assert refused(b"\x81\xff" + (2**63).to_bytes(8, "big")) == frames.MESSAGE_TOO_BIG


def test_fragments_are_counted_together() -> None:
    assert refused(frame(b"x" * 600, fin=False), frame(b"x" * 600, opcode=CONTINUATION)) == frames.MESSAGE_TOO_BIG


def test_what_came_before_a_fault_is_still_handed_over() -> None:
    messages = iter(FrameReader(1000).feed(frame(b"good") + frame(b"bad", mask=False)))
    assert next(messages) == "good"
    with pytest.raises(FrameError):
        next(messages)


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 3000, 4999])
def test_a_close_is_answered_with_its_code(code: int) -> None:
    assert close_answer(code.to_bytes(2, "big") + "até".encode()) == encode_close(code)


def test_a_close_without_a_code_is_answered_without_one() -> None:
    assert close_answer(b"") == encode_frame(CLOSE, b"")


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535])
def test_a_close_with_a_code_that_must_not_be_sent_is_refused(code: int) -> None:
    with pytest.raises(FrameError) as caught:
        close_answer(code.to_bytes(2, "big"))
    assert caught.value.close_code == frames.PROTOCOL_ERROR


def test_a_close_of_one_byte_or_with_a_bad_reason_is_refused() -> None:
    with pytest.raises(FrameError, match="1002"):
        close_answer(b"\x03")
    with pytest.raises(FrameError, match="1007"):
        close_answer(b"\x03\xe8\xff")
