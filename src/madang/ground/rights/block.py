"""The ground's rights room declares what it keeps of people, as every block does."""

from madang.ground.block import Block
from madang.ground.rights import events
from madang.ground.words import marked as _

BLOCK = Block(
    name="rights",
    korean="내 개인정보와 권리",
    english="Your data and your rights",
    summary=_("What you asked about your own data, and who of the city looked at it."),
    emits=(
        events.RequestMade,
        events.RequestTakenBack,
        events.RequestAnswered,
        events.PersonLookedAt,
    ),
)
