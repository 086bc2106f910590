"""The machine and the versions beside which figures are read."""

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from chatgate.bench.node import node_version

_PACKAGES = ("chatgate", "flask-socketio", "python-socketio", "python-engineio", "gevent", "sqlmodel", "orjson")


def describe(node: str) -> dict[str, Any]:
    """Return the processor, the system and the versions of what was measured."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": _first("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "node": node_version(node),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def _first(path: str, key: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
