"""The proof pack verifies offline, and names whatever was changed in it."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.policy.evidence.checkpoints import sign_checkpoint
from chatgate.policy.evidence.ledger import MemoryNodes, consistency_proof, extend, root
from chatgate.policy.evidence.proof_pack import build_pack, consistency_document, verify_pack
from chatgate.policy.signing import key_id
from tests.policy.evidence import (
    AT,
    KEY,
    NOTICE,
    NOTICE_SHA256,
    ORIGIN,
    PUBLIC,
    SALT,
    build_evidence,
    make_record,
)

TRUSTED = {key_id(PUBLIC): PUBLIC}


def make_pack(private_key: bytes = KEY, **changes: Any) -> bytes:
    evidence = build_evidence()
    early, late = evidence.checkpoints
    path = consistency_proof(evidence.store, early.tree_size, late.tree_size)
    arguments: dict[str, Any] = {
        "record": make_record(),
        "salt": SALT,
        "events": list(zip(evidence.seqs, evidence.events, strict=True)),
        "notices": [NOTICE],
        "proofs": {seq: evidence.proofs[seq] for seq in evidence.seqs},
        "checkpoints": [early, late],
        "consistency": [consistency_document(early, late, path)],
        "base_url": "https://chat.kilnandcup.example",
        "complaint_authority": "UODO",
        "exported_at": AT + timedelta(days=1),
    }
    return build_pack(private_key, **{**arguments, **changes})


PACK = make_pack()


def opened(pack: bytes = PACK) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def edited(name: str, edit: Callable[[Any], object]) -> bytes:
    files = opened()
    document = json.loads(files[name])
    edit(document)
    files[name] = json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
    return zipped(files)


def test_a_pack_holds_and_the_same_evidence_gives_the_same_bytes() -> None:
    check = verify_pack(PACK, TRUSTED)
    assert (check.holds, check.key_trusted, check.pending) == (True, True, ())
    assert check.record == make_record()
    assert make_pack() == PACK


def test_a_pack_has_every_file_that_the_readme_names() -> None:
    files = opened()
    readme = files["README.txt"].decode()
    assert f"notices/{NOTICE_SHA256}.json" in files
    for name in set(files) - {"README.txt"}:
        assert name.split("/")[0] in readme
    assert SALT.hex().encode() in files["record.json"]
    assert KEY.hex().encode() not in PACK


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PACK) - 1), st.integers(1, 255))
def test_a_flipped_byte_anywhere_in_the_archive_is_noticed(place: int, flip: int) -> None:
    changed = PACK[:place] + bytes([PACK[place] ^ flip]) + PACK[place + 1 :]
    assert not verify_pack(changed, TRUSTED).holds


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_flipped_byte_of_a_file_is_noticed_even_in_a_sound_archive(data: st.DataObject) -> None:
    files = opened()
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    flip = data.draw(st.integers(1, 255))
    files[name] = files[name][:place] + bytes([files[name][place] ^ flip]) + files[name][place + 1 :]
    assert not {"pack_repacked"} >= set(verify_pack(zipped(files), TRUSTED).problems)


@pytest.mark.parametrize(
    ("name", "edit", "problem"),
    [
        ("record.json", lambda d: d["record"].update(locale="en"), "record_altered"),
        ("record.json", lambda d: d.update(salt="00" * 32), "proof_invalid:5"),
        ("events.json", lambda d: d[0]["event"]["choices"].update(training=True), "proof_invalid:5"),
        ("events.json", lambda d: d[1]["event"].update(kind="answered"), "proof_invalid:8"),
        ("events.json", lambda d: d[0].update(seq=4), "proof_place_mismatch:4"),
        ("events.json", lambda d: d.pop(0), "events_incomplete"),
        ("events.json", lambda d: d.reverse(), "events_incomplete"),
        ("events.json", lambda d: d.clear(), "events_incomplete"),
        ("events.json", lambda d: d[0]["proof"]["path"].pop(), "proof_invalid:5"),
        ("events.json", lambda d: d[0].pop("event"), "pack_malformed"),
        ("events.json", lambda d: d.append(None), "pack_malformed"),
        ("checkpoints.json", lambda d: d["checkpoints"].reverse(), "ledger_rolled_back:1"),
        (
            "checkpoints.json",
            lambda d: d["checkpoints"][0].update(root="0" * 64),
            "checkpoint_signature_invalid:0",
        ),
        ("checkpoints.json", lambda d: d["consistency"].clear(), "ledger_rewritten:1"),
        ("checkpoints.json", lambda d: d["checkpoints"][0].pop("time"), "checkpoint_malformed:0"),
        ("public-key.json", lambda d: d.update(key_id="0" * 64), "key_id_mismatch"),
        ("public-key.json", lambda d: d.update(public_key="0"), "key_id_mismatch"),
        (
            f"notices/{NOTICE_SHA256}.json",
            lambda d: d.update(welcome="Hi"),
            f"notice_altered:{NOTICE_SHA256}",
        ),
        ("MANIFEST.json", lambda d: d["content"].update(record_id="other"), "manifest_signature_invalid"),
        ("MANIFEST.json", lambda d: d.update(signature="0" * 128), "manifest_signature_invalid"),
        ("MANIFEST.json", lambda d: d.pop("signature"), "pack_file_malformed:MANIFEST.json"),
        ("MANIFEST.json", lambda d: d.update(content=[]), "pack_file_malformed:MANIFEST.json"),
        ("iso27560.jsonld", lambda d: d.clear(), "pack_file_altered:iso27560.jsonld"),
    ],
)
def test_every_alteration_is_named(name: str, edit: Callable[[Any], object], problem: str) -> None:
    problems = verify_pack(edited(name, edit), TRUSTED).problems
    assert problem in problems
    if name != "MANIFEST.json":
        assert f"pack_file_altered:{name}" in problems


def test_a_missing_an_extra_and_a_doubled_file_are_named() -> None:
    files = opened()
    for name in files:
        rest = {key: data for key, data in files.items() if key != name}
        assert f"pack_file_missing:{name}" in verify_pack(zipped(rest)).problems
    assert verify_pack(zipped({**files, "extra.json": b"{}"})).problems == ("pack_file_unexpected:extra.json",)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("README.txt", files["README.txt"])
    assert verify_pack(buffer.getvalue()).problems == ("pack_file_twice",)


def test_a_pack_signed_by_somebody_else_is_named() -> None:
    forged = make_pack(bytes(32))
    assert "key_unknown" in verify_pack(forged, TRUSTED).problems
    # The forger cannot sign checkpoints of the shop's ledger.
    assert "key_unknown:0" in verify_pack(forged).problems


def test_a_ledger_rewritten_between_two_checkpoints_is_named() -> None:
    evidence = build_evidence()
    other = MemoryNodes()
    extend(other, 0, [bytes([number]) * 32 for number in range(11)])
    late = sign_checkpoint(KEY, origin=ORIGIN, tree_size=11, root=root(other, 11), at=AT + timedelta(days=1))
    early = evidence.checkpoints[0]
    path = consistency_proof(other, 7, 11)
    pack = make_pack(checkpoints=[early, late], consistency=[consistency_document(early, late, path)])
    assert verify_pack(pack, TRUSTED).problems == ("ledger_rewritten:1",)


def test_a_missing_notice_is_named() -> None:
    assert verify_pack(make_pack(notices=[])).problems == (f"notice_missing:{NOTICE_SHA256}",)


def test_an_event_that_no_checkpoint_covers_yet_is_pending_and_no_problem() -> None:
    evidence = build_evidence()
    check = verify_pack(make_pack(proofs={5: evidence.proofs[5]}))
    assert (check.holds, check.pending) == (True, (8,))


def test_the_same_files_in_another_archive_are_told_from_altered_ones() -> None:
    assert verify_pack(zipped(opened(), zipfile.ZIP_DEFLATED)).problems == ("pack_repacked",)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"{}", PACK[:-1], PACK[100:]])
def test_what_is_no_zip_is_named(data: bytes) -> None:
    assert not verify_pack(data).holds


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zipped({f"notices/{number}.json": bytes(1 << 20) for number in range(65)}, zipfile.ZIP_DEFLATED)
    assert verify_pack(bomb).problems == ("pack_too_large",)


def test_the_readmes_steps_work_with_nothing_but_a_standard_library_and_an_ed25519(tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(PACK)
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(tmp_path / "pack.zip")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "holds\n"), done.stderr


STEPS = """
import hashlib, json, sys, unicodedata, zipfile
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Key
H = lambda b: hashlib.sha256(b).digest()
canonical = lambda v: unicodedata.normalize("NFC", json.dumps(
    v, sort_keys=True, ensure_ascii=False, separators=(",", ":"))).encode()
