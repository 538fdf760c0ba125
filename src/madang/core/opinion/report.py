"""The map of a conversation, and its stable JSON."""

from dataclasses import dataclass
from typing import Any

from madang.core.opinion.conversation import AGREE, Conversation, input_hash
from madang.core.opinion.grouping import BASE_CLUSTERS
from madang.core.opinion.opinion_map import CORE_VERSION, NO_GROUP, OpinionMap, draw_map
from madang.core.opinion.positions import PEOPLE_TO_TOP_UP_TO, VOTES_TO_BE_PLACED
from madang.core.opinion.statistics import STATEMENTS_A_LIST, Z_90, Standout

# Digits that are the same on every machine; linear algebra may differ in the last few of sixteen.
DIGITS = 6


@dataclass(frozen=True)
class ConversationMap:
    """A conversation and the map drawn of it."""

    conversation: Conversation
    drawn: OpinionMap


def map_conversation(conversation: Conversation, groups: int | None = None) -> ConversationMap:
    """Return the map of a conversation; `groups` as in draw_map."""
    drawn = draw_map(conversation.votes, moderated_out=conversation.moderated_out, groups=groups)
    return ConversationMap(conversation, drawn)


def as_json(result: ConversationMap) -> dict[str, Any]:
    """Return the map as plain dicts, lists, numbers and None, for json.dumps.

    The same conversation gives the same bytes on every machine. Ids are those of the input.
    A participant with too few votes has x, y and group None.
    """
    return {
        "participants": _participants(result),
        "groups": _groups(result),
        "statements": _statements(result),
        "consensus": [
            result.conversation.statements[found.statement].id
            for found in result.drawn.consensus_statements
        ],
        "params": _params(result),
    }


def _participants(result: ConversationMap) -> list[dict[str, Any]]:
    drawn = result.drawn
    return [
        {
            "id": id_,
            "x": _rounded(position[0]) if is_placed else None,
            "y": _rounded(position[1]) if is_placed else None,
            "group": group if group != NO_GROUP else None,
        }
        for id_, position, group, is_placed in zip(
            result.conversation.participant_ids,
            drawn.positions.tolist(),
            drawn.group_of.tolist(),
            drawn.placed.tolist(),
            strict=True,
        )
    ]


def _groups(result: ConversationMap) -> list[dict[str, Any]]:
    drawn = result.drawn
    return [
        {"id": group, "size": size, "representative": [_standout(result, n) for n in chosen]}
        for group, (size, chosen) in enumerate(
            zip(drawn.group_sizes, drawn.representative, strict=True)
        )
    ]


def _standout(result: ConversationMap, found: Standout) -> dict[str, Any]:
    return {
        "id": result.conversation.statements[found.statement].id,
        "stance": _stance(found),
        "count": found.count,
        "seen": found.seen,
        "share": _rounded(found.share),
        "share_test": _rounded(found.share_test),
        "ratio": _rounded(found.ratio),
        "ratio_test": _rounded(found.ratio_test),
    }


def _statements(result: ConversationMap) -> list[dict[str, Any]]:
    drawn = result.drawn
    consensus_on = {found.statement: _stance(found) for found in drawn.consensus_statements}
    return [
        {
            "id": statement.id,
            "agree": int(drawn.total.agree[n]),
            "disagree": int(drawn.total.disagree[n]),
            "pass": int(drawn.total.passed[n]),
            "consensus": float(drawn.consensus[n]),
            "divisiveness": float(drawn.divisiveness[n]),
            "consensus_stance": consensus_on.get(n),
            "moderated_out": bool(drawn.moderated_out[n]),
        }
        for n, statement in enumerate(result.conversation.statements)
    ]


def _params(result: ConversationMap) -> dict[str, Any]:
    drawn = result.drawn
    return {
        "core_version": CORE_VERSION,
        "input_sha256": input_hash(result.conversation),
        "k": len(drawn.group_sizes),
        "k_given": drawn.k_given,
        "silhouettes": {str(k): _rounded(score) for k, score in drawn.silhouettes},
        "votes_to_be_placed": VOTES_TO_BE_PLACED,
        "people_to_top_up_to": PEOPLE_TO_TOP_UP_TO,
        "base_clusters": BASE_CLUSTERS,
        "z": Z_90,
        "statements_a_list": STATEMENTS_A_LIST,
    }


def _stance(found: Standout) -> str:
    return "agree" if found.stance == AGREE else "disagree"


def _rounded(number: float) -> float:
    return round(number, DIGITS) + 0.0  # no minus zero
