"""Into which training sink a site's transcripts go, and a sink of plain files for those who want files."""

import os
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from chatgate import (
    Kit,
    Manifest,
    OperatorError,
    Purpose,
    StoredData,
    TrainingExportContext,
    TrainingGrant,
    TrainingSink,
    hookimpl,
)


class Settings(BaseModel):
    """``[middleware_settings.training_router]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: str | None = None
    """Sink for sites without a route of their own; without it, the core's default."""
    sites: dict[str, str] = Field(default_factory=dict)
    """Sink by site."""
    jsonl: bool = False
    """Offer the sink "jsonl": one file for each transcript, readable by whoever reads the directory."""
    directory: Path | None = None
    """Where the files go; a relative path is under the middleware's own place in the data directory."""


manifest = Manifest(
    purposes=[Purpose.TRAINING],
    stores=[StoredData("redacted transcripts in files, if `jsonl` is on", Purpose.TRAINING)],
    settings=Settings,
    description="Chooses the training store of each site, and can write transcripts to files.",
)


@hookimpl
def choose_training_route(context: TrainingExportContext, kit: Kit) -> str | None:
    """Choose the sink of the site; a name that no sink has fails the export, and nothing is stored."""
    settings: Settings = kit.settings
    return settings.sites.get(context.site_id, settings.default)


@hookimpl
def register_training_sinks(kit: Kit) -> list[TrainingSink]:
    """Contribute the sink of plain files, when it is switched on."""
    settings: Settings = kit.settings
    if not settings.jsonl:
        return []
    directory = settings.directory or Path("jsonl")
    if not directory.is_absolute():
        if kit.directory is None:
            raise OperatorError("there is no data directory; set an absolute `directory`")
        directory = kit.directory / directory
    return [JsonlSink(directory)]


class JsonlSink:
    """A directory with one JSON line per file, named by the item: ``cat */*.jsonl`` is a training set.

    One file for each item makes both methods idempotent, and a retraction complete without rewriting others.
    """

    name = "jsonl"

    def __init__(self, directory: Path) -> None:
        """Make the directory, for its owner's eyes only."""
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(
        self, grant: TrainingGrant, item_id: str, messages: list[dict[str, str]], metadata: dict[str, Any]
    ) -> None:
        """Write the item whole or not at all.

        Stores: the redacted messages with their metadata, for *training*, until they are retracted.
        """
        if not isinstance(grant, TrainingGrant):
            raise TypeError("only a TrainingGrant opens the training store")
        path = self._path(item_id)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        line = orjson.dumps({"messages": messages, "metadata": metadata}, option=orjson.OPT_APPEND_NEWLINE)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def retract(self, item_id: str) -> None:
        """Delete the item's file, and what a crash may have left of it."""
        path = self._path(item_id)
        path.with_suffix(".unfinished").unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def _path(self, item_id: str) -> Path:
        if not item_id or not all(letter.isalnum() or letter in "-_" for letter in item_id):
            raise ValueError("an item id has letters, digits, - and _ only")
        # Ids begin with the time, so their ends are what spreads them over directories.
        return self._directory / item_id[-2:] / f"{item_id}.jsonl"
