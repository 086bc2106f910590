"""A real server for tests, in a process of its own, with a clock that the test moves.

``python -m tests.serve '{"data_dir": ..., "clock": ..., "log": ...}'`` prints one line of JSON once it serves.
"""

import gevent.monkey

gevent.monkey.patch_all()

import importlib  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent.event  # noqa: E402

from chatgate.app import create_app  # noqa: E402
from chatgate.config import Settings  # noqa: E402
from chatgate.services.core import Core  # noqa: E402
from chatgate.web.server import drain, serve  # noqa: E402
from chatgate.worker import WORK, Worker  # noqa: E402
from tests.cast import ADAM, PASSWORD, SITE, hire_adam, open_shop  # noqa: E402
from tests.clocks import FileClock  # noqa: E402
from tests.passwords import hash_cheaply  # noqa: E402


def note_outbound_calls() -> None:
    """Log every connection to another address than this machine's own: a fingerprint holds the log."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
            logging.getLogger("outbound").warning("%s", address)
        return real(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


def middleware_of(named: dict[str, str]) -> dict[str, object]:
    """Return middleware objects by name; each is given as ``module:attribute``, a class is called."""
    found: dict[str, object] = {}
    for name, place in named.items():
        module, _, attribute = place.partition(":")
        value = getattr(importlib.import_module(module), attribute)
        found[name] = value() if isinstance(value, type) else value
    return found


def main() -> None:
    """Serve until SIGTERM."""
    options = json.loads(sys.argv[1])
    logging.basicConfig(filename=options["log"], level=logging.DEBUG, format="%(name)s %(levelname)s %(message)s")
    note_outbound_calls()
    hash_cheaply()
    # One server answers many tests from one address.
    limits = {"rate_limit": {"sessions": 1000, "messages": 1000}}
    given = {"demo": True, "port": 0, "training": {"cooling_off_days": 0}, "middleware_settings": limits}
    given |= options.get("settings", {})
    settings = Settings(data_dir=Path(options["data_dir"]), **given)
    app = create_app(settings, FileClock(Path(options["clock"])), middleware_of(options.get("middleware", {})))
    if "ping" in options:  # seconds between pings, and how long an answer may take
        engine = app.extensions["socketio"].server.eio
        engine.ping_interval, engine.ping_timeout = options["ping"]
    core: Core = app.config["CHATGATE"]
    with core.storage.read() as db:
        is_new = db.exec_driver_sql("SELECT count(*) FROM site").scalar_one() == 0
    if is_new and options.get("seed", True):
        open_shop(core)
        hire_adam(core)
    worker = Worker(core)
    if options.get("worker", True):
        worker.start()
    elif core.link is not None:
        core.wake_worker = partial(core.link.publish, WORK, b"")
    server = serve(app, "127.0.0.1", options.get("port", 0))
    told = {
        "url": f"http://127.0.0.1:{server.server_port}",
        "site": SITE,
        "agent": {"email": ADAM, "password": PASSWORD},
    }
    print(json.dumps(told), flush=True)
    stop = gevent.event.Event()
    gevent.signal_handler(signal.SIGTERM, stop.set)
    stop.wait()
    drain(server, core, worker.stop)


if __name__ == "__main__":
    main()
