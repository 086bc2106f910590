"""The ledger's tree against the RFC 6962 test vectors, the definition, and every small mutation."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.policy.canonical import leaf_hash
from chatgate.policy.evidence.ledger import (
    EMPTY_ROOT,
    MemoryNodes,
    append,
    consistency_proof,
    extend,
    frontier,
    inclusion_proof,
    node_hash,
    root,
    tombstone_leaf,
    verify_consistency,
    verify_inclusion,
)

RFC_6962_INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
RFC_6962_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
N0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
N1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
N4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
N01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N0123 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
N4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

RFC_6962_INCLUSION = [
    (0, 1, []),
    (0, 2, [N1]),
    (0, 8, [N1, N23, N4567]),
    (5, 8, [N4, N67, N0123]),
    (2, 3, [N01]),
    (1, 5, [N0, N23, N4]),
]
RFC_6962_CONSISTENCY = [
    (1, 1, []),
    (1, 8, [N1, N23, N4567]),
    (2, 8, [N23, N4567]),
    (6, 8, [N45, N67, N0123]),
    (2, 5, [N23, N4]),
]


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + number.to_bytes(4)).digest() for number in range(count)]


def definition(hashes: Sequence[bytes]) -> bytes:
    """The root as the standard's recursion writes it down."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(definition(hashes[:split]), definition(hashes[split:]))


@pytest.fixture(scope="module")
def published() -> MemoryNodes:
    store = MemoryNodes()
    extend(store, 0, [hashlib.sha256(b"\x00" + bytes.fromhex(data)).digest() for data in RFC_6962_INPUTS])
    return store


@pytest.fixture(scope="module")
def grown() -> MemoryNodes:
    store = MemoryNodes()
    extend(store, 0, leaves(70))
    return store


def test_an_empty_tree_has_the_hash_of_nothing(published: MemoryNodes) -> None:
    assert root(published, 0) == EMPTY_ROOT == hashlib.sha256().digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(published: MemoryNodes, size: int) -> None:
    assert root(published, size).hex() == RFC_6962_ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), RFC_6962_INCLUSION)
def test_inclusion_proofs_are_those_of_the_published_vectors(
    published: MemoryNodes, index: int, size: int, path: list[str]
) -> None:
    proof = inclusion_proof(published, index, size)
    assert [node.hex() for node in proof] == path
    assert verify_inclusion(published.get(0, index), index, size, proof, root(published, size))


@pytest.mark.parametrize(("old", "new", "path"), RFC_6962_CONSISTENCY)
def test_consistency_proofs_are_those_of_the_published_vectors(
    published: MemoryNodes, old: int, new: int, path: list[str]
) -> None:
    proof = consistency_proof(published, old, new)
    assert [node.hex() for node in proof] == path
    assert verify_consistency(old, root(published, old), new, root(published, new), proof)


def test_every_proof_of_every_small_tree_holds(grown: MemoryNodes) -> None:
    for size in range(1, 71):
        head = root(grown, size)
        assert head == definition(leaves(size))
        for index in range(size):
            path = inclusion_proof(grown, index, size)
            assert verify_inclusion(grown.get(0, index), index, size, path, head)
        for old in range(size + 1):
            path = consistency_proof(grown, old, size)
            assert verify_consistency(old, root(grown, old), size, head, path)


def test_no_proof_holds_for_another_leaf_place_or_size(grown: MemoryNodes) -> None:
    for size in range(1, 34):
        for index in range(size):
            path = inclusion_proof(grown, index, size)
            head, leaf = root(grown, size), grown.get(0, index)
            assert not verify_inclusion(grown.get(0, index + 1), index, size, path, head)
            for other in set(range(-1, size + 1)) - {index}:
                assert not verify_inclusion(leaf, other, size, path, head)
            assert not verify_inclusion(leaf, index, size, path, root(grown, size + 1))
            assert not verify_inclusion(leaf, index, size, [*path, head], head)
            assert not path or not verify_inclusion(leaf, index, size, path[:-1], head)


