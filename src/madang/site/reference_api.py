"""The page of the reference about the open data API, and the tables of all its pages."""

from collections.abc import Iterable, Iterator
from typing import Any


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def open_data() -> Iterator[str]:
    """The lines of the page about the API."""
    from madang.site.api import api

    # JSON as the site serves it: keys are text, and nothing in it depends on Django's state.
    schema: dict[str, Any] = dict(api.get_openapi_schema())
    yield schema["info"]["description"]
    yield "The description for programs is at `/api/v1/openapi.json`."
    yield ""
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            yield from _call(f"{method.upper()} {path}", call)
    shapes = schema.get("components", {}).get("schemas", {})
    for name, shape in sorted(shapes.items()):
        yield from (f"## {name}", "")
        yield from table(
            ("field", "type", ""),
            (
                (f"`{field}`", _json_type(about), about.get("description", ""))
                for field, about in shape.get("properties", {}).items()
            ),
        )


def _call(line: str, call: dict[str, Any]) -> Iterator[str]:
    yield from (f"## `{line}`", "")
    yield call.get("description") or call.get("summary", "")
    yield ""
    if call.get("parameters"):
        yield from table(
            ("parameter", "in", "type", ""),
            (
                (f"`{each['name']}`", each["in"], _json_type(each["schema"]), _must(each))
                for each in call["parameters"]
            ),
        )
    for code, answer in call["responses"].items():
        content = answer.get("content", {}).get("application/json", {})
        shape = _json_type(content["schema"]) if content.get("schema") else "no JSON"
        yield f"Answers {code}: {shape}."
        yield ""


def _must(parameter: dict[str, Any]) -> str:
    return "required" if parameter.get("required") else ""


def _json_type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_json_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_json_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")
