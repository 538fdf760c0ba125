"""What came of the loop so far: one summary over all blocks, for commands."""

from typing import Any

from madang.decide.ballots.models import Ballot
from madang.decide.plan.models import Because, Commitment
from madang.ground.words import said
from madang.listen.hearings.models import Hearing
from madang.listen.hearings.queries import newest_map, texts_of


def commitments(language: str) -> list[dict[str, Any]]:
    """Return every commitment with what it was made because of. Two SQL queries."""
    reasons: dict[int, list[str]] = {}
    for reason in Because.objects.order_by("id"):
        reasons.setdefault(reason.commitment_id, []).append(_place(reason))
    return [
        {
            "commitment": row.id,
            "title": said(row.words, language),
            "office": row.office,
            "budget": None if row.budget is None else f"{row.budget.normalize():f}",
            "currency": row.currency,
            "status": row.status,
            "because": ", ".join(reasons.get(row.id, [])),
        }
        for row in Commitment.objects.order_by("id")
    ]


def hearing_summary(slug: str, language: str) -> dict[str, Any]:
    """Return a hearing's numbers, groups and consensus statements."""
    hearing, drawn = Hearing.objects.get(slug=slug), newest_map(slug=slug)
    assert drawn is not None, "a loaded hearing has a map"
    texts = texts_of(slug=slug, language=language)
    return {
        "slug": slug,
        "title": said(hearing.title, language),
        "status": hearing.status,
        "votes": drawn.votes,
        "groups": [group["size"] for group in drawn.result["groups"]],
        "consensus": [
            {"text": texts[row["id"]], "stance": row["consensus_stance"]}
            for row in drawn.result["statements"]
            if row["consensus_stance"] and row["id"] in texts
        ],
    }


def ballot_summary(slug: str, language: str) -> dict[str, Any]:
    """Return a counted ballot's winners and certificate."""
    ballot = Ballot.objects.get(slug=slug)
    result: dict[str, Any] = ballot.result
    names = {project.code: said(project.words, language) for project in ballot.projects.all()}
    return {
        "slug": slug,
        "title": said(ballot.title, language),
        "status": ballot.status,
        "winners": {code: names[code] for code in result["winners"]},
        "spent": result["spent"],
        "budget": result["budget"],
        "certificate": result["certificate"],
    }


def _place(reason: Because) -> str:
    if reason.kind == "ballot":
        return f"ballot {reason.ballot}/{reason.project}"
    if reason.kind == "statement":
        return f"hearing {reason.hearing}/{reason.statement}"
    return "advice"
