"""The ballots block declares itself."""

from madang.decide.ballots import events
from madang.ground.block import Block, Personal
from madang.ground.words import marked as _

BLOCK = Block(
    name="ballots",
    korean="투표",
    english="Ballots",
    summary=_("Residents choose projects under a budget, and see why each one won or lost."),
    home="ballots:list",
    uses=("identity", "privacy", "rights", "hearings.public"),
    emits=(
        events.BallotOpened,
        events.BallotImported,
        events.BallotCast,
        events.BallotClosed,
        events.BallotCounted,
    ),
    datasets=("ballots.choices", "ballots.results"),
    personal=(
        Personal(
            field="Cast.voter",
            holds=_("A stand-in for you on one ballot"),
            purpose=_("One ballot a resident; only the city's key leads from it back to you"),
            keep=_("As long as the ballot is kept as a public record"),
        ),
        Personal(
            field="Cast.district",
            holds=_("The district in which the stand-in lived when it voted"),
            purpose=_("To check who may vote where only one district is asked"),
            keep=_("As long as the ballot is kept as a public record"),
        ),
        Personal(
            field="Choice.project",
            holds=_("Which projects the stand-in chose, and when"),
            purpose=_("To count the ballot, which anyone can count again"),
            keep=_("As long as the ballot is kept as a public record"),
        ),
    ),
)
