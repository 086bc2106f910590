"""The proof pack: one zip with all that proves a consent; it verifies without a server or a network."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chatgate.policy.canonical import canonical_bytes, leaf_hash, parse_json, sha256_hex, utc_text
from chatgate.policy.evidence.checkpoints import (
    Checkpoint,
    checkpoint_follows,
    path_bytes,
    verify_checkpoint,
    verify_inclusion_document,
)
from chatgate.policy.evidence.iso27560 import export_record
from chatgate.policy.evidence.records import record_sha256
from chatgate.policy.notices import content_sha256
from chatgate.policy.signing import hex_bytes, key_id, public_key, sign, verify

PACK_TYPE: Final = "chatgate/proof-pack/v1"
MANIFEST: Final = "MANIFEST.json"
FIXED_FILES: Final = (
    "README.txt",
    "record.json",
    "events.json",
    "checkpoints.json",
    "public-key.json",
    "iso27560.jsonld",
)
MAX_FILES: Final = 1000
MAX_BYTES: Final = 64 << 20
README: Final = """\
PROOF OF CONSENT

This archive shows what one visitor of a shop was asked, what they decided and when. Nobody has to be
trusted for that: every step below can be repeated offline.

  record.json       who is responsible, the exact clauses, the choices, how and when they were made
  events.json       each decision in order, with its place in the ledger and a proof for it
  notices/          the complete texts as they were shown, named by their SHA-256
  checkpoints.json  signed heads of the ledger, and proofs that each continues the one before
  public-key.json   the key that signed
  iso27560.jsonld   the same record in the words of ISO/IEC TS 27560:2023
  MANIFEST.json     the SHA-256 of every file, signed

WITH CHATGATE

  chatgate receipt verify THIS-FILE.zip

It needs no network and no database, and names what is wrong.

WITH ANY OTHER TOOL

"Canonical" is JSON as RFC 8785 writes it, with all text in Unicode NFC. Hashes are SHA-256 and written in
hexadecimal; || joins bytes; signatures are Ed25519.

 1. The key. SHA-256 of the 32 bytes "public_key" is "key_id". Compare it with the one that the shop
    publishes, or with the one on an older receipt.
 2. The files. The signature in MANIFEST.json fits the canonical bytes of its member "content", and each
    file has the SHA-256 that stands there.
 3. The record. SHA-256 of the canonical bytes of "record" in record.json is "record_sha256" in each event.
 4. The texts. SHA-256 of the canonical bytes of notices/<name>.json is <name>, and that name stands in the
    record and in the events.
 5. The leaves. For each event: opening = SHA-256("chatgate/consent/v1" || salt || canonical event),
    leaf = SHA-256(0x00 || opening). The salt is in record.json.
 6. The proofs. Each leaf leads to the root of its checkpoint by RFC 9162, section 2.1.3.2, and the
    signature of the checkpoint fits the canonical bytes of its members without "signature".
 7. The ledger. Each checkpoint continues the one before by RFC 9162, section 2.1.4.2. Compare with any
    checkpoint that you kept yourself: a ledger that was rewritten in between cannot continue it.

