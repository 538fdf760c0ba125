"""The network block declares itself."""

from madang.ground.block import Block
from madang.ground.words import marked as _
from madang.listen.network import events

BLOCK = Block(
    name="network",
    korean="도시 통신망",
    english="City network",
    summary=_(
        "Officials see how far a break-in into one of the city's systems would reach, and what "
        "would stop it."
    ),
    home="network:home",
    uses=("identity",),
    emits=(events.NetworkRegistered,),
)
