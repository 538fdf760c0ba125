"""The ground's release room declares itself, as every block does."""

from madang.ground.block import Block
from madang.ground.release import events
from madang.ground.words import marked as _

BLOCK = Block(
    name="release",
    korean="자료 공개",
    english="Releases",
    summary=_("What leaves the city's data for everybody, and what protects people in it."),
    home="release:list",
    emits=(events.ReleasePublished, events.BudgetGranted),
)
