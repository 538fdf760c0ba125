"""The hearings block declares itself."""

from madang.ground.block import Block
from madang.ground.words import marked as _
from madang.listen.hearings import events

BLOCK = Block(
    name="hearings",
    korean="공청회",
    english="Hearings",
    summary=_(
        "Residents write what they think, vote on each other's sentences, and see where they stand."
    ),
    home="hearings:list",
    uses=("identity", "journal", "privacy"),
    emits=(
        events.HearingOpened,
        events.HearingImported,
        events.StatementWritten,
        events.StatementRemoved,
        events.StatementModerated,
        events.VoteCast,
        events.HearingClosed,
        events.MapDrawn,
        events.HearingDecided,
        events.HearingAnswered,
    ),
    datasets=("hearings.votes", "hearings.statements"),
)
