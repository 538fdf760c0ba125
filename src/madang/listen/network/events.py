"""What the network block tells the others: counts only, for the register itself is a map."""

from dataclasses import dataclass
from datetime import datetime

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class NetworkRegistered(
    Event,
    wire="network.network-registered.v1",
    told=_("The register of the city's systems was renewed"),
):
    version: int
    systems: int
    links: int
    registered_at: datetime
