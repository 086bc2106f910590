"""The codec against the stock one, long polling, upgrades, pending acks, and private names that are gone."""

import http.client
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
import socketio
from hypothesis import given
from hypothesis import strategies as st
from socketio import packet

from chatgate.web.wire import transport
from chatgate.web.wire.acks import PendingAck
from chatgate.web.wire.packets import Codec, TextPacket, encode_ack, encode_event, read_event
from chatgate.web.wire.transport import TransportError, install, socketio_options
from tests.web.raw_client import RawClient
from tests.web.test_websocket import Start, start  # noqa: F401

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.fixture
def port(start: Start) -> int:  # noqa: F811
    return start("own")


@pytest.fixture
def stock_json() -> Iterator[None]:
    """Making a server sets a codec for the whole process: put the stock one back."""
    from engineio import packet as engineio_packet

    before = engineio_packet.Packet.json, packet.Packet.json
    yield
    engineio_packet.Packet.json, packet.Packet.json = before


@given(VALUES)
def test_the_codec_reads_what_the_stock_one_writes_and_the_other_way_round(value: Any) -> None:
    assert Codec.loads(json.dumps(value)) == value
    assert json.loads(Codec.dumps(value, separators=(",", ":"))) == value


@given(st.sampled_from([packet.CONNECT, packet.EVENT, packet.ACK]), VALUES, st.none() | st.integers(0, 10**9))
def test_a_packet_is_the_stock_packet(kind: int, value: Any, number: int | None) -> None:
    data = ["name", value] if kind != packet.CONNECT else {"value": value}
    ours = TextPacket(kind, data=data, namespace="/visitor", id=number)
    theirs = packet.Packet(kind, data=data, namespace="/visitor", id=number)
    assert packet.Packet(encoded_packet=ours.encode())._to_dict() == theirs._to_dict()
    assert TextPacket(encoded_packet=theirs.encode())._to_dict() == theirs._to_dict()


@given(st.sampled_from(["/", "/visitor"]), VALUES, st.integers(0, 10**9))
def test_an_event_and_its_answer_are_the_stock_packets(namespace: str, value: Any, number: int) -> None:
    event = packet.Packet(packet.EVENT, data=["name", value], namespace=namespace)
    assert (
        encode_event(namespace, "name", value).for_polling().encode()
        == "4" + TextPacket(packet.EVENT, data=["name", value], namespace=namespace).encode()
    )
    ours = packet.Packet(encoded_packet=encode_event(namespace, "name", value).for_polling().data)
    assert (ours.packet_type, ours.namespace or "/", ours.data) == (packet.EVENT, namespace, event.data)
    event.id = number
    space, read_number, data = read_event(event.encode()) or ("", 0, [])
    assert (space or "/", read_number, data) == (namespace, number, ["name", value])
    for answer, arguments in ((value, [value]), ((value, 1), [value, 1]), (None, [])):
        ack = packet.Packet(encoded_packet=encode_ack(namespace, number, answer).for_polling().data)
        expected = arguments if answer is not None else []
        assert (ack.packet_type, ack.namespace or "/", ack.id, ack.data) == (packet.ACK, namespace, number, expected)


def test_another_packet_is_no_event() -> None:
    assert read_event("0/visitor,") is None
    assert read_event('3/visitor,1["x"]') is None


@pytest.mark.parametrize("text", ["NaN", "Infinity", '"\\ud800"', "{", "", "[1]]"])
def test_the_codec_refuses_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError):
        Codec.loads(text)


@pytest.mark.parametrize("text", ["2", "2{}", "2[]", "2[[]]", "5", '51-["x",{"_placeholder":true,"num":0}]', "61-[]"])
def test_a_packet_that_is_no_event_or_has_attachments_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        TextPacket(encoded_packet=text)
    if text.startswith("2"):
        with pytest.raises(ValueError):
            read_event(text)


def test_the_codec_writes_no_nan() -> None:
    assert Codec.dumps(math.nan) == "null"


