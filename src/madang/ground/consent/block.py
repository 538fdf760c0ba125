"""The ground's consent room declares what it keeps of people, as every block does."""

from madang.ground.block import Block
from madang.ground.consent import events
from madang.ground.words import marked as _

BLOCK = Block(
    name="consent",
    korean="동의",
    english="Consents",
    summary=_("What people agreed to, in which words, and when they took it back."),
    emits=(events.ConsentGiven, events.ConsentWithdrawn),
)
