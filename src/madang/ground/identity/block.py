"""The ground's identity room declares what it keeps of people, as every block does."""

from madang.ground.block import Block, Personal
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
    personal=(
        Personal(
            field="Person.email",
            holds=_("Your e-mail address"),
            purpose=_("To sign you in and to write to you about your account"),
            keep=_("As long as you have an account"),
        ),
        Personal(
            field="Person.password",
            holds=_("Your password, as a hash from which it cannot be read"),
            purpose=_("To sign you in"),
            keep=_("As long as you have an account"),
        ),
        Personal(
            field="Residency.district",
            holds=_("The district you live in, and how that was shown"),
            purpose=_("Only residents vote; some ballots are for one district"),
            keep=_("As long as you have an account, or until you give another district"),
        ),
        Personal(
            field="RoleGrant.role",
            holds=_("Your role, if you work for the city or sit on its committee"),
            purpose=_("To let you into the pages of that role"),
            keep=_("As long as you have the role"),
        ),
    ),
)
