"""The rule of a count: everything that can change a winner, in one value that can be printed."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeVar

from madang.core.bad_input import BadInput
from madang.core.ballot.election import Election, VoteType

Word = TypeVar("Word", bound=StrEnum)


class Method(StrEnum):
    EQUAL_SHARES = "equal-shares"
    GREEDY = "greedy"
    PHRAGMEN = "phragmen"


class Utility(StrEnum):
    """What a funded project is worth to a voter who listed it."""

    COST = "cost"
    CARDINALITY = "cardinality"
    POINTS = "points"
    BORDA = "borda"


class Completion(StrEnum):
    """How money that Equal Shares leaves over is spent."""

    NONE = "none"
    ADD1 = "add1"
    ADD1U = "add1u"
    UTILITARIAN = "utilitarian"

    @property
    def grows_endowment(self) -> bool:
        return self in (Completion.ADD1, Completion.ADD1U)

    @property
    def ends_greedily(self) -> bool:
        return self in (Completion.UTILITARIAN, Completion.ADD1U)


class TieBreak(StrEnum):
    """Which of several equally placed projects goes first."""

    PROJECT_ID = "project-id"


@dataclass(frozen=True, slots=True)
class Rule:
    """A counting rule. Phragmén uses no utility to count; its certificate is measured in it."""

    method: Method
    utility: Utility = Utility.COST
    completion: Completion = Completion.NONE
    tie_break: TieBreak = TieBreak.PROJECT_ID

    def __post_init__(self) -> None:
        if self.method != Method.EQUAL_SHARES and self.completion != Completion.NONE:
            raise BadInput("--completion", None, "Only the rule equal-shares can be completed.")

    def manifest(self) -> dict[str, str]:
        """Return the rule as it is printed beside a result, hashed and compared."""
        return {name: value.value for name, value in asdict(self).items()}


def parse_rule(
    *, method: str, utility: str = "cost", completion: str = "none", tie_break: str = "project-id"
) -> Rule:
    """Return the rule of these words. Raises BadInput for a word that names none."""
    return Rule(
        method=_word(Method, "--rule", method),
        utility=_word(Utility, "--utility", utility),
        completion=_word(Completion, "--completion", completion),
        tie_break=_word(TieBreak, "--tie-break", tie_break),
    )


def _word(words: type[Word], option: str, word: str) -> Word:
    try:
        return words(word)
    except ValueError:
        raise BadInput(
            option, None, "{word} is not one of {words}.", word=word, words=", ".join(words)
        ) from None


def refuse_unfit_rule(election: Election, rule: Rule) -> None:
    """Raise BadInput where the ballots do not hold what the rule counts."""
    if rule.utility == Utility.POINTS and not election.vote_type.has_points:
        raise BadInput("--utility", None, "Ballots of type {vote_type} hold no points.",
                       vote_type=election.vote_type.value)  # fmt: skip
    if rule.utility == Utility.BORDA and election.vote_type != VoteType.ORDINAL:
        raise BadInput("--utility", None, "Ballots of type {vote_type} hold no ranking.",
                       vote_type=election.vote_type.value)  # fmt: skip
