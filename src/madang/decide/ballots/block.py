"""The ballots block declares itself."""

from madang.decide.ballots import events
from madang.ground.block import Block
from madang.ground.words import marked as _

BLOCK = Block(
    name="ballots",
    korean="투표",
    english="Ballots",
    summary=_("Residents choose projects under a budget, and see why each one won or lost."),
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
)
