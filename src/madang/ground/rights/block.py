"""The ground's rights room declares what it keeps of people, as every block does."""

from madang.ground.block import Block, Personal
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
    personal=(
        Personal(
            field="Request.words",
            holds=_("What you asked about your own data, and the answer"),
            purpose=_("To answer you in time, and to show that we did"),
            keep=_("Three years after the answer, or until you leave"),
        ),
        Personal(
            field="LookNote.look",
            holds=_("Who of the city looked at your data, when and for what"),
            purpose=_("So that you can see it, and nobody looks without a reason"),
            keep=_("Two years, or until you leave"),
        ),
        Personal(
            field="Request.answered_by",
            holds=_("If you work for the city: which requests you answered, and how"),
            purpose=_("So that the city can ask you why"),
            keep=_("Three years after the answer, or until you leave"),
        ),
        Personal(
            field="LookNote.looker",
            holds=_("If you work for the city: whose data you looked at, and when"),
            purpose=_("So that the city can ask you why"),
            keep=_("Two years, or until you leave"),
        ),
    ),
)
