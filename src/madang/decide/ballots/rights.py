"""What ballots hold of a person, told to that person alone."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from madang.decide.ballots.models import Ballot, Cast, Choice
from madang.decide.ballots.queries import district_name
from madang.decide.ballots.services import voter_of
from madang.ground.rights.public import Held, tells
from madang.ground.words import said


@tells("ballots")
def held_about(*, person_id: UUID, language: str) -> Iterator[Held]:
    """Return what ballots hold of a person, found by their stand-ins. Three SQL queries."""
    titles = dict(Ballot.objects.public().values_list("slug", "title"))
    voters = {voter_of(person_id=person_id, ballot=slug): slug for slug in titles}
    casts = {row.id: row for row in Cast.objects.filter(voter__in=voters).order_by("cast_at")}
    about = {row.id: said(titles[voters[row.voter]], language) for row in casts.values()}
    for row in casts.values():
        slug, title = voters[row.voter], about[row.id]
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
        slug = voters[cast.voter]
        yield Held(
            field="Choice.project",
            shows=said(project.words, language),
            value={"project": project.code, "points": str(choice.points.normalize())},
            about=about[cast.id],
            url=reverse("ballots:ballot", args=[slug]),
            thing=f"{slug}/{project.code}",
            at=cast.cast_at,
        )
