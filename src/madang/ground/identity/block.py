"""The ground's identity room declares itself, as every block does."""

from madang.ground.block import Block
from madang.ground.identity import events
from madang.ground.words import marked as _

BLOCK = Block(
    name="identity",
    korean="나의 계정",
    english="Your account",
    summary=_("Who you are to the city: sign-in, district, roles."),
    emits=(
        events.ResidencyRecorded,
        events.ResidencyForgotten,
        events.RoleGranted,
        events.RoleWithdrawn,
        events.PersonLeft,
    ),
)
