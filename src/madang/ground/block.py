"""One declaration a block: what it is called, which doors it uses, what it leaves behind.

Everything that must know the blocks (navigation, addresses, contracts, later the database roles)
derives it from here. Free of Django, so that tools can read it without a city.
"""

from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pkgutil import iter_modules

from madang.ground.events.event import Event

# The ground's rooms that keep something of people, or tell of them.
GROUND = ("madang.ground.identity", "madang.ground.consent", "madang.ground.rights")


class Stage(Enum):
    """The four stages of the loop, in the order in which data travels."""

    LISTEN = "listen"
    DECIDE = "decide"
    ACT = "act"
    MEASURE = "measure"


@dataclass(frozen=True, kw_only=True)
class Personal:
    """One personal field: what it holds, why, and how long it is kept (English catalogue keys)."""

    field: str  # model.field, as in "Participant.pseudonym"
    holds: str
    purpose: str
    keep: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """What one block says of itself; see docs/how-to/add-a-block.md."""

    name: str
    korean: str
    english: str
    summary: str  # one sentence for the block list; English catalogue key
    home: str | None = None  # URL name of its first page; None where it has no pages
    uses: tuple[str, ...] = ()
    emits: tuple[type[Event], ...] = ()
    datasets: tuple[str, ...] = ()
    personal: tuple[Personal, ...] = ()


@dataclass(frozen=True)
class PlacedBlock:
    """A block and where it stands: `package` is the dotted path of its room."""

    block: Block
    stage: Stage
    package: str


def discover_blocks() -> tuple[PlacedBlock, ...]:
    """Return every block in the house, by stage and then by name."""
    return tuple(
        PlacedBlock(import_module(f"{package}.block").BLOCK, stage, package)
        for stage in Stage
        for package in _rooms(stage)
    )


def ground_rooms() -> tuple[tuple[Block, str], ...]:
    """Return what the ground's own rooms declare, each with the dotted path of its room."""
    return tuple((import_module(f"{package}.block").BLOCK, package) for package in GROUND)


def _rooms(stage: Stage) -> list[str]:
    floor = import_module(f"madang.{stage.value}")
    return sorted(
        f"{floor.__name__}.{room.name}" for room in iter_modules(floor.__path__) if room.ispkg
    )
