"""The ballots block declares itself."""

from madang.decide.ballots import events
from madang.ground.block import Block, Personal

BLOCK = Block(
    name="ballots",
    korean="투표",
    english="Ballots",
    summary="Residents choose projects under a budget, and see why each one won or lost.",
    home="ballots:list",
    uses=("identity", "privacy", "hearings.public"),
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
            holds="A stand-in for you on one ballot",
            purpose="One ballot a resident; nobody can go back from it to you",
            keep="As long as the ballot is kept as a public record",
        ),
        Personal(
            field="Cast.district",
            holds="The district in which the stand-in lived when it voted",
            purpose="To check who may vote where only one district is asked",
            keep="As long as the ballot is kept as a public record",
        ),
        Personal(
            field="Choice.project",
            holds="Which projects the stand-in chose, and when",
            purpose="To count the ballot, which anyone can count again",
            keep="As long as the ballot is kept as a public record",
        ),
    ),
)
