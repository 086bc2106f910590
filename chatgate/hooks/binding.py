"""Which hooks a middleware really has, and which consent each of them needs: checked once, at start-up."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pluggy

from chatgate.errors import OperatorError
from chatgate.hooks.discovery import Middleware, suggestion
from chatgate.hooks.kit import Kit
from chatgate.hooks.marker import OPTIONS_ATTRIBUTE, PURPOSES_ATTRIBUTE
from chatgate.hooks.specs import HOOKS, MODULE, PREFIXES, PROJECT, TEXT_ARGUMENTS, Binding, HookInfo
from chatgate.logs import log
from chatgate.models.purposes import Purpose

_ORDERING: Final = ("tryfirst", "trylast", "wrapper", "hookwrapper")
_NEVER_SKIPPED: Final = {
    "check_message": frozenset({Purpose.SUPPORT}),
    "check_attachment": frozenset({Purpose.SUPPORT}),
    "check_training_export": frozenset({Purpose.TRAINING}),
}
"""What the consent covers for certain when the check is due: bound to more, it could be skipped."""


@dataclass(frozen=True, slots=True)
class BoundHook:
    """One hook of one middleware, ready to be called."""

    middleware: str
    info: HookInfo
    function: Any
    arguments: tuple[str, ...]
    purposes: frozenset[Purpose]
    kit: Kit


def bind(middlewares: Sequence[Middleware]) -> dict[str, tuple[BoundHook, ...]]:
    """Return every hook's implementations in config order.

    Raises:
        OperatorError: naming the middleware and the mend, for a hook that pluggy or the binding rules refuse.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(MODULE)
    bound: dict[str, list[BoundHook]] = {name: [] for name in HOOKS}
    for middleware in middlewares:
        _check_names(middleware)
        try:
            manager.register(middleware.plugin, name=middleware.name)
            manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            line = " ".join(str(error).split())
            raise OperatorError(f'middleware "{middleware.name}": {line}') from None
        for caller in manager.get_hookcallers(manager.get_plugin(middleware.name)) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin_name == middleware.name:
                    bound[caller.name].append(_bound(middleware, HOOKS[caller.name], implementation))
    return {name: tuple(hooks) for name, hooks in bound.items()}


def _bound(middleware: Middleware, info: HookInfo, implementation: pluggy.HookImpl) -> BoundHook:
    named = (*implementation.argnames, *implementation.kwargnames)
    arguments = tuple(name for name in named if name in info.arguments)
    if middleware.manifest is None:
        _check_without_manifest(middleware, info, arguments)
    asked = getattr(implementation.function, PURPOSES_ATTRIBUTE, None)
    blind = info.prefix == "check_" and not TEXT_ARGUMENTS.intersection(arguments)
    if blind and asked == frozenset() and info.binding is Binding.MANIFEST:
        purposes = asked  # a check without text needs no consent, as without a manifest
    else:
        purposes = _purposes(middleware, info, asked)
    return BoundHook(middleware.name, info, implementation.function, arguments, purposes, middleware.kit)


def _check_without_manifest(middleware: Middleware, info: HookInfo, arguments: tuple[str, ...]) -> None:
    where = f'middleware "{middleware.name}": {info.name}'
    if info.prefix not in {"check_", "register_"}:
        raise OperatorError(
            f"{where} needs `manifest = Manifest(purposes=...)`; "
            "without one only check_ and register_ hooks are allowed"
        )
    text = sorted(TEXT_ARGUMENTS.intersection(arguments))
    if text:
        raise OperatorError(
            f"{where} names `{text[0]}`, which carries what people wrote; "
            "declare why in `manifest = Manifest(purposes=...)`"
        )