def test_no_consistency_proof_holds_for_other_trees(grown: MemoryNodes) -> None:
    for new in range(1, 34):
        for old in range(1, new):
            path = consistency_proof(grown, old, new)
            before, after = root(grown, old), root(grown, new)
            assert not verify_consistency(old, root(grown, old + 1), new, after, path)
            assert not verify_consistency(old, before, new, root(grown, new + 1), path)
            assert not verify_consistency(old, before, new, after, path[:-1])
            assert not verify_consistency(old, before, new, after, [*path, before])
            assert not verify_consistency(new, after, old, before, path)
        assert not verify_consistency(0, root(grown, 1), new, root(grown, new), [])
        assert not verify_consistency(new, root(grown, new), new, root(grown, new + 1), [])


@settings(max_examples=200)
@given(st.data(), st.integers(1, 70))
def test_a_flipped_bit_anywhere_in_a_proof_is_noticed(data: st.DataObject, size: int) -> None:
    store = MemoryNodes()
    extend(store, 0, leaves(size))
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(store, index, size)
    chain = [store.get(0, index), *path, root(store, size)]
    place = data.draw(st.integers(0, len(chain) * 256 - 1))
    chain[place // 256] = (int.from_bytes(chain[place // 256]) ^ 1 << place % 256).to_bytes(32)
    assert not verify_inclusion(chain[0], index, size, chain[1:-1], chain[-1])


@settings(max_examples=50)
@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=20), st.data())
def test_any_edit_of_the_leaves_changes_the_root(original: list[bytes], data: st.DataObject) -> None:
    changed = list(original)
    place = data.draw(st.integers(0, len(original) - 1))
    action = data.draw(st.sampled_from(["edit", "delete", "insert", "swap"]))
    if action == "edit":
        changed[place] = hashlib.sha256(changed[place]).digest()
    elif action == "delete":
        del changed[place]
    elif action == "insert":
        changed.insert(place, b"\x07" * 32)
    else:
        changed[place], changed[place - 1] = changed[place - 1], changed[place]
    first, second = MemoryNodes(), MemoryNodes()
    same = root(first, extend(first, 0, original)) == root(second, extend(second, 0, changed))
    assert same == (original == changed)


def test_an_append_reads_only_the_frontier_and_writes_two_nodes_on_average() -> None:
    store = MemoryNodes()
    extend(store, 0, leaves(1000))
    for size in (1, 7, 64, 511, 512, 999):
        known = MemoryNodes({place: store.get(*place) for place in frontier(size)})
        assert append(known, size, leaves(1000)[size]) == size + 1
        assert root(known, size + 1) == root(store, size + 1)
    assert len(store.nodes) < 2 * 1000
    assert len(frontier(2**20 - 1)) == 20
    assert frontier(0) == ()


def test_proofs_outside_the_tree_are_refused(grown: MemoryNodes) -> None:
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="not in a tree"):
            inclusion_proof(grown, index, size)
    with pytest.raises(ValueError, match="not smaller"):
        consistency_proof(grown, 6, 5)


def test_a_missing_node_is_an_error_and_never_a_wrong_root(grown: MemoryNodes) -> None:
    store = MemoryNodes(grown.nodes)
    del store.nodes[3, 0]
    with pytest.raises(KeyError):
        root(store, 9)


def test_a_tombstone_is_no_consent_event() -> None:
    tombstone = {"kind": "erasure", "seqs": [4, 5], "erased_at": "2026-11-23T22:00:00.000000Z"}
    assert tombstone_leaf(tombstone) != leaf_hash(bytes(32), tombstone)
    assert tombstone_leaf(tombstone) != tombstone_leaf({**tombstone, "seqs": [4]})
    assert len(tombstone_leaf(tombstone)) == 64
