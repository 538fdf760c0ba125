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
GROUND = tuple(f"madang.ground.{room}" for room in ("identity", "consent", "rights", "release"))


class Stage(Enum):
    """The four stages of the loop, in the order in which data travels."""

    LISTEN = "listen"
    DECIDE = "decide"
    ACT = "act"
    MEASURE = "measure"


class Leaves(Enum):
    """How a dataset leaves: as a public record, as it is; or through the gate of ground/release."""

    AS_RECORD = "as a public record"
    BY_GATE = "through the gate"


@dataclass(frozen=True, kw_only=True)
class ReleaseRule:
    """How one dataset leaves, and why that is right (English catalogue key)."""

    dataset: str
    leaves: Leaves
    why: str


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
    release_rules: tuple[ReleaseRule, ...] = ()  # one a dataset; without one it stays inside


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
