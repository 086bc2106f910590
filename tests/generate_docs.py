"""Write the generated parts of docs/: ``make docs``, or ``python -m tests.generate_docs``.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``; everything around it is written by hand.
"""

import ast
import inspect
import logging
import re
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import click
from pydantic import BaseModel
from sqlalchemy import Column, Table

from chatgate import logs, metrics
from chatgate.cli.root import root
from chatgate.errors import REFUSAL_CODES
from chatgate.models.tables import METADATA
from chatgate.models.training import TrainingTable
from chatgate.web import problems, protocol
from chatgate.web.agent_socket import AgentNamespace
from chatgate.web.entrance import Entrance
from chatgate.web.visitor_socket import VisitorNamespace

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
Writer = Callable[[str], str]


def refusal_codes(_page: str) -> str:
    """Return the table of refusal codes with the status that each has over HTTP."""
    rows = [f"| `{code}` | {problems.STATUS.get(code, 403)} | {text} |" for code, text in sorted(REFUSAL_CODES.items())]
    return "\n".join(["| code | HTTP | meaning |", "|---|---|---|", *rows])


def client_events(namespace: type[Entrance]) -> Writer:
    """Return a function that writes the table of what a namespace's clients may send."""

    def write(_page: str) -> str:
        rows = [["event", "payload", "acknowledgement", "what it is"], ["---"] * 4]
        for name, event in namespace.events.items():
            rows.append([f"`{name}`", _link(event.model), _acknowledgement(name), _first_sentence(event.model, name)])
        described = any(row[3] for row in rows[2:])
        return "\n".join(f"| {' | '.join(row if described else row[:3])} |" for row in rows)

    return write


def server_events(_page: str) -> str:
    """Return the table of what the server sends, read from the places that emit it."""
    rows = []
    for name, to in sorted(emitted().items()):
        named = [model for model in shapes_of(protocol.View) if name in _named_after(r"[Ee]vent", model)]
        models = [model for model in named if (model.__doc__ or "").startswith("Event")] or named
        rows.append(f"| `{name}` | {' and '.join(sorted(to, reverse=True))} | {', '.join(map(_link, models))} |")
    return "\n".join(["| event | to | payload |", "|---|---|---|", *rows])


def emitted() -> dict[str, set[str]]:
    """Return who is sent each event that the code emits."""
    found: dict[str, set[str]] = {}
    for path in (path for layer in ("web", "services") for path in (ROOT / "chatgate" / layer).rglob("*.py")):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            for name, to in _emission(call, path.stem):
                found.setdefault(name, set()).add(to)
    return found