def _purposes(middleware: Middleware, info: HookInfo, asked: frozenset[Purpose] | None) -> frozenset[Purpose]:
    where = f'middleware "{middleware.name}": {info.name}'
    declared = middleware.manifest.purposes if middleware.manifest else frozenset()
    if info.binding is Binding.UNBOUND:
        if asked:
            raise OperatorError(f"{where} always runs and takes no purposes; write `@hookimpl` alone")
        return frozenset()
    undeclared = sorted((asked or frozenset()) - declared)
    if undeclared:
        raise OperatorError(f"{where} asks for the purpose {undeclared[0]}; add it to the manifest's purposes")
    if info.binding is Binding.TRAINING:
        if middleware.manifest and Purpose.TRAINING not in declared:
            raise OperatorError(f"{where} is about training; add Purpose.TRAINING to the manifest's purposes")
        purposes = (asked or frozenset()) | {Purpose.TRAINING}
    else:
        purposes = declared if asked is None else asked
        if not purposes and middleware.manifest:
            raise OperatorError(f"{where} sees personal data; the manifest must declare for which purposes")
    certain = _NEVER_SKIPPED.get(info.name)
    if certain is not None and not purposes <= certain:
        optional = ", ".join(sorted(purposes - certain))
        raise OperatorError(
            f"{where} is bound to {optional}, so it would be skipped where that is not agreed to; "
            f"write `@hookimpl(purposes=[{', '.join(f'Purpose.{p.name}' for p in sorted(certain))}])`"
        )
    return purposes


def _check_names(middleware: Middleware) -> None:
    """Refuse hooks that would never be called, or not in the listed order."""
    for name, function, options in _functions(middleware.plugin):
        where = f'middleware "{middleware.name}"'
        if options is None:
            _check_unmarked(where, name)
            continue
        if name not in HOOKS:
            raise OperatorError(f'{where}: there is no hook "{name}"{suggestion(name, HOOKS)}')
        unsupported = sorted(key for key, value in options.items() if value)
        if unsupported:
            reason = (
                "the order is the list `middleware = [...]` and a refusal cannot be un-refused"
                if unsupported[0] in _ORDERING
                else "@hookimpl takes only `purposes`"
            )
            raise OperatorError(f"{where}: {name} asks for {unsupported[0]}; {reason}")
        if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            raise OperatorError(f"{where}: {name} must be a plain function, neither async nor a generator")
        for star in _gathering(function):
            raise OperatorError(
                f"hook_gathers_arguments: {where}: {name} has {star}, which is never filled; name what it uses: "
                f"{', '.join(HOOKS[name].arguments)}"
            )
        known = HOOKS[name].arguments
        for argument in _argument_names(function):
            if argument not in known:
                raise OperatorError(
                    f'{where}: {name} has no argument "{argument}"{suggestion(argument, known)}'
                    f" (it may name {', '.join(known)})"
                )


def _check_unmarked(where: str, name: str) -> None:
    hint = suggestion(name, HOOKS)
    if name in HOOKS:
        raise OperatorError(f"{where}: {name} is not called without @hookimpl; add it or rename the function")
    if hint:
        log("hooks", "hook_misnamed", where=where, function=name, hint=hint)


def _functions(plugin: object) -> Iterator[tuple[str, Any, dict[str, Any] | None]]:
    """Yield what is marked as a hook, and functions of the plugin's own whose names begin like a hook's."""
    home = plugin.__name__ if inspect.ismodule(plugin) else None
    for name in dir(plugin):
        value = inspect.getattr_static(plugin, name, None)
        value = getattr(plugin, name) if not isinstance(value, property) else None
        if not inspect.isroutine(value):
            continue
        options = getattr(value, OPTIONS_ATTRIBUTE, None)
        own = home is None or getattr(value, "__module__", None) == home
        if isinstance(options, dict) or (own and name.startswith(PREFIXES)):
            yield name, value, options if isinstance(options, dict) else None


def _gathering(function: Any) -> list[str]:
    """Return ``*args`` and ``**kwargs`` of a function: a hook gets what it names, so they would stay empty."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [stars[p.kind] + p.name for p in inspect.signature(function).parameters.values() if p.kind in stars]


def _argument_names(function: Any) -> list[str]:
    plain = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind in plain]