def test_a_pending_ack_is_sent_once_whichever_comes_first() -> None:
    for resolved_first in (True, False):
        pending, sent = PendingAck(), []
        if resolved_first:
            pending.resolve("answer")
        pending.bind(sent.append)
        pending.resolve("answer")
        pending.resolve("another")
        assert sent == ["answer"]


def test_an_ack_may_come_later_or_at_once(port: int) -> None:
    client = RawClient(port).join()
    assert client.call("later", 1) == {"later": 1}
    assert client.call("at_once", 2) == {"at_once": 2}


def test_a_refused_connection_says_why(port: int) -> None:
    client = RawClient(port)
    client.read_text()
    client.send('40/relay,{"refused":true}')
    assert client.read_text() == '44/relay,{"message":"no","data":{"code":"no"}}'


def poll(port: int, sid: str | None = None, body: str | None = None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    query = "/socket.io/?EIO=4&transport=polling" + (f"&sid={sid}" if sid else "")
    connection.request("GET" if body is None else "POST", query, body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == 200, text
    return text


def opened_by_polling(port: int) -> str:
    sid = json.loads(poll(port)[1:])["sid"]
    poll(port, sid, "40/relay,")
    assert poll(port, sid).startswith("40/relay,")
    return sid


def test_long_polling_works(port: int) -> None:
    sid = opened_by_polling(port)
    poll(port, sid, '42/relay,1["echo","a"]\x1e42/relay,2["later","b"]')
    received = ""
    while "43/relay,2" not in received:
        received += poll(port, sid) + "\x1e"
        poll(port, sid, "3")
    assert '43/relay,1["a"]' in received
    assert '43/relay,2[{"later":"b"}]' in received


def test_long_polling_goes_over_to_a_websocket_and_loses_nothing(port: int) -> None:
    sid = opened_by_polling(port)
    other = RawClient(port).join()
    client = RawClient(port, query=f"&sid={sid}")
    client.send("2probe")
    assert client.read_text() == "3probe"
    assert other.emit("all", "meanwhile") == 1
    assert other.read_text() == '42/relay,["told","meanwhile"]'
    client.send("5")
    assert client.read_text() == "6"
    assert client.read_text() == '42/relay,["told","meanwhile"]'
    assert client.call("echo", 5) == 5


def test_an_upgrade_that_fails_leaves_long_polling(port: int) -> None:
    sid = opened_by_polling(port)
    client = RawClient(port, query=f"&sid={sid}")
    client.send("2probe")
    client.read_text()
    client.close()
    poll(port, sid, '42/relay,1["echo","a"]')
    received = ""
    while "43/relay,1" not in received:
        received += poll(port, sid)


@pytest.mark.parametrize(
    "header",
    ["Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: short", "Sec-WebSocket-Key: !!!", "Sec-WebSocket-Key: "],
)
def test_what_is_no_handshake_of_version_13_is_answered_426(port: int, header: str) -> None:
    client = RawClient(port, header=header)
    assert b" 426 " in client.head
    assert b"Sec-WebSocket-Version: 13" in client.head


@pytest.mark.usefixtures("stock_json")
def test_install_says_which_private_name_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("engineio.server.Server._handle_connect")
    with pytest.raises(TransportError, match="_handle_connect"):
        install(socketio.Server(**socketio_options()))


@pytest.mark.usefixtures("stock_json")
def test_install_refuses_a_server_of_another_class() -> None:
    class Other(socketio.Server):
        pass

    with pytest.raises(TransportError):
        install(Other(**socketio_options()))


@pytest.mark.usefixtures("stock_json")
def test_install_keeps_the_application_s_handlers() -> None:
    server = socketio.Server(**socketio_options())
    server.register_namespace(socketio.Namespace("/visitor"))
    install(server)
    assert list(server.namespace_handlers) == ["/visitor"]
    assert server.eio.max_queued_bytes == transport.MAX_QUEUED_BYTES
