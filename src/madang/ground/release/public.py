"""The door: what blocks ask before they hand out data of their own."""

from madang.ground.block import Leaves
from madang.ground.release.queries import list_datasets


class UnableToLeave(Exception):
    """This dataset does not leave as it is. The message is its name."""


def refuse_unless_record(*, dataset: str) -> None:
    """Raise UnableToLeave where a dataset is no public record by the rule its block states."""
    leaves = {each.dataset: each.leaves for each in list_datasets()}
    if leaves.get(dataset) is not Leaves.AS_RECORD:
        raise UnableToLeave(dataset)
