"""What ballots hold of a person, told to that person alone."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from madang.decide.ballots.models import Ballot, Cast, Choice
from madang.decide.ballots.queries import district_name
from madang.ground.privacy.pseudonyms import pseudonyms
from madang.ground.rights.public import Held, tells
from madang.ground.words import said

# Each stand-in is looked up on its own ballot, by an index; a list of them would read all rows.
OWN = """
SELECT own.* FROM unnest(%s::bigint[], %s::text[]) AS voice (ballot, name)
JOIN ballots_cast own ON own.ballot_id = voice.ballot AND own.voter = voice.name
ORDER BY own.cast_at
"""


@tells("ballots", along={"Cast.cast_at": "Cast.voter", "Choice.points": "Choice.project"})
def held_about(*, person_id: UUID, language: str) -> Iterator[Held]:
    """Return what ballots hold of a person, found by their stand-ins. Four SQL queries."""
    ballots = list(Ballot.objects.public().values_list("id", "slug", "title"))
    asked = [(person_id, f"ballots.{slug}") for _id, slug, _title in ballots]
    own = pseudonyms(block="ballots", asked=asked)
    slug_of = {voter: slug for voter, (_id, slug, _title) in zip(own, ballots, strict=True)}
    names = {slug: said(title, language) for _id, slug, title in ballots}
    voters = [[key for key, _slug, _title in ballots], list(slug_of)]
    casts = {row.id: row for row in Cast.objects.raw(OWN, voters)}
    for row in casts.values():
        slug = slug_of[row.voter]
        title = names[slug]
        url = reverse("ballots:ballot", args=[slug])
        yield Held(
            field="Cast.voter",
            shows=gettext("A stand-in that begins with {begins}").format(begins=row.voter[:8]),
            value={"pseudonym": row.voter},
            about=title,
            url=url,
            thing=slug,
        )
        if row.district:
            yield Held(
                field="Cast.district",
                shows=district_name(row.district, language),
                value=row.district,
                about=title,
                url=url,
                thing=slug,
            )
    chosen = Choice.objects.filter(cast__in=casts).select_related("project")
    for choice in chosen.order_by("cast", "project__place"):
        cast, project = casts[choice.cast_id], choice.project
        slug = slug_of[cast.voter]
        yield Held(
            field="Choice.project",
            shows=said(project.words, language),
            value={"project": project.code, "points": str(choice.points.normalize())},
            about=names[slug],
            url=reverse("ballots:ballot", args=[slug]),
            thing=f"{slug}/{project.code}",
            at=cast.cast_at,
        )
