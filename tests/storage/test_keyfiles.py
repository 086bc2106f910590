"""Key files are the owner's alone, and everything wrong with one is named with its mend."""

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from chatgate.errors import OperatorError
from chatgate.policy.signing import new_private_key
from chatgate.storage.files.keyfiles import create_key, fingerprint, load_key, load_or_create_key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "signing.key"


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(OperatorError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value).split(":")[0]


def test_a_new_key_is_readable_by_its_owner_only(path: Path) -> None:
    key = create_key(path, "signing", new_private_key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load_key(path, "signing") == key
    assert [item.name for item in path.parent.iterdir()] == ["signing.key"]


def test_an_open_umask_does_not_open_the_key(path: Path) -> None:
    before = os.umask(0)
    try:
        create_key(path, "signing", new_private_key)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_key_is_never_replaced(path: Path) -> None:
    key = create_key(path, "signing", new_private_key)
    assert refusal(lambda: create_key(path, "signing", new_private_key)) == "key_exists"
    assert load_key(path, "signing") == key
    assert load_or_create_key(path, "signing", new_private_key) == key


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602, 0o644, 0o666, 0o777])
def test_a_key_that_others_may_touch_is_refused(path: Path, mode: int) -> None:
    create_key(path, "signing", new_private_key)
    path.chmod(mode)
    assert refusal(lambda: load_key(path, "signing")) == "key_world_readable"
    assert refusal(lambda: load_or_create_key(path, "signing", new_private_key)) == "key_world_readable"


def test_a_missing_key_is_named(path: Path) -> None:
    assert refusal(lambda: load_key(path, "signing")) == "key_missing"


def test_a_link_is_judged_by_the_file_behind_it(path: Path, tmp_path: Path) -> None:
    key = create_key(path, "signing", new_private_key)
    link = tmp_path / "link.key"
    link.symlink_to(path)
    assert load_or_create_key(link, "signing", new_private_key) == key
    path.chmod(0o644)
    assert refusal(lambda: load_key(link, "signing")) == "key_world_readable"
    path.unlink()
    assert refusal(lambda: load_key(link, "signing")) == "key_missing"


def test_a_folder_or_a_pipe_is_no_key(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert refusal(lambda: load_key(tmp_path, "signing")) == "key_unreadable"
    assert refusal(lambda: load_key(tmp_path / "pipe", "signing")) == "key_unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "chatgate-key-v1 signing " + "00" * 31 + "\n",
        "chatgate-key-v1 signing " + "00" * 32,
        "chatgate-key-v2 signing " + "00" * 32 + "\n",
        "chatgate-key-v1 signing " + "zz" * 32 + "\n",
        "chatgate-key-v1 signing " + "00" * 32 + " \n",
        "chatgate-key-v1 śigning " + "00" * 32 + "\n",
        "chatgate-key-v1 signing " + "00" * 4000 + "\n",
    ],
)
def test_a_damaged_key_is_named(path: Path, text: str) -> None:
    create_key(path, "signing", new_private_key)
    path.write_text(text, encoding="utf-8")
    assert refusal(lambda: load_key(path, "signing")) == "key_malformed"


def test_a_key_of_another_kind_is_refused(path: Path) -> None:
    create_key(path, "erasure", new_private_key)
    assert refusal(lambda: load_key(path, "signing")) == "key_wrong_kind"


def test_a_fingerprint_tells_keys_apart_and_nothing_of_them() -> None:
    one, other = new_private_key(), new_private_key()
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
    assert fingerprint(one) not in one.hex()


def test_an_error_never_shows_the_key(path: Path) -> None:
    secret = create_key(path, "signing", new_private_key).hex()
    path.write_text(path.read_text(encoding="ascii").rstrip("\n"), encoding="ascii")
    with pytest.raises(OperatorError) as caught:
        load_key(path, "signing")
    assert secret not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    assert refusal(lambda: create_key(tmp_path / "file" / "key", "signing", new_private_key)) == "key_unwritable"


def test_processes_that_start_together_agree_on_one_key(path: Path) -> None:
    barrier, found = threading.Barrier(8), []

    def start() -> None:
        barrier.wait()
        found.append(load_or_create_key(path, "signing", new_private_key))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_key_of_another_length_is_a_programming_error(path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        create_key(path, "signing", lambda: b"short")
    assert not path.exists()
