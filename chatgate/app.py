"""The composition root: settings -> storage, chain, services, web. ``from chatgate.app import create_app``."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from chatgate.clock import Clock, SystemClock
from chatgate.config import Settings, attachments_dir, check_preset, check_sharing, load_settings
from chatgate.errors import OperatorError
from chatgate.hooks.chain import Chain, load_chain
from chatgate.hooks.contexts import TrainingSink
from chatgate.hooks.limiter import Limiter, MemoryLimiter
from chatgate.services.core import Core, Nobody
from chatgate.services.kit import Services
from chatgate.services.rights import outside
from chatgate.services.rights.attachment_data import AttachmentData
from chatgate.services.upkeep import backup, installation_keys, recovery
from chatgate.services.upkeep.installation_keys import Keys
from chatgate.sharing.limiter import SharedLimiter
from chatgate.sharing.link import Link
from chatgate.sharing.telling import RemoteBroadcaster
from chatgate.storage.database import Storage
from chatgate.storage.engine import database_url, prepare_data_dir
from chatgate.storage.files.attachment_files import AttachmentFiles
from chatgate.storage.queries import consents, sites
from chatgate.storage.writing.disk import BesideLoop, Disk, OwnThread
from chatgate.training.sinks import DatabaseSink

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

FILE_THREADS: Final = 2
"""How many files are drawn, sealed or opened at once: an image in the making takes some hundred megabytes."""


def create_core(
    settings: Settings,
    clock: Clock | None = None,
    middleware: Mapping[str, object] = {},
    *,
    restoring: bool = False,
    accepting: Collection[str] = (),
) -> Core:
    """Return everything but the web: what the command line and the worker need.

    Args:
        settings: where the data is, and the chain.
        clock: the machine's when None; tests give their own.
        middleware: middleware objects given directly, beside those of ``settings.middleware``.
        restoring: a restore opens what it has just put in place; everybody else waits until it ends.
        accepting: kinds of keys that may be others than the data's, because the old ones are given up.

    Raises:
        OperatorError: a setting, the data directory, a key, the database or a middleware is not right.
    """
    clock = clock or SystemClock()
    check_sharing(settings)
    prepare_data_dir(settings.data_dir)
    if not restoring:
        recovery.refuse_unfinished(settings)
    installation_keys.refuse_unreadable(settings)
    storage = Storage(
        database_url(settings.database_url, settings.data_dir, "chatgate.db"),
        _disk(),
        _before_upgrade(settings, clock),
    )
    try:
        keys = installation_keys.open_keys(settings, storage, clock, accepting)
        outside.prepare(settings)
        link, limiter = _shared(settings, keys.session, clock)
        services = Services(storage, clock, limiter, settings.data_dir, lambda: keys.training)
        chain = load_chain(settings.middleware, settings.middleware_settings, services, middleware)
        core = _assembled(settings, storage, chain, clock, limiter, keys, link)
        _check_active_presets(core)
    except BaseException:
        storage.close()
        raise
    return core


def _assembled(
    settings: Settings,
    storage: Storage,
    chain: Chain,
    clock: Clock,
    limiter: Limiter,
    keys: Keys,
    link: Link | None,
) -> Core:
    nobody = Nobody()
    core = Core(
        settings=settings,
        storage=storage,
        clock=clock,
        chain=chain,
        limiter=limiter,
        session_key=keys.session,
        signing_key=keys.signing,
        erasure_key=keys.erasure,
        subject_data=chain.register("register_subject_data"),
        sinks=_sinks(settings, keys.training, chain.register("register_training_sinks")),
        broadcast=RemoteBroadcaster(link) if link is not None else nobody,
        presence=nobody,
        files=AttachmentFiles(attachments_dir(settings)),
        in_thread=_in_thread(),
        link=link,
        follows_messages=chain.has("on_message_stored") or chain.has("choose_reply"),
    )
    core.subject_data.append(AttachmentData(core))
    return core


def create_app(
    settings: Settings | None = None, clock: Clock | None = None, middleware: Mapping[str, object] = {}
) -> "Flask":
    """Return the Flask application with its sockets; ``app.config["CHATGATE"]`` is its :class:`Core`.

    Raises:
        OperatorError: as :func:`create_core`.
    """
    from chatgate.web.server import build

    core = create_core(settings or load_settings(), clock, middleware)
    recovery.apply_outside(core)
    app = build(core)
    app.config["CHATGATE"] = core
    return app


def _before_upgrade(settings: Settings, clock: Clock) -> "Callable[[str, str], None] | None":
    return backup.before_upgrade(settings, clock.now()) if settings.backup_before_upgrade else None


def _shared(settings: Settings, session_key: bytes, clock: Clock) -> tuple[Link | None, Limiter]:
    """Return the line to other processes and the limiter: shared through Redis, or this process's own."""
    if not settings.redis_url:
        return None, MemoryLimiter(clock)
    return Link(settings.redis_url, session_key), SharedLimiter(settings.redis_url, session_key, clock)


def _sinks(settings: Settings, key: bytes, contributed: list[TrainingSink]) -> dict[str, TrainingSink]:
    """Return the default sink and those that middlewares contribute, by name; the first is the default route."""
    url = database_url(settings.training_database_url, settings.data_dir, "training.db")
    sinks: dict[str, TrainingSink] = {"database": DatabaseSink(url, key)}
    for sink in contributed:
        if sink.name in sinks:
            raise OperatorError(f'two training sinks are named "{sink.name}"; rename one')
        sinks[sink.name] = sink
    return sinks


def _check_active_presets(core: Core) -> None:
    """Refuse to start with a one-box notice published and its conditions not configured."""
    with core.storage.read() as db:
        for site in sites.all_sites(db):
            for row in consents.current_notices(db, site.id):
                check_preset(core.settings, row.content["preset"])


def _in_thread() -> "Callable[[Callable[[], Any]], Any]":
    """Run in threads of their own when gevent runs the process: neither its loop nor a commit waits for an image."""
    from gevent import monkey

    if not monkey.is_module_patched("threading"):
        return lambda job: job()
    from gevent.threadpool import ThreadPool

    return _runner(ThreadPool(FILE_THREADS))


def _disk() -> Disk:
    """Wait for the disk beside gevent's loop when gevent runs the process."""
    from gevent import monkey

    return BesideLoop() if monkey.is_module_patched("threading") else OwnThread()


def _runner(pool: Any) -> "Callable[[Callable[[], Any]], Any]":
    """Return what runs a job in a pool of gevent and raises here what the job raised there."""

    def run(job: "Callable[[], Any]") -> Any:
        result, error = pool.apply(_outcome, (job,))
        if error is not None:
            raise error
        return result

    return run


def _outcome(job: "Callable[[], Any]") -> tuple[Any, Exception | None]:
    """Return what a job returned or raised: gevent's pool would print it, and with a full disk fail over that."""
    try:
        return job(), None
    except Exception as error:
        return None, error
