"""The ground's release room declares itself, as every block does."""

from madang.ground.block import Block, Personal
from madang.ground.release import events
from madang.ground.words import marked as _

BLOCK = Block(
    name="release",
    korean="자료 공개",
    english="Releases",
    summary=_("What leaves the city's data for everybody, and what protects people in it."),
    home="release:list",
    emits=(events.ReleasePublished, events.BudgetGranted),
    personal=(
        Personal(
            field="Release.approved_by",
            holds=_("Which official approved a release"),
            purpose=_("So that somebody answers for what was published"),
            keep=_("As long as the official has an account"),
        ),
    ),
)