Keep this archive like any personal data: it tells what one person decided.
"""


@dataclass(frozen=True, slots=True)
class PackCheck:
    """What verification found. ``problems`` are codes, with the file or place after a colon where it has one.

    ``pending`` are the ledger places that no checkpoint covered at the time of the export; ``key_trusted`` is
    None when the reader gave no known keys.
    """

    problems: tuple[str, ...]
    pending: tuple[int, ...] = ()
    key_id: str | None = None
    key_trusted: bool | None = None
    record: Mapping[str, Any] | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def build_pack(
    private_key: bytes,
    *,
    record: Mapping[str, Any],
    salt: bytes,
    events: Sequence[tuple[int, Mapping[str, Any]]],
    notices: Iterable[Mapping[str, Any]],
    proofs: Mapping[int, Mapping[str, Any]],
    checkpoints: Sequence[Checkpoint],
    consistency: Sequence[Mapping[str, Any]],
    base_url: str,
    complaint_authority: str,
    exported_at: datetime,
) -> bytes:
    """Return the zip; the same arguments give the same bytes.

    Args:
        record: document of ``record_document``; ``salt`` belongs to it.
        events: the record's events with their ledger places.
        notices: the contents of every notice that record and events name.
        proofs: documents of ``inclusion_document`` by ledger place; a place without one is pending.
        checkpoints: in the order of their sizes.
        consistency: ``consistency_document`` for each two neighbours among the checkpoints.
    """
    public = public_key(private_key)
    documents: dict[str, Any] = {
        "record.json": {"record": record, "record_sha256": record_sha256(record), "salt": salt.hex()},
        "events.json": [{"event": event, "proof": proofs.get(seq), "seq": seq} for seq, event in events],
        "checkpoints.json": {
            "checkpoints": [checkpoint.as_dict() for checkpoint in checkpoints],
            "consistency": list(consistency),
        },
        "public-key.json": {"algorithm": "Ed25519", "key_id": key_id(public), "public_key": public.hex()},
        "iso27560.jsonld": export_record(
            record,
            [event for _, event in events],
            base_url=base_url,
            complaint_authority=complaint_authority,
        ),
        **{f"notices/{content_sha256(content)}.json": content for content in notices},
    }
    files = {"README.txt": README.encode(), **{name: _indented(item) for name, item in documents.items()}}
    content = {
        "type": PACK_TYPE,
        "record_id": record["record_id"],
        "exported_at": utc_text(exported_at),
        "files": {name: sha256_hex(data) for name, data in files.items()},
    }
    files[MANIFEST] = _indented({"content": content, "signature": sign(private_key, content)})
    return _zip(files)


def consistency_document(older: Checkpoint, newer: Checkpoint, path: Sequence[bytes]) -> dict[str, Any]:
    """Return the proof that ``newer`` continues ``older``, as JSON."""
    return {"from_size": older.tree_size, "to_size": newer.tree_size, "path": [node.hex() for node in path]}


def verify_pack(data: bytes, trusted_keys: Mapping[str, bytes] | None = None) -> PackCheck:
    """Verify a proof pack offline and name everything that is wrong with it."""
    files = _unzip(data)
    if isinstance(files, str):
        return PackCheck((files,))
    missing = [name for name in (*FIXED_FILES, MANIFEST) if name not in files]
    if missing:
        return PackCheck(tuple(f"pack_file_missing:{name}" for name in missing))
    documents: dict[str, Any] = {}
    for name, raw in files.items():
        try:
            documents[name] = parse_json(raw) if name != "README.txt" else None
            canonical_bytes(documents[name])
        except ValueError:
            return PackCheck((f"pack_file_malformed:{name}",))
    try:
        check = _verify_documents(files, documents, trusted_keys)
    except (KeyError, TypeError, ValueError, AttributeError):
        # Names the shape, not the place: the manifest's signature is what tells an altered file.
        return PackCheck((*_manifest_problems(files, documents, None), "pack_malformed"))
    if check.holds and _zip(files) != data:
        return PackCheck(("pack_repacked",), check.pending, check.key_id, check.key_trusted, check.record)
    return check


def _verify_documents(
    files: Mapping[str, bytes], documents: Mapping[str, Any], trusted_keys: Mapping[str, bytes] | None
) -> PackCheck:
    key = documents["public-key.json"]
    public = hex_bytes(key["public_key"], 32)
    if public is None or key_id(public) != key["key_id"]:
        return PackCheck((*_manifest_problems(files, documents, None), "key_id_mismatch"))
    trusted = None if trusted_keys is None else trusted_keys.get(key["key_id"]) == public
    events = documents["events.json"]
    problems = [
        *(["key_unknown"] if trusted is False else []),
        *_manifest_problems(files, documents, public),
        *_event_problems(documents["record.json"], events, public),
        *_notice_problems(documents),
        *_checkpoint_problems(documents["checkpoints.json"], public),
    ]
    pending = tuple(item["seq"] for item in events if item["proof"] is None)
    record = documents["record.json"]["record"]
    return PackCheck(tuple(dict.fromkeys(problems)), pending, key["key_id"], trusted, record)


def _manifest_problems(files: Mapping[str, bytes], documents: Mapping[str, Any], public: bytes | None) -> list[str]:
    manifest = documents[MANIFEST]
    if not isinstance(manifest, dict) or set(manifest) != {"content", "signature"}:
        return [f"pack_file_malformed:{MANIFEST}"]
    content = manifest["content"]
    if not isinstance(content, dict) or not isinstance(content.get("files"), dict):
        return [f"pack_file_malformed:{MANIFEST}"]
    listed, found = content["files"], set(files) - {MANIFEST}
    problems = [f"pack_file_missing:{name}" for name in sorted(set(listed) - found)]
    problems += [f"pack_file_unexpected:{name}" for name in sorted(found - set(listed))]
    problems += [
        f"pack_file_altered:{name}" for name in sorted(found & set(listed)) if sha256_hex(files[name]) != listed[name]
    ]
    genuine = content.get("type") == PACK_TYPE and (public is None or verify(public, content, manifest["signature"]))
    return problems if genuine else [*problems, "manifest_signature_invalid"]


def _event_problems(record_file: Mapping[str, Any], events: Sequence[Mapping[str, Any]], public: bytes) -> list[str]:
    record, salt = record_file["record"], bytes.fromhex(record_file["salt"])
    digest = record_sha256(record)
    problems = [] if digest == record_file["record_sha256"] else ["record_altered"]
    numbers = [item["event"]["number"] for item in events]
    places = [item["seq"] for item in events]
    # The record's first events, all of them and in the ledger's order: an omitted one would change the story.
    if numbers != list(range(1, len(events) + 1)) or places != sorted(set(places)) or not events:
        problems.append("events_incomplete")
    for item in events:
        event, seq, proof = item["event"], item["seq"], item["proof"]
        if event["record_sha256"] != digest or event["record_id"] != record["record_id"]:
            problems.append(f"record_altered:{seq}")
        if proof is None:
            continue
        problem = verify_inclusion_document(proof, leaf_hash(salt, event), public)
        if problem is None and proof["index"] != seq:
            problem = "proof_place_mismatch"
        problems += [f"{problem}:{seq}"] if problem else []
    return problems


def _notice_problems(documents: Mapping[str, Any]) -> list[str]:
    found = {
        name.removeprefix("notices/").removesuffix(".json"): document
        for name, document in documents.items()
        if name.startswith("notices/")
    }
    named = {documents["record.json"]["record"]["notice_sha256"]}
    named |= {item["event"]["notice_sha256"] for item in documents["events.json"]}
    problems = [f"notice_missing:{name}" for name in sorted(named - set(found))]
    return problems + [f"notice_altered:{name}" for name in sorted(found) if content_sha256(found[name]) != name]


def _checkpoint_problems(document: Mapping[str, Any], public: bytes) -> list[str]:
    paths = {(item["from_size"], item["to_size"]): path_bytes(item["path"]) or [] for item in document["consistency"]}
    problems: list[str] = []
    before: Checkpoint | None = None
    for number, item in enumerate(document["checkpoints"]):
        checkpoint = verify_checkpoint(item, public, before.origin if before else None)
        if isinstance(checkpoint, str):
            problems.append(f"{checkpoint}:{number}")
            continue
        if before is not None:
            path = paths.get((before.tree_size, checkpoint.tree_size), [])
            problem = checkpoint_follows(before, checkpoint, path)
            problems += [f"{problem}:{number}"] if problem else []
        before = checkpoint
    return problems


def _indented(document: Any) -> bytes:
    plain = parse_json(canonical_bytes(document))
    return json.dumps(plain, indent=2, ensure_ascii=False).encode() + b"\n"


def _zip(files: Mapping[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on nothing but the files: stored, sorted, one fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def _unzip(data: bytes) -> dict[str, bytes] | str:
    """Return the files of a zip, or the code of why it is none; nothing is written anywhere."""
    if len(data) > MAX_BYTES:
        return "pack_too_large"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
                return "pack_too_large"
            files = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return "pack_not_zip"
    return files if len(files) == len(entries) else "pack_file_twice"
