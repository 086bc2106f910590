"""Signed checkpoints of the ledger: who saw one can prove later that nothing before it was rewritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chatgate.policy.canonical import utc_text
from chatgate.policy.evidence.ledger import verify_consistency, verify_inclusion
from chatgate.policy.signing import hex_bytes, key_id, public_key, sign, verify

CHECKPOINT_TYPE: Final = "chatgate/checkpoint/v1"
CHECKPOINT_FIELDS: Final = frozenset({"type", "origin", "tree_size", "root", "time", "key_id", "signature"})
HASH_BYTES: Final = 32
MAX_TREE_SIZE: Final = 2**53 - 1
MAX_PATH: Final = 64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the ledger at a time, as a key stated it; ``signature`` covers all other fields."""

    origin: str
    tree_size: int
    root: str
    time: str
    key_id: str
    signature: str

    def as_dict(self) -> dict[str, Any]:
        """Return the note as JSON, members sorted."""
        return {**self.signed_part(), "signature": self.signature}

    def signed_part(self) -> dict[str, Any]:
        """Return the members that the signature covers."""
        return {
            "type": CHECKPOINT_TYPE,
            "origin": self.origin,
            "tree_size": self.tree_size,
            "root": self.root,
            "time": self.time,
            "key_id": self.key_id,
        }

    @property
    def root_bytes(self) -> bytes:
        """The root hash, 32 bytes."""
        return bytes.fromhex(self.root)


def sign_checkpoint(private_key: bytes, *, origin: str, tree_size: int, root: bytes, at: datetime) -> Checkpoint:
    """State the root of the ledger's first ``tree_size`` leaves at a time.

    Args:
        private_key: the installation's Ed25519 key, 32 bytes.
        origin: a name that tells this ledger from all others; it stays the same for the ledger's life.
        tree_size: how many leaves the root covers.
        root: the root hash, 32 bytes.
        at: aware time of the statement.
    """
    if len(root) != HASH_BYTES or not 0 <= tree_size <= MAX_TREE_SIZE or not origin:
        raise ValueError("a checkpoint has an origin, a size and a root of 32 bytes")
    name = key_id(public_key(private_key))
    unsigned = Checkpoint(origin, tree_size, root.hex(), utc_text(at), name, "")
    signature = sign(private_key, unsigned.signed_part())
    return Checkpoint(origin, tree_size, root.hex(), unsigned.time, name, signature)


def parse_checkpoint(document: object) -> Checkpoint | None:
    """Return the checkpoint that a JSON document spells exactly, or None; the signature is not checked."""
    if not isinstance(document, Mapping) or set(document) != CHECKPOINT_FIELDS:
        return None
    size = document["tree_size"]
    if document["type"] != CHECKPOINT_TYPE or type(size) is not int or not 0 <= size <= MAX_TREE_SIZE:
        return None
    texts = [document[name] for name in ("origin", "root", "time", "key_id", "signature")]
    if not all(isinstance(text, str) for text in texts) or hex_bytes(texts[1], HASH_BYTES) is None:
        return None
    return Checkpoint(texts[0], size, *texts[1:])


def verify_checkpoint(document: object, public: bytes, origin: str | None = None) -> Checkpoint | str:
    """Return the checkpoint, or the code of what is wrong with it.

    Returns:
        ``checkpoint_malformed``, ``key_unknown`` (another key signed it), ``checkpoint_signature_invalid``,
        ``checkpoint_origin_mismatch``, or the checkpoint when it holds.
    """
    checkpoint = parse_checkpoint(document)
    if checkpoint is None:
        return "checkpoint_malformed"
    if checkpoint.key_id != key_id(public):
        return "key_unknown"
    if not verify(public, checkpoint.signed_part(), checkpoint.signature):
        return "checkpoint_signature_invalid"
    if origin is not None and checkpoint.origin != origin:
        return "checkpoint_origin_mismatch"
    return checkpoint


def checkpoint_follows(older: Checkpoint, newer: Checkpoint, path: Sequence[bytes]) -> str | None:
    """Return the code of why ``newer`` does not continue ``older``, or None when it does.

    Returns:
        ``checkpoint_origin_mismatch``; ``ledger_rolled_back`` (fewer leaves); ``ledger_rewritten``
        (a prefix changed); ``checkpoint_time_reversed`` (the clock jumped back: a warning for the operator,
        the tree itself is sound).
    """
    if older.origin != newer.origin:
        return "checkpoint_origin_mismatch"
    if newer.tree_size < older.tree_size:
        return "ledger_rolled_back"
    holds = verify_consistency(older.tree_size, older.root_bytes, newer.tree_size, newer.root_bytes, path)
    if not holds:
        return "ledger_rewritten"
    return "checkpoint_time_reversed" if newer.time < older.time else None


def inclusion_document(index: int, path: Sequence[bytes], checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the proof that leaf ``index`` is under the checkpoint's root, as JSON."""
    return {
        "checkpoint": checkpoint.as_dict(),
        "index": index,
        "path": [node.hex() for node in path],
    }


def verify_inclusion_document(document: object, leaf: str, public: bytes, origin: str | None = None) -> str | None:
    """Return the code of what is wrong with an inclusion proof of ``leaf`` (hex), or None when it holds.

    Returns:
        ``proof_malformed``, ``proof_invalid``, or a code of :func:`verify_checkpoint`.
    """
    if not isinstance(document, Mapping) or set(document) != {"checkpoint", "index", "path"}:
        return "proof_malformed"
    index, path = document["index"], path_bytes(document["path"])
    leaf_bytes = hex_bytes(leaf, HASH_BYTES)
    if type(index) is not int or path is None or leaf_bytes is None:
        return "proof_malformed"
    checkpoint = verify_checkpoint(document["checkpoint"], public, origin)
    if isinstance(checkpoint, str):
        return checkpoint
    if not verify_inclusion(leaf_bytes, index, checkpoint.tree_size, path, checkpoint.root_bytes):
        return "proof_invalid"
    return None


def path_bytes(path: object) -> list[bytes] | None:
    """Return the hashes of a proof's path, or None when it is not a list of SHA-256 hashes in hexadecimal."""
    if not isinstance(path, list) or len(path) > MAX_PATH:
        return None
    nodes = [hex_bytes(node, HASH_BYTES) for node in path]
    return None if None in nodes else [node for node in nodes if node is not None]
