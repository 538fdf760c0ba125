"""The ground's consent room declares what it keeps of people, as every block does."""

from madang.ground.block import Block, Personal
from madang.ground.consent import events
from madang.ground.words import marked as _

BLOCK = Block(
    name="consent",
    korean="동의",
    english="Consents",
    summary=_("What people agreed to, in which words, and when they took it back."),
    emits=(events.ConsentGiven, events.ConsentWithdrawn),
    personal=(
        Personal(
            field="Consent.purpose",
            holds=_("What you agreed to, in which version and language, and when"),
            purpose=_("To show you and the city what was agreed, and to stop when you say so"),
            keep=_("Three years after you take it back, or until you leave"),
        ),
    ),
)
