"""JSON Schemas for overlays and passports, so that an editor can check them while they are written.

The schema of overlays lists every parameter: a new lever's passport is all it takes to appear in it.  Run
``python -m sim.parameters.schema`` after a change of passports; a test holds the stored files equal to what
is made here.  The reader does not use the schemas: it checks more, and tells it in sentences with lines.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sim.parameters.library import Library, load_library
from sim.parameters.passports import SCHEMA, Allowed, Passport, Source
from sim.places import PARAMETERS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FIRST_OF_MONTH = r"^\d{4}-\d{2}-01$"
SELECTED = r"[^,\[\]]+"
DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def passport_schema() -> dict[str, Any]:
    """The schema of a file of passports."""
    passport = Passport.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = passport.pop("$defs", {})
    return {
        "$schema": DRAFT,
        "title": f"Passports of parameters, version {SCHEMA}",
        "type": "object",
        "additionalProperties": False,
        "required": ["schema", "parameters"],
        "properties": {
            "schema": {"const": SCHEMA},
            "parameters": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Passport"}},
        },
        "$defs": {**definitions, "Passport": passport},
    }


def sources_schema() -> dict[str, Any]:
    """The schema of the list of sources."""
    return {
        "$schema": DRAFT,
        "title": f"Sources of parameters, version {SCHEMA}",
        "type": "object",
        "additionalProperties": Source.model_json_schema(),
    }


def overlay_schema(passports: Mapping[str, Passport]) -> dict[str, Any]:
    """The schema of an overlay on the parameters that `passports` describe."""
    properties: dict[str, Any] = {}
    selectors: dict[str, Any] = {}
    rows: dict[str, Any] = {"file": _with_one("file", {"type": "string"})}
    for key, passport in sorted(passports.items()):
        if passport.table is None:
            properties[key] = _scalar(passport)
            continue
        properties[key] = _table(key, passport)
        rows[key] = _rows(passport)
        if "value" in passport.columns:
            column = passport.columns["value"]
            words = ",".join([SELECTED] * len(passport.index_columns))
            selectors[rf"^{re.escape(key)}\[{words}\]$"] = _value(column.type, column.allowed)
    return {
        "$schema": DRAFT,
        "title": f"Overlay on the parameters, version {SCHEMA}",
        "type": "object",
        "additionalProperties": False,
        "required": ["title", "author", "date", "baseline", "schema"],
        "properties": {
            "title": {"type": "string"},
            "author": {"type": "string"},
            "date": DAY,
            "baseline": {"type": "string", "description": "A scenario's name; empty for the base values."},
            "schema": {"const": SCHEMA},
            "from": {**DAY, "pattern": FIRST_OF_MONTH},
            "set": {
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": properties,
                "patternProperties": selectors,
            },
        },
        "$defs": rows,
    }


def _value(kind: str, allowed: Allowed | None) -> dict[str, Any]:
    match kind:
        case "number" | "integer":
            return {"type": kind, **_bounds(allowed)}
        case "flag":
            return {"type": "boolean"}
        case "date":
            return dict(DAY)
        case _:
            return {"type": "string", **({"enum": list(allowed)} if allowed else {})}


def _bounds(allowed: Allowed | None) -> dict[str, Any]:
    if allowed is None:
        return {}
    if len(allowed) != 2:
        return {"enum": list(allowed)}
    low, high = allowed
    limits = {"minimum": low, "maximum": high}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _scalar(passport: Passport) -> dict[str, Any]:
    value = {**_value(passport.value_type, passport.allowed), "description": _described(passport)}
    if not passport.dated:
        return value
    steps = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": FIRST_OF_MONTH},
        "additionalProperties": _value(passport.value_type, passport.allowed),
    }
    return {"anyOf": [value, steps], "description": value.pop("description")}


def _rows(passport: Passport) -> dict[str, Any]:
    columns = {
        # a key is a word, but may look like a number
        name: {"type": ["string", "integer"]} if column.type == "key" else _value(column.type, column.allowed)
        for name, column in passport.columns.items()
    }
    row = {"type": "object", "additionalProperties": False, "properties": columns}
    return {"type": "array", "minItems": 1, "items": row}


def _with_one(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """A mapping that holds one key and no other."""
    return {"type": "object", "additionalProperties": False, "required": [name], "properties": {name: value}}


def _table(key: str, passport: Passport) -> dict[str, Any]:
    written = [{"$ref": f"#/$defs/{key}"}, {"$ref": "#/$defs/file"}]
    return {"anyOf": [*written, _with_one("add", {"anyOf": written})], "description": _described(passport)}


def _described(passport: Passport) -> str:
    return f"{passport.role}, {passport.unit}"


def schema_files(library: Library) -> dict[str, str]:
    """Each schema's file name and content."""
    schemas = {
        f"overlay-{SCHEMA}.json": overlay_schema(library.passports),
        f"passports-{SCHEMA}.json": passport_schema(),
        f"sources-{SCHEMA}.json": sources_schema(),
    }
    return {
        name: json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True, default=_iso) + "\n"
        for name, schema in schemas.items()
    }


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def write_schemas(library: Library, folder: Path) -> None:
    """Write the schemas of a library into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files(library).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_schemas(load_library(), PARAMETERS / "schema")
