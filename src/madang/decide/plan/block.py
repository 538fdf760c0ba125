"""The plan block declares itself."""

from madang.decide.plan import events
from madang.ground.block import Block

BLOCK = Block(
    name="plan",
    korean="기본계획",
    english="Plan",
    summary="What the city has promised, who carries it out, how far it is, and because of whom.",
    home="plan:plan",
    uses=("identity", "hearings.public"),
    emits=(events.CommitmentMade, events.CommitmentProgressed),
    datasets=("plan.commitments",),
)
