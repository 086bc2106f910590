"""TypeScript interfaces from the JSON schema of the wire protocol's pydantic models."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

HEADER = "// Generated from chatgate/web/protocol/ by widget/hatch_build.py. Edits are overwritten.\n"
SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def typescript_of(received: Iterable[type[BaseModel]], sent: Iterable[type[BaseModel]]) -> str:
    """Write one interface per model.

    Args:
        received: models that clients send; a field with a default may be left out.
        sent: models that the server sends; every field is there.
    """
    _, validated = models_json_schema([(model, "validation") for model in received])
    _, serialised = models_json_schema([(model, "serialization") for model in sent])
    definitions: dict[str, Any] = {**validated.get("$defs", {}), **serialised.get("$defs", {})}
    for schema in serialised.get("$defs", {}).values():
        schema["required"] = list(schema.get("properties", ()))
    return HEADER + "\n" + "\n".join(_interface(name, definitions[name]) for name in sorted(definitions))


def _interface(name: str, schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    lines = [_comment(schema.get("description"), ""), f"export interface {name} {{"]
    for field, field_schema in schema.get("properties", {}).items():
        mark = "" if field in required else "?"
        lines.append(f"  {field}{mark}: {_type(field_schema)};")
    lines.append("}\n")
    return "\n".join(line for line in lines if line)


def _comment(text: str | None, indent: str) -> str:
    return f"{indent}/** {' '.join(text.split())} */" if text else ""


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(_literal(value) for value in schema["enum"])
    if "const" in schema:
        return _literal(schema["const"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(_type(option) for option in schema[key]))
    if schema.get("type") == "array":
        return f"Array<{_type(schema.get('items', {}))}>"
    if schema.get("type") == "object":
        return _mapping(schema)
    return SIMPLE.get(str(schema.get("type")), "unknown")


def _mapping(schema: Mapping[str, Any]) -> str:
    values = schema.get("additionalProperties", True)
    return f"Record<string, {_type(values) if isinstance(values, Mapping) else 'unknown'}>"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower()
