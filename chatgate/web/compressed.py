"""What browsers load of us, compressed once: the weight that the widget promises is the weight on the wire."""

import gzip
from functools import lru_cache

from flask import Response, request

MIN_BYTES = 256


def compressed_response(body: bytes, mimetype: str | None) -> Response:
    """Return a response whose body is compressed when the client takes gzip and it pays.

    Only for what is the same for everybody: compressing secrets beside what a client sent would tell about them.
    """
    accepts = request.accept_encodings["gzip"] > 0
    squeezed = _squeezed(body) if accepts and len(body) >= MIN_BYTES else body
    is_smaller = len(squeezed) < len(body)
    response = Response(squeezed if is_smaller else body, mimetype=mimetype)
    if is_smaller:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@lru_cache(maxsize=256)
def _squeezed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
