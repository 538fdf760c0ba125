"""The hearings block declares itself."""

from madang.ground.block import Block, Leaves, ReleaseRule
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
    uses=("consent", "identity", "journal", "privacy", "rights"),
    emits=(
        events.HearingOpened,
        events.HearingImported,
        events.StatementWritten,
        events.StatementRemoved,
        events.StatementErased,
        events.StatementModerated,
        events.VoteCast,
        events.HearingClosed,
        events.MapDrawn,
        events.HearingDecided,
        events.HearingAnswered,
        events.VoicesChanged,
    ),
    datasets=("hearings.votes", "hearings.statements"),
    release_rules=(
        ReleaseRule(
            dataset="hearings.votes",
            leaves=Leaves.AS_RECORD,
            why=_(
                "The record of a public hearing: once it is closed anyone can draw its map again. "
                "People go by numbers that say nothing outside it."
            ),
        ),
        ReleaseRule(
            dataset="hearings.statements",
            leaves=Leaves.AS_RECORD,
            why=_("Sentences written to be read by all, after a moderator read them, unsigned."),
        ),
    ),
)
