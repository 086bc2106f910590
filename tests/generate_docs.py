"""Write the generated parts of docs/: ``make docs``, or ``python -m tests.generate_docs``.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``; everything around it is written by hand.
"""

import re
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import click
from pydantic import BaseModel
from sqlalchemy import Column, Table

from chatgate.cli.root import root
from chatgate.errors import REFUSAL_CODES
from chatgate.models.tables import METADATA
from chatgate.models.training import TrainingTable
from chatgate.web import problems, protocol

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"


def refusal_codes() -> str:
    """Return the table of refusal codes with the status that each has over HTTP."""
    rows = [f"| `{code}` | {problems.STATUS.get(code, 403)} | {text} |" for code, text in sorted(REFUSAL_CODES.items())]
    return "\n".join(["| code | HTTP | meaning |", "|---|---|---|", *rows])


def shapes(models: tuple[type[BaseModel], ...]) -> Callable[[], str]:
    """Return a function that writes a section for each model of one direction."""

    def write() -> str:
        return "\n\n".join(_shape(model) for model in models)

    return write


def _shape(model: type[BaseModel]) -> str:
    rows = []
    for name, field in model.model_fields.items():
        must = "yes" if field.is_required() else "no"
        rows.append(f"| `{name}` | {type_words(field.annotation)} | {must} |")
    table = ["| field | type | required |", "|---|---|---|", *rows] if rows else []
    return "\n".join([f"#### {model.__name__}", "", (model.__doc__ or "").strip(), "", *table]).rstrip()


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


def commands() -> str:
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


def tables() -> str:
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


PARTS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "refusal-codes": ("protocol.md", refusal_codes),
    "client-shapes": ("protocol.md", shapes(protocol.CLIENT_MODELS)),
    "server-shapes": ("protocol.md", shapes(protocol.SERVER_MODELS)),
    "commands": ("deploy.md", commands),
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
    text = PARTS[name][1]()
    return marked.sub(lambda found: f"{found[1]}{text}{found[2]}", page)


def main() -> None:
    """Rewrite every generated part."""
    for name, (file, _write) in PARTS.items():
        path = DOCS / file
        path.write_text(with_part(path.read_text(encoding="utf-8"), name), encoding="utf-8")


if __name__ == "__main__":
    main()
