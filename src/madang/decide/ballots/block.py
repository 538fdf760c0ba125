"""The ballots block declares itself."""

from madang.decide.ballots import events
from madang.ground.block import Block, Leaves, Personal, ReleaseRule
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
