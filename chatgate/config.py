"""Settings: defaults, then chatgate.toml, then CHATGATE_* variables, then flags; unknown keys are refused."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from chatgate.errors import OperatorError

CONFIG_FILE = "chatgate.toml"
DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")


class ConsentSettings(BaseModel):
    """How consent is asked: the preset, and what the one-box preset needs before it starts."""

    model_config = ConfigDict(extra="forbid")

    preset: Literal["split", "single"] = "split"
    equivalent_channel: str = ""
    """Another way to reach the shop that needs no training consent, shown beside the one-box clause."""
    dpia_reference: str = ""
    """Where the data protection impact assessment of the one-box form is filed."""
    accept_conditionality_risk: bool = False
    display_token_minutes: int = Field(default=30, ge=1, le=1440)
    withdrawn_days: int = Field(default=30, ge=0, le=3650)
    """How long a chat is kept in which nothing is agreed to any more; the notice's own days still bound it."""


class TrainingSettings(BaseModel):
    """When transcripts reach the training store."""

    model_config = ConfigDict(extra="forbid")

    cooling_off_days: float = Field(default=14, ge=0)


class AttachmentSettings(BaseModel):
    """Where files of chats are kept, and how many."""

    model_config = ConfigDict(extra="forbid")

    directory: str = ""
    """Empty: ``attachments`` under data_dir. Servers that share a database share this directory too."""
    per_conversation: int = Field(default=50, ge=1, le=1000)
    megabytes_per_conversation: int = Field(default=100, ge=1, le=2000)
    unsent_hours: float = Field(default=24, gt=0)
    """After how long a file that was uploaded and never sent is deleted."""


class Settings(BaseSettings):
    """Everything an installation can set. docs/configuration.md lists each with its default."""

    model_config = SettingsConfigDict(env_prefix="CHATGATE_", env_nested_delimiter="__", extra="forbid")

    data_dir: Path = Path("chatgate-data")
    """Everything an installation stores is under this directory."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    """The address under which visitors reach the server, for example https://chat.shop.example."""
    trusted_proxies: int = Field(default=0, ge=0, le=8)
    """How many reverse proxies in front set X-Forwarded-For, -Proto and -Host."""
    database_url: str = ""
    """Empty: SQLite under data_dir. Otherwise postgresql+psycopg://..."""
    training_database_url: str = ""
    """Empty: a database file of its own under data_dir."""
    redis_url: str = ""
    """Empty: one process. Otherwise redis://... or rediss://..., through which several processes on PostgreSQL talk."""
    run_worker: bool = True
    """Whether `chatgate run` delivers events too; false where `chatgate worker` does it in processes of its own."""
    middleware: list[str] = ["consent_gate", "rate_limit", "training_router"]
    """The chain, in order. Installed is not active."""
    middleware_settings: dict[str, dict[str, Any]] = {}
    """One table for each middleware: [middleware_settings.<name>]."""
    consent: ConsentSettings = ConsentSettings()
    training: TrainingSettings = TrainingSettings()
    attachments: AttachmentSettings = AttachmentSettings()
    idle_close_hours: float = Field(default=24, gt=0)
    session_days: int = Field(default=30, ge=1)
    agent_session_hours: int = Field(default=12, ge=1)
    log_format: Literal["text", "json"] = "text"
    """How the log is written: plain lines, or one JSON object a line."""
    metrics_token: str = Field(default="", repr=False)
    """What a scraper of /metrics sends as a bearer token, at least 16 characters; empty: there is no /metrics."""
    backup_before_upgrade: bool = True
    """Copy the main database to data_dir/backups before its schema changes."""
    demo: bool = False
    """Serves the example store at /store/ and its row counts; never set it for a real shop."""

    @field_validator("database_url", "training_database_url")
    @classmethod
    def _a_database_we_speak(cls, url: str) -> str:
        if not url:
            return url
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            spoken = make_url(url).drivername in DATABASES
        except (ArgumentError, ValueError):  # without its words, which could hold the password
            spoken = False
        if not spoken:
            raise ValueError("is no address of a database; write postgresql://user:password@host:5432/name")
        return url

    @field_validator("metrics_token")
    @classmethod
    def _not_guessable(cls, token: str) -> str:
        if token and len(token) < 16:
            raise ValueError("has fewer than 16 characters; make one with: openssl rand -hex 24")
        return token

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave .env and secret files out: one file, one environment, one set of flags."""
        return (init_settings, env_settings)


def attachments_dir(settings: Settings) -> Path:
    """Return where files of chats are kept."""
    return Path(settings.attachments.directory) if settings.attachments.directory else settings.data_dir / "attachments"


def load_settings(path: Path | None = None, **flags: Any) -> Settings:
    """Return the settings of this run.

    Args:
        path: the configuration file; None reads ``chatgate.toml`` of the working directory when it is there.
        flags: what the command line sets; None values count as not set.

    Raises:
        OperatorError: one line that names the key and the mend.
    """
    file = path or Path(CONFIG_FILE)
    values = _read_toml(file) if path or file.exists() else {}
    _check_environment(os.environ)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        environment = Settings().model_dump(exclude_unset=True)
        settings = Settings(**_merged(_merged(values, environment), given))
    except ValidationError as error:
        raise OperatorError(_explain(error)) from None
    check_preset(settings)
    return settings


def check_preset(settings: Settings, preset: str | None = None) -> None:
    """Refuse the one-box preset without its three keys. Source: GDPR Art. 7(4), 35.

    Raises:
        OperatorError: names the keys that are missing.
    """
    consent = settings.consent
    if (preset or consent.preset) != "single":
        return
    missing = [name for name in ("equivalent_channel", "dpia_reference") if not getattr(consent, name).strip()]
    if not consent.accept_conditionality_risk:
        missing.append("accept_conditionality_risk = true")
    if missing:
        raise OperatorError(
            'the preset "single" makes the chat depend on the training consent; in [consent] set: ' + ", ".join(missing)
        )


def check_sharing(settings: Settings) -> None:
    """Refuse several processes on a database that is for one.

    Raises:
        OperatorError: names the two settings.
    """
    if settings.redis_url and not settings.database_url.startswith("postgresql"):
        raise OperatorError(
            "redis_url is for several processes, and they need PostgreSQL: set database_url, or leave redis_url empty"
        )


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OperatorError(f"{path} does not exist; run `chatgate init` to make one") from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}); name a file with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} is not valid TOML: {error}") from None


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for name, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = _merged(result[name], value) if both else value
    return result


def _check_environment(environment: Mapping[str, str]) -> None:
    for name in environment:
        if name.startswith("CHATGATE_"):
            key = name.removeprefix("CHATGATE_").lower().split("__")[0]
            if key not in Settings.model_fields:
                raise OperatorError(f"the environment variable {name} is no setting{_suggest(key)}")


def _suggest(key: str) -> str:
    close = difflib.get_close_matches(key, Settings.model_fields, n=1)
    return f'; did you mean "{close[0]}"?' if close else "; see docs/configuration.md"


def _explain(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f'unknown setting "{place}"{_suggest(place)}'
    return f'setting "{place}": {first["msg"].removeprefix("Value error, ")}'
