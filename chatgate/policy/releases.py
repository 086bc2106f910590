"""What a release of the training store is, as bytes: lines, manifest, card, feed, and how to check them offline."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from chatgate.policy import signing
from chatgate.policy.canonical import sha256_hex, utc_text

DATA_FILE: Final = "train.jsonl"
MANIFEST_FILE: Final = "manifest.json"
CARD_FILE: Final = "README.md"
FEED_FILE: Final = "feed.json"
FEED_DAYS: Final = 7
"""How long a feed is fresh; an older one says nothing about today."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a release, with the item that it came from."""

    item_id: str
    commitment: str
    text: str


def commitment(release_key: bytes, item_id: str) -> str:
    """Return the name of an item within one release; names of two releases cannot be linked."""
    return hmac.digest(release_key, item_id.encode(), hashlib.sha256).hex()


def release_lines(release_key: bytes, contents: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    """Return the lines of a release in the order of their commitments: the same items give the same bytes.

    Args:
        release_key: 32 secret bytes of this release.
        contents: ``{messages, metadata}`` by item id, as the training store holds them.
    """
    lines = []
    for item_id, content in contents.items():
        name = commitment(release_key, item_id)
        metadata = {
            "commitment": name,
            "locale": content["metadata"]["locale"],
            "purpose": content["metadata"]["purpose"],
            "redaction_profile": content["metadata"]["redaction_profile"],
            "conditional": content["metadata"]["conditional"],
        }
        body = {"messages": content["messages"], "metadata": metadata}
        lines.append(Line(item_id, name, _one_line(body)))
    return sorted(lines, key=lambda line: line.commitment)


def _one_line(body: Mapping[str, Any]) -> str:
    """Return JSON that every reader takes for one line: some break lines at these characters, too."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.translate({ord(mark): f"\\u{ord(mark):04x}" for mark in "\x7f\x85\u2028\u2029"})


def data_bytes(lines: Sequence[Line]) -> bytes:
    """Return the data file."""
    return "".join(line.text + "\n" for line in lines).encode()


def signed_manifest(private_key: bytes, fields: Mapping[str, Any], lines: Sequence[Line]) -> dict[str, Any]:
    """Return the manifest: what, for whom, why, until when, and the hash of every line, signed."""
    body = {
        "type": "chatgate/release/v1",
        **fields,
        "data_file": DATA_FILE,
        "data_sha256": sha256_hex(data_bytes(lines)),
        "lines": [{"commitment": line.commitment, "sha256": sha256_hex(line.text.encode())} for line in lines],
        "privacy": "pseudonymised, not anonymous: redaction finds most personal data, not all",
        "public_key": signing.public_key(private_key).hex(),
    }
    return {**body, "signature": signing.sign(private_key, body)}


def signed_feed(private_key: bytes, release_id: str, revoked: Sequence[tuple[str, datetime]], at: datetime) -> bytes:
    """Return the revocation feed of a release, fresh for ``FEED_DAYS`` days."""
    body = {
        "type": "chatgate/revocations/v1",
        "release": release_id,
        "issued_at": utc_text(at),
        "valid_until": utc_text(at + timedelta(days=FEED_DAYS)),
        "revoked": [{"commitment": name, "revoked_at": utc_text(moment)} for name, moment in revoked],
    }
    return _json({**body, "signature": signing.sign(private_key, body)})


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return the manifest file."""
    return _json(manifest)


def card(manifest: Mapping[str, Any], locales: Sequence[str]) -> bytes:
    """Return the dataset card, in the form that public dataset hubs read."""
    language = "".join(f"- {locale}\n" for locale in sorted(locales))
    return (
        "---\n"
        f"language:\n{language}"
        "task_categories:\n- text-generation\n"
        f"pretty_name: {manifest['name']} {manifest['version']}\n"
        "license: other\n"
        "configs:\n- config_name: default\n  data_files: train.jsonl\n"
        "---\n\n"
        f"# {manifest['name']}, version {manifest['version']}\n\n"
        f"{len(manifest['lines'])} store chats whose visitors agreed to this purpose: {manifest['purpose']}.\n\n"
        f"- For: {manifest['recipient']}\n- Usable until: {manifest['expires_at']}\n"
        f"- Redaction profile: {manifest['redaction_profile']}; pseudonymised, not anonymous.\n"
        f"- Found of the personal data in the published test set: {_recall(manifest, 'recall')} as people write,\n"
        f"  {_recall(manifest, 'recall_disguised')} of what is disguised (the least of all types).\n\n"
        "Visitors can withdraw. Before each use run `chatgate training verify` on this folder with a fresh\n"
        "revocation feed: it names the lines that may not be used any more. Re-identifying anybody is forbidden.\n"
    ).encode()


def _recall(manifest: Mapping[str, Any], name: str) -> str:
    return f"{min(manifest['redaction_figures'][name].values()):.1%}"


@dataclass(frozen=True, slots=True)
class ReleaseCheck:
    """What a check found: ``problems`` are about the files, ``revoked_lines`` count from 1."""

    problems: tuple[str, ...]
    revoked_lines: tuple[int, ...]

    @property
    def usable(self) -> bool:
        """Return whether every line may be used now."""
        return not self.problems and not self.revoked_lines


def check_release(data: bytes, manifest_file: bytes, feed_file: bytes | None, at: datetime) -> ReleaseCheck:
    """Check a release offline: its signature, every line's hash, its expiry, and a fresh feed.

    Returns:
        Problems among ``manifest_invalid``, ``signature_invalid``, ``data_altered``, ``line_altered:<n>``,
        ``expired``, ``feed_missing``, ``feed_invalid``, ``feed_stale``; a missing or stale feed fails closed.
    """
    manifest = _parsed(manifest_file)
    if manifest is None:
        return ReleaseCheck(("manifest_invalid",), ())
    public = _key(manifest)
    if public is None or not _signed(manifest, public):
        return ReleaseCheck(("signature_invalid",), ())
    problems = _data_problems(data, manifest)
    if str(manifest["expires_at"]) <= utc_text(at):
        problems.append("expired")
    feed = _parsed(feed_file) if feed_file is not None else None
    if feed_file is None:
        problems.append("feed_missing")
    elif feed is None or not _signed(feed, public) or feed.get("release") != manifest["release"]:
        problems.append("feed_invalid")
    elif str(feed["valid_until"]) <= utc_text(at):
        problems.append("feed_stale")
    revoked = _revoked(manifest, feed) if feed is not None and "feed_invalid" not in problems else ()
    return ReleaseCheck(tuple(problems), revoked)


def _data_problems(data: bytes, manifest: Mapping[str, Any]) -> list[str]:
    if sha256_hex(data) == manifest["data_sha256"]:
        return []
    problems = ["data_altered"]
    found = data.decode("utf-8", "replace").removesuffix("\n").split("\n")
    for number, entry in enumerate(manifest["lines"], 1):
        text = found[number - 1] if number <= len(found) else ""
        if sha256_hex(text.encode()) != entry["sha256"]:
            problems.append(f"line_altered:{number}")
    return problems


def _revoked(manifest: Mapping[str, Any], feed: Mapping[str, Any]) -> tuple[int, ...]:
    names = {entry["commitment"] for entry in feed["revoked"]}
    return tuple(number for number, entry in enumerate(manifest["lines"], 1) if entry["commitment"] in names)


def _key(manifest: Mapping[str, Any]) -> bytes | None:
    try:
        return bytes.fromhex(manifest["public_key"])
    except (KeyError, TypeError, ValueError):
        return None


def _signed(document: Mapping[str, Any], public: bytes) -> bool:
    body = {name: value for name, value in document.items() if name != "signature"}
    return signing.verify(public, body, document.get("signature"))


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    needed = {"public_key", "lines", "data_sha256", "expires_at", "release"}
    feed = {"revoked", "valid_until", "release"}
    known = isinstance(found, dict) and (needed <= set(found) or feed <= set(found))
    return found if known else None


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()