z = zipfile.ZipFile(sys.argv[1])
load = lambda name: json.loads(z.read(name))
key = load("public-key.json")
raw = bytes.fromhex(key["public_key"])
assert H(raw).hex() == key["key_id"]
public = Key.from_public_bytes(raw)
manifest = load("MANIFEST.json")
public.verify(bytes.fromhex(manifest["signature"]), canonical(manifest["content"]))
for name, digest in manifest["content"]["files"].items():
    assert H(z.read(name)).hex() == digest
    if name.startswith("notices/"):
        assert H(canonical(load(name))).hex() == name[8:-5]
record, salt = load("record.json")["record"], bytes.fromhex(load("record.json")["salt"])
for item in load("events.json"):
    event, proof = item["event"], item["proof"]
    assert event["record_sha256"] == H(canonical(record)).hex()
    node = H(b"\\0" + H(b"chatgate/consent/v1" + salt + canonical(event)))
    checkpoint = dict(proof["checkpoint"])
    signature = bytes.fromhex(checkpoint.pop("signature"))
    public.verify(signature, canonical(checkpoint))
    fn, sn = proof["index"], checkpoint["tree_size"] - 1
    for p in map(bytes.fromhex, proof["path"]):
        if fn & 1 or fn == sn:
            node = H(b"\\1" + p + node)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = H(b"\\1" + node + p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and node.hex() == checkpoint["root"]
print("holds")
"""
