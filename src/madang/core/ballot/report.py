"""One JSON structure for a count: winners, rule, certificate and explanations.

Amounts are strings, decimal or "a/b", so that no reader turns them into floats by accident.
"""

from collections.abc import Iterable
from typing import Any

from madang.core.ballot.amount import as_text
from madang.core.ballot.certificate import AXIOM, Certificate, Proportionality, certify
from madang.core.ballot.count import Count, Purchase
from madang.core.ballot.explain import RECOUNTS, Explanation, explain_all

Json = dict[str, Any]


def report(count: Count, *, recounts: int = RECOUNTS, with_needed: bool = True) -> Json:
    """Return the whole result as `madang ballots count` prints it.

    recounts, with_needed: how much work to spend on the support that losers missed; see `explain`.
    """
    return {
        "winners": list(count.winners),
        "spent": as_text(count.spent),
        "budget": as_text(count.election.budget),
        "rule": count.rule.manifest(),
        "certificate": certificate_json(certify(count)),
        "explanations": explanations_json(
            explain_all(count, recounts=recounts, with_needed=with_needed)
        ),
    }


def certificate_json(certificate: Certificate) -> Json:
    endowment = certificate.endowment
    return {
        "input_sha256": certificate.input_sha256,
        "rule_sha256": certificate.rule_sha256,
        "core_version": certificate.core_version,
        "spent": as_text(certificate.spent),
        "budget": as_text(certificate.budget),
        "exhaustive": certificate.is_exhaustive,
        "endowment": None if endowment is None else as_text(endowment),
        "proportionality": _proportionality_json(certificate.proportionality),
        "purchases": [_purchase_json(purchase) for purchase in certificate.purchases],
        "ties": [{"won": tie.project, "lost": list(tie.tied)} for tie in certificate.ties],
    }


def explanations_json(explanations: Iterable[Explanation]) -> list[Json]:
    return [
        {
            "project": explanation.project,
            "funded": explanation.funded,
            "support": explanation.support,
            "needed": explanation.needed.voters,
            "needed_is_fewest": explanation.needed.is_fewest,
            "why": explanation.sentence,
            "code": explanation.code,
            "values": explanation.values,
        }
        for explanation in explanations
    ]


def _proportionality_json(found: Proportionality) -> Json:
    witness = found.witness
    return {
        "axiom": AXIOM,
        "utility": found.utility.value,
        "holds": found.holds,
        "beta": None if found.beta is None else as_text(found.beta),
        "witness": None
        if witness is None
        else {
            "project": witness.project,
            "voters": witness.voters,
            "share": as_text(witness.share),
            "has_at_most": as_text(witness.has_at_most),
        },
    }


def _purchase_json(purchase: Purchase) -> Json:
    return {
        "project": purchase.project,
        "by": purchase.by.value,
        "value": None if purchase.value is None else as_text(purchase.value),
        "tied": list(purchase.tied),
    }
