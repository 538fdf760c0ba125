"""The plan block declares itself."""

from madang.decide.plan import events
from madang.ground.block import Block, Leaves, ReleaseRule
from madang.ground.words import marked as _

BLOCK = Block(
    name="plan",
    korean="기본계획",
    english="Plan",
    summary=_(
        "What the city has promised, who carries it out, how far it is, and because of whom."
    ),
    home="plan:plan",
    uses=("identity", "hearings.public"),
    emits=(events.PlanMade, events.CommitmentMade, events.CommitmentProgressed),
    datasets=("plan.commitments",),
    release_rules=(
        ReleaseRule(
            dataset="plan.commitments",
            leaves=Leaves.AS_RECORD,
            why=_("What the city promised; it speaks of offices, not of people."),
        ),
    ),
)
