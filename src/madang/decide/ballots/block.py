"""The ballots block declares itself."""

from madang.decide.ballots import events
from madang.ground.block import Block, Leaves, ReleaseRule
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
    release_rules=(
        ReleaseRule(
            dataset="ballots.choices",
            leaves=Leaves.AS_RECORD,
            why=_(
                "The record of a ballot: once it is closed anyone can count it again. It holds "
                "choices alone, no time and no district, in an order that tells nothing more."
            ),
        ),
        ReleaseRule(
            dataset="ballots.results",
            leaves=Leaves.AS_RECORD,
            why=_("What a ballot decided; it speaks of projects, not of people."),
        ),
    ),
)
