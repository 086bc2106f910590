"""A push service of the tests' own: it takes pushes as a browser maker's does, and opens them as the browser would."""

import base64
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(words: str) -> bytes:
    """Return the bytes of base64url."""
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


class Browser:
    """One browser's subscription: its keys, and the address at its service."""

    def __init__(self, service: "PushService", name: str) -> None:
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.endpoint = f"{service.url}/{name}"

    @property
    def subscription(self) -> dict[str, str]:
        """Return what the browser's page tells the server."""
        point = self.secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": encoded(point), "auth": encoded(self.auth)}

    def opens(self, body: bytes) -> Any:
        """Return what a push says."""
        return json.loads(unsealed(body, self.secret, self.auth))


def unsealed(body: bytes, secret: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """Open a push as the standards write it, step by step, and not by the library that sealed it.

    Source: RFC 8188 (aes128gcm, one record), RFC 8291 section 3.4.
    """
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    point, record = body[21 : 21 + length], body[21 + length :]
    assert len(record) <= size
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    own = secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = secret.exchange(ec.ECDH(), sender)
    keying = HKDF(hashes.SHA256(), 32, auth, b"WebPush: info\0" + own + point).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(keying)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(keying)
    padded = AESGCM(key).decrypt(nonce, record, None)
    text, mark, padding = padded.rpartition(b"\x02")
    assert mark, "the last record ends with 2"
    assert not padding.strip(b"\0")
    return text


class PushService:
    """Takes pushes; ``got`` has path, headers and body of each, ``status`` is what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 201
        self.news = threading.Condition()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with service.news:
                    service.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                    service.news.notify_all()
                self.send_response(service.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def wait(self, number: int) -> list[tuple[str, dict[str, str], bytes]]:
        """Wait until so many pushes came."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.got) >= number, 30), f"{len(self.got)} of {number} pushes came"
            return list(self.got)

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def signed_claims(header: str) -> Any:
    """Return the claims of a VAPID header, once its signature fits the key that it names."""
    token, key = (part.partition("=")[2] for part in header.removeprefix("vapid ").split(", "))
    signed, _, signature = token.rpartition(".")
    raw = decoded(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(decoded(signed.split(".")[0])) == {"typ": "JWT", "alg": "ES256"}
    return json.loads(decoded(signed.split(".")[1]))
