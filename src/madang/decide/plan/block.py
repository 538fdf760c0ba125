"""The plan block declares itself."""

from madang.decide.plan import events
from madang.ground.block import Block
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
)
