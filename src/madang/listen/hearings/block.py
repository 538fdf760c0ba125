"""The hearings block declares itself."""

from madang.ground.block import Block, Personal
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
    ),
    datasets=("hearings.votes", "hearings.statements"),
    personal=(
        Personal(
            field="Participant.pseudonym",
            holds=_("A stand-in for you in one hearing"),
            purpose=_(
                "One vote a resident on each sentence; only the city's key leads "
                "from it back to you"
            ),
            keep=_("As long as the hearing's votes are kept as a public record"),
        ),
        Personal(
            field="Vote.value",
            holds=_("How the stand-in voted, and when"),
            purpose=_("To draw the map of opinions, which anyone can draw again"),
            keep=_("As long as the hearing's votes are kept as a public record"),
        ),
        Personal(
            field="Statement.author",
            holds=_("The stand-in of who wrote a sentence"),
            purpose=_("So that nobody floods a hearing and nothing is kept twice"),
            keep=_("As long as the hearing is kept as a public record"),
        ),
        Personal(
            field="Statement.words",
            holds=_("The sentence you wrote, without your name"),
            purpose=_("So that others can vote on it and the city can answer it"),
            keep=_("As long as the hearing is kept as a public record"),
        ),
    ),
)
