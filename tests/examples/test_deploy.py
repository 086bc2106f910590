"""The files for a server: each is what its own program accepts, and the proxy's is tried for real."""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import socketio

from chatgate.ids import new_token
from tests.live import ROOT, handshake

DEPLOY = ROOT / "examples" / "deploy"
UNITS = ("chatgate.service", "chatgate-backup.service", "chatgate-backup.timer")


def tool(name):
    """Return the path of a program that the development packages bring."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"install {name}: pip install --group dev")
    return found


def run(*command, **options):
    """Run a program and return it, finished."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture
def units(tmp_path):
    """Return copies of the units whose program and directories are on this machine."""
    places = {
        "/srv/chat/venv/bin/chatgate": "/bin/true",
        "/srv/chat/shop-chat": "/tmp",
        "/var/backups/chatgate": "/tmp",
    }
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        for place, ours in places.items():
            text = text.replace(place, ours)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / name) for name in UNITS]


def test_systemd_accepts_the_units(units):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("install systemd-analyze: apt-get install systemd")
    checked = run("systemd-analyze", "verify", "--man=no", *units)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_service_is_shut_in(units):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("install systemd-analyze: apt-get install systemd")
    checked = run("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", units[0])
    assert checked.returncode == 0, checked.stdout[-300:]


def test_the_linter_has_nothing_to_say_about_the_dockerfile():
    checked = run(tool("hadolint"), str(DEPLOY / "Dockerfile"))
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_dockerfile_copies_what_the_package_is_built_from():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE) for name in line.split()[:-1]]
    let_in = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(copied) == sorted(let_in)
    assert all((ROOT / name).exists() for name in copied)
    users = re.findall(r"^USER (.+)$", text, re.MULTILINE)
    assert users == ["10001:10001"], "it never runs as root"
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert all(":" in base and "latest" not in base for base in bases)
    assert "HEALTHCHECK" in text


def test_the_compose_file_is_one():
    compose_spec = pytest.importorskip("compose_spec", reason="install compose-spec: pip install --group dev")
    found = compose_spec.PyCompose.from_yaml((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    found.validate()
    assert set(found.service_names()) == {"chatgate", "caddy"}
    if run("docker", "compose", "version").returncode == 0 if shutil.which("docker") else False:
        checked = run("docker", "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet")
        assert checked.returncode == 0, checked.stderr


def test_nginx_accepts_its_file(tmp_path):
    crossplane = pytest.importorskip("crossplane", reason="install crossplane: pip install --group dev")
    (tmp_path / "nginx.conf").write_text(f"events {{}}\nhttp {{\n    include {DEPLOY / 'nginx.conf'};\n}}\n")
    found = crossplane.parse(str(tmp_path / "nginx.conf"), strict=False, check_ctx=True, check_args=True)
    assert (found["status"], found["errors"]) == ("ok", [])


def test_the_docs_show_the_same_files():
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for name in (*UNITS, "Caddyfile", "nginx.conf", "Dockerfile", "compose.yaml"):
        assert f"examples/deploy/{name}" in page, f"docs/deploy.md does not tell of {name}"


@pytest.fixture
def proxied(start_server, tmp_path):
    """Return the address of a server behind Caddy with the example's file, without TLS."""
    caddy = tool("caddy")
    server = start_server(settings={"trusted_proxies": 1})
    listen = f"http://127.0.0.1:{_free_port()}"
    admin = {"CADDY_ADMIN": f"unix/{tmp_path}/admin"}
    home = {**admin, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    names = {"CHATGATE_ADDRESS": listen, "CHATGATE_UPSTREAM": server.url.removeprefix("http://")}
    command = [caddy, "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    with (tmp_path / "caddy.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **home, **names}, stderr=log, stdout=log)
        try:
            _wait_for(listen, process, tmp_path / "caddy.log")
            yield server, listen
        finally:
            process.terminate()
            process.wait(30)


def _free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url, process, log):
    import time

    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.HTTPError, ConnectionResetError):
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_a_visitor_chats_over_a_websocket_through_caddy(proxied):
    server, listen = proxied
    told = []
    client = socketio.Client(reconnection=False)
    client.on("session_opened", told.append, namespace="/visitor")
    try:
        client.connect(
            listen, namespaces=["/visitor"], auth=handshake(server), transports=["websocket"], wait_timeout=30
        )
        answer = client.call(
            "message_send", {"client_id": new_token("m"), "body": "hello"}, namespace="/visitor", timeout=30
        )
        assert answer["message"]["body"] == "hello"
        assert told[0]["conversation"]
    finally:
        client.disconnect()
    for path in ("/metrics", "/readyz", "/healthz"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(listen + path, timeout=30)
        assert refused.value.code == 404
        refused.value.close()
