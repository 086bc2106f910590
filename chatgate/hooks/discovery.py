"""From the names in ``middleware = [...]`` to middlewares with kits; the unlisted stay unimported."""

import difflib
import importlib
import importlib.metadata
import inspect
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from chatgate.errors import OperatorError
from chatgate.hooks.kit import Kit, KitServices, make_kit
from chatgate.hooks.manifest import Manifest

GROUP: Final = "chatgate.middleware"
_NOT_THEIRS: Final = (str(Path(__file__).parents[1]), str(Path(importlib.__file__).parent), "<frozen ")


@dataclass(frozen=True, slots=True)
class Middleware:
    """One loaded middleware: ``plugin`` carries the hooks, ``origin`` says where it came from."""

    name: str
    plugin: object
    manifest: Manifest | None
    kit: Kit
    origin: str


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "x"?`` for a near miss, else an empty text."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def installed() -> dict[str, EntryPoint]:
    """Return the middlewares that installed packages offer, by name, without importing any."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        before = found.setdefault(entry.name, entry)
        if before.value != entry.value:
            raise OperatorError(
                f'two packages offer a middleware "{entry.name}" ({before.value} and {entry.value}); '
                "uninstall one of them"
            )
    return found


def find(
    names: Sequence[str],
    settings: Mapping[str, Mapping[str, Any]],
    services: KitServices,
    extra: Mapping[str, object],
) -> list[Middleware]:
    """Return the middlewares in the order of the list; objects given directly come last unless listed.

    Raises:
        OperatorError: an unknown or doubled name, settings that do not fit, a failed import.
    """
    doubled = sorted({name for name in names if list(names).count(name) > 1})
    if doubled:
        raise OperatorError(f'middleware "{doubled[0]}" is listed twice; keep one of the two')
    offered = installed()
    order = [*names, *(name for name in extra if name not in names)]
    known = {*offered, *extra}
    for name in order:
        if name not in known:
            raise OperatorError(
                f'no installed package offers a middleware "{name}"{suggestion(name, known)}'
                f" (installed: {', '.join(sorted(known))}; your own: `pip install -e .` in its directory)"
            )
    for name in settings:
        if name not in known:
            raise OperatorError(f"[middleware_settings.{name}] belongs to no middleware{suggestion(name, known)}")
    return [_load(name, offered.get(name), extra, settings.get(name, {}), services) for name in order]


def _load(
    name: str,
    entry: EntryPoint | None,
    extra: Mapping[str, object],
    settings: Mapping[str, Any],
    services: KitServices,
) -> Middleware:
    if name in extra:
        target, origin = extra[name], "application"
    else:
        assert entry is not None
        target, origin = _guarded(name, "import", entry.load), entry.value
    manifest = getattr(target, "manifest", None)
    if manifest is not None and not isinstance(manifest, Manifest):
        raise OperatorError(f'middleware "{name}": its `manifest` is no Manifest; write `manifest = Manifest(...)`')
    kit = make_kit(name, manifest, _validated(name, manifest, settings), services)
    plugin = _instance(name, target, kit)
    if manifest is None and getattr(plugin, "manifest", None) is not None:
        raise OperatorError(f'middleware "{name}": put `manifest` on the class or factory itself, not on its result')
    return Middleware(name, plugin, manifest, kit, origin)


def _validated(name: str, manifest: Manifest | None, settings: Mapping[str, Any]) -> Any:
    from pydantic import ValidationError  # costs a tenth of a second, and only start-up needs it

    if manifest is None or manifest.settings is None:
        if settings:
            raise OperatorError(f'middleware "{name}" has no settings; remove [middleware_settings.{name}]')
        return None
    model = manifest.settings
    unknown = sorted(set(settings) - {f.alias or key for key, f in model.model_fields.items()})
    if unknown:
        hint = suggestion(unknown[0], model.model_fields)
        raise OperatorError(f'[middleware_settings.{name}] has no setting "{unknown[0]}"{hint}')
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OperatorError(f"[middleware_settings.{name}] {where}: {first['msg']}") from None


def _instance(name: str, target: Any, kit: Kit) -> object:
    """Return the object that carries the hooks: classes and factories are called, all else is it already."""
    if not (inspect.isclass(target) or inspect.isfunction(target)):
        return target
    wants_kit = bool(inspect.signature(target).parameters)
    make: Callable[..., object] = target
    return _guarded(name, "construction", (lambda: make(kit)) if wants_kit else make)


def _guarded(name: str, what: str, action: Callable[[], Any]) -> Any:
    try:
        return action()
    except OperatorError:
        raise
    except (Exception, SystemExit) as error:
        raise OperatorError(
            f'middleware "{name}": its {what} failed with {type(error).__name__}: {_one_line(error)}{_place(error)}'
        ) from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _place(error: BaseException) -> str:
    """Return `` (file, line n)`` of the author's code that failed, or nothing when it never ran."""
    if isinstance(error, SyntaxError):  # says it already
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(_NOT_THEIRS)]
    return f" ({theirs[-1].filename}, line {theirs[-1].lineno})" if theirs else ""
