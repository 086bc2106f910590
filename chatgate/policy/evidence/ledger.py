"""The consent ledger's Merkle tree (RFC 9162): append, root, proofs and their verification.

A node ``(level, index)`` is the hash over the leaves ``index * 2**level`` to ``(index + 1) * 2**level - 1``.
Only complete nodes are stored; level 0 are the leaves. Hashes are 32 bytes here and hexadecimal in documents.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from chatgate.policy.canonical import LEAF_PREFIX, NODE_PREFIX, canonical_bytes, sha256_hex

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
TOMBSTONE_DOMAIN: Final = b"chatgate/tombstone/v1"

Coordinate = tuple[int, int]
"""Level and index of a node."""


class NodeStore(Protocol):
    """Where complete nodes live; written once each, never changed."""

    def get(self, level: int, index: int) -> bytes:
        """Return the node's hash; ``KeyError`` when it is not there."""

    def put(self, level: int, index: int, node: bytes) -> None:
        """Store the hash of a node that has just become complete."""


class MemoryNodes:
    """Nodes in a dict: for verification, and for a writer that read the frontier in one query."""

    def __init__(self, nodes: Mapping[Coordinate, bytes] | None = None) -> None:
        self.nodes: dict[Coordinate, bytes] = dict(nodes or {})

    def get(self, level: int, index: int) -> bytes:
        """Return the node's hash; ``KeyError`` when it is not there."""
        return self.nodes[level, index]

    def put(self, level: int, index: int, node: bytes) -> None:
        """Keep the hash of a complete node."""
        self.nodes[level, index] = node


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node. Source: RFC 9162, section 2.1.1."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def tombstone_leaf(tombstone: Mapping[str, Any]) -> str:
    """Return the leaf (hex) that says a lawful erasure happened.

    The tombstone is public and carries no personal data, so it has no salt; its own domain keeps it apart
    from every consent event.
    """
    inner = hashlib.sha256(TOMBSTONE_DOMAIN + canonical_bytes(tombstone)).digest()
    return sha256_hex(LEAF_PREFIX + inner)


def frontier(size: int) -> tuple[Coordinate, ...]:
    """Return the complete nodes over the first ``size`` leaves, left to right: all that an append reads."""
    return tuple(_complete_nodes(0, size))


def append(store: NodeStore, size: int, leaf: bytes) -> int:
    """Append one leaf to a tree of ``size`` leaves and return the new size.

    Writes two nodes on average; reads and writes O(log n) at worst.
    """
    level, index, node = 0, size, leaf
    store.put(level, index, node)
    while index & 1:
        node = node_hash(store.get(level, index - 1), node)
        level, index = level + 1, index >> 1
        store.put(level, index, node)
    return size + 1


def extend(store: NodeStore, size: int, leaves: Iterable[bytes]) -> int:
    """Append leaves in order and return the new size."""
    for leaf in leaves:
        size = append(store, size, leaf)
    return size


def root(store: NodeStore, size: int) -> bytes:
    """Return the root of the first ``size`` leaves, in O(log n); any earlier size stays answerable."""
    return _range_hash(store, 0, size) if size else EMPTY_ROOT


def inclusion_proof(store: NodeStore, index: int, size: int) -> list[bytes]:
    """Return the path from leaf ``index`` to the root of ``size`` leaves.

    Source: RFC 9162, section 2.1.3.1.
    """
    if not 0 <= index < size:
        raise ValueError("the leaf is not in a tree of this size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(store, middle, end))
            end = middle
        else:
            path.append(_range_hash(store, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(store: NodeStore, old_size: int, new_size: int) -> list[bytes]:
    """Return the proof that the tree of ``old_size`` is a prefix of the tree of ``new_size``.

    Source: RFC 9162, section 2.1.4.1. From an empty tree, and to the same tree, the proof is empty.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError("the old tree is not smaller than the new one")
    if old_size in (0, new_size):
        return []
    path: list[bytes] = []
    start, end, known = 0, new_size, True
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(_range_hash(store, middle, end))
            end = middle
        else:
            path.append(_range_hash(store, start, middle))
            start, known = middle, False
    if not known:
        path.append(_range_hash(store, start, end))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Say whether ``path`` leads from the leaf to the root. Source: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == expected_root


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Say whether the older tree is a prefix of the newer one. Source: RFC 9162, section 2.1.4.2."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    # A complete older tree is itself the first node of the path, and is left out of the proof.
    nodes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not path or not nodes:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_node = new_node = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_node, new_node = node_hash(node, old_node), node_hash(node, new_node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new_node = node_hash(new_node, node)
        position, last = position >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _complete_nodes(start: int, end: int) -> Iterator[Coordinate]:
    """Cut a range whose start is aligned to its size into complete nodes, the largest first."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _range_hash(store: NodeStore, start: int, end: int) -> bytes:
    hashes = [store.get(level, index) for level, index in _complete_nodes(start, end)]
    node = hashes.pop()
    while hashes:
        node = node_hash(hashes.pop(), node)
    return node