def _emission(call: ast.Call, module: str) -> Iterator[tuple[str, str]]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if called not in ("emit", "to_visitor", "to_agents", "to_agent"):
        return
    words = [
        word.value for word in (*call.args, *(key.value for key in call.keywords)) if isinstance(word, ast.Constant)
    ]
    told = "visitors" if called == "to_visitor" or "/visitor" in words else "agents"
    if called == "emit" and not {"/visitor", "/agent"} & set(words):
        told = "visitors" if module.startswith("visitor") else "agents"
    for word in words:
        if isinstance(word, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", word):
            yield word, told


def _acknowledgement(event: str) -> str:
    models = [model for model in shapes_of(protocol.View) if event in _named_after(r"ack of", model)]
    if not models and event.startswith(("conversation_", "tag_", "visitor_block")):
        models = [protocol.ConversationAnswer]
    return ", ".join(map(_link, models)) or "`{}`"


def _named_after(words: str, model: type[BaseModel]) -> list[str]:
    """Return the code words that a shape's description names after ``words``, in the same clause."""
    clauses = re.findall(rf"{words} ([^.:;]*)", model.__doc__ or "")
    return [name for clause in clauses for name in re.findall(r"`([a-z_]+)", clause.split(" answer of ")[0])]


def _first_sentence(model: type[BaseModel], event: str) -> str:
    text = " ".join((model.__doc__ or "").split())
    if not text.startswith(f"`{event}`:"):
        return ""
    sentence = re.split(r"(?<=[.;])\s", text.removeprefix(f"`{event}`: "))[0].rstrip(".;")
    return sentence.replace("|", "/")


def _link(model: type[BaseModel]) -> str:
    return f"[{model.__name__}](#{model.__name__.lower()})"


def shapes_of(base: type[BaseModel]) -> list[type[BaseModel]]:
    """Return every shape of one direction, those of all protocol modules, in the order of their definition."""
    found: dict[type[BaseModel], None] = {}
    waiting = list(base.__subclasses__())
    while waiting:
        model = waiting.pop(0)
        if model.__module__.startswith("chatgate.web."):
            found[model] = None
        waiting.extend(model.__subclasses__())
    return list(found)


def shapes(base: type[BaseModel]) -> Writer:
    """Return a function that writes a section for each shape of one direction that the page links."""

    def write(page: str) -> str:
        asked = re.sub(r"<!-- generated: [a-z]+-shapes -->.*?<!-- end: [a-z]+-shapes -->", "", page, flags=re.DOTALL)
        by_anchor = {
            model.__name__.lower(): model for kind in (protocol.Payload, protocol.View) for model in shapes_of(kind)
        }
        waiting = [by_anchor[anchor] for anchor in re.findall(r"\(#([a-z]+)\)", asked) if anchor in by_anchor]
        linked: set[type[BaseModel]] = set()
        while waiting:
            model = waiting.pop()
            if model not in linked:
                linked.add(model)
                waiting += [by_anchor[anchor] for anchor in re.findall(r"\(#([a-z]+)\)", _shape(model))]
        return "\n\n".join(_shape(model) for model in shapes_of(base) if model in linked)

    return write


def _shape(model: type[BaseModel]) -> str:
    rows = []
    for name, field in model.model_fields.items():
        must = "yes" if field.is_required() else "no"
        rows.append(f"| `{name}` | {type_words(field.annotation)} | {must} |")
    table = ["| field | type | required |", "|---|---|---|", *rows] if rows else []
    return "\n".join([f"#### {model.__name__}", "", inspect.cleandoc(model.__doc__ or ""), "", *table]).rstrip()


def type_words(annotation: Any) -> str:
    """Return a type as a reader of JSON says it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return type_words(arguments[0])
    if origin is Literal:
        return " or ".join(f'`"{value}"`' for value in arguments)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(type_words(part) for part in arguments)
    if origin is list:
        return f"list of {type_words(arguments[0])}"
    if origin is dict:
        return "object" if arguments[1] is Any else f"object of {type_words(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    names = {str: "text", int: "whole number", bool: "yes/no", float: "number", type(None): "null"}
    return names.get(annotation, "any")


def commands(_page: str) -> str:
    """Return the table of all commands, groups opened."""
    rows = [f"| `{name}` | {command.get_short_help_str(200)} |" for name, command in command_tree()]
    return "\n".join(["| command | does |", "|---|---|", *rows])


def command_tree() -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its whole name."""
    yield from _below(root, "chatgate")


def _below(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for child in group.list_commands(context):
        command = group.get_command(context, child)
        assert command is not None
        whole = f"{name} {child}"
        if isinstance(command, click.Group):
            yield from _below(command, whole)
        else:
            yield whole, command


def tables(_page: str) -> str:
    """Return a section for each table of the main database, then of the training database."""
    main = "\n\n".join(_table(table) for table in METADATA.sorted_tables)
    training = "\n\n".join(_table(table) for table in TrainingTable.metadata.sorted_tables)
    return f"## The main database\n\n{main}\n\n## The training database\n\n{training}"


def table_names() -> list[str]:
    """Return the names of all tables."""
    return [table.name for table in (*METADATA.sorted_tables, *TrainingTable.metadata.sorted_tables)]


def _table(table: Table) -> str:
    rows = [_column(column) for column in table.columns]
    head = "| column | type | is | personal: what, why, how long |\n|---|---|---|---|"
    return "\n".join([f"### {table.name}", "", _table_words(table.name), "", head, *rows])


def _table_words(name: str) -> str:
    for base in (METADATA, TrainingTable.metadata):
        if name in base.tables:
            for model in _models():
                if getattr(model, "__table__", None) is base.tables[name]:
                    return " ".join((model.__doc__ or "").split()).replace("``", "`")
    raise LookupError(name)


def _models() -> Iterator[type[Any]]:
    from sqlmodel import SQLModel

    waiting: list[type[Any]] = [SQLModel]
    while waiting:
        model = waiting.pop()
        yield model
        waiting.extend(model.__subclasses__())


def _column(column: Column[Any]) -> str:
    marks = []
    if column.primary_key:
        marks.append("key")
    marks += [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
    if column.nullable:
        marks.append("may be empty")
    info = column.info
    why = f"{info['category']}, {info['purpose']}, {info['retention']}" if info else ""
    kind = re.sub(r"Type$", "", type(column.type).__name__).lower()
    kind = {"autostring": "text", "utcdatetime": "time (UTC)", "largebinary": "bytes"}.get(kind, kind)
    return f"| `{column.name}` | {kind} | {', '.join(marks)} | {why} |"


def log_events(_page: str) -> str:
    """Return the table of the log's events."""
    rows = [
        f"| `{name}` | {logging.getLevelName(event.level).lower()} | {event.words} | {event.meaning} |"
        for name, event in logs.EVENTS.items()
    ]
    return "\n".join(["| event | level | words | meaning |", "|---|---|---|---|", *rows])


def numbers(_page: str) -> str:
    """Return the table of what a process counts."""
    rows = []
    for one in metrics.ALL:
        is_count = isinstance(one, metrics.Count)
        name = f"`{one.name}_total`" if is_count else f"`{one.name}` (histogram)"
        rows.append(f"| {name} | {(one.label if is_count else '') or ''} | {one.meaning} |")
    return "\n".join(["| name | label | meaning |", "|---|---|---|", *rows])


PARTS: Final[dict[str, tuple[str, Writer]]] = {
    "visitor-events": ("protocol.md", client_events(VisitorNamespace)),
    "agent-events": ("protocol.md", client_events(AgentNamespace)),
    "server-events": ("protocol.md", server_events),
    "refusal-codes": ("protocol.md", refusal_codes),
    "client-shapes": ("protocol.md", shapes(protocol.Payload)),
    "server-shapes": ("protocol.md", shapes(protocol.View)),
    "commands": ("deploy.md", commands),
    "log-events": ("deploy.md", log_events),
    "numbers": ("deploy.md", numbers),
    "tables": ("data-model.md", tables),
}
"""Each generated part: its page and what writes it."""


def with_part(page: str, name: str) -> str:
    """Return a page with one generated part as it is today.

    Raises:
        LookupError: the page has no place for it.
    """
    marked = re.compile(rf"(<!-- generated: {name} -->\n).*?(\n<!-- end: {name} -->)", re.DOTALL)
    if not marked.search(page):
        raise LookupError(f'the page lacks the marks "generated: {name}" and "end: {name}"')
    text = PARTS[name][1](page)
    return marked.sub(lambda found: f"{found[1]}{text}{found[2]}", page)


def main() -> None:
    """Rewrite every generated part."""
    for name, (file, _write) in PARTS.items():
        path = DOCS / file
        path.write_text(with_part(path.read_text(encoding="utf-8"), name), encoding="utf-8")


if __name__ == "__main__":
    main()
