"""The page of the reference that says what each wall lets through."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from madang.ground.walls.radius import Told, Touched


def walls_page() -> Iterator[str]:
    """Yield the page's lines. Django must be set up; the database is not asked."""
    from madang.ground.walls.radius import radius_of
    from madang.ground.walls.wall import walls

    yield "What a process behind each wall may do, and so what an intruder in it could; a test"
    yield "tries all of it with each role. `madang blocks radius NAME` prints it for one city."
    yield ""
    for wall in walls():
        reach = radius_of(wall)
        yield from (f"## {wall.name}", "")
        yield from _listed("reads", (_spelled(each) for each in reach.reads))
        yield from _listed("writes", (_spelled(each) for each in reach.writes))
        yield from _listed("calls", (f"`{each}`" for each in reach.calls))
        yield from _listed("records", (_told(each) for each in reach.sends))
        yield from _listed("holds", (f"`{each}`" for each in reach.secrets))


def _listed(what: str, things: Iterable[str]) -> Iterator[str]:
    yield f"It {what}:"
    yield ""
    for thing in things:
        yield f"- {thing}"
    yield ""


def _spelled(touched: "Touched") -> str:
    columns = f" ({', '.join(touched.columns)})" if touched.columns else ""
    rows = f", where `{touched.rows}`" if touched.rows else ""
    return f"`{touched.table}`{columns}{rows}"


def _told(told: "Told") -> str:
    heard = ", ".join(told.heard_by)
    return f"`{told.event}`" + (f", heard by {heard}" if heard else "")
