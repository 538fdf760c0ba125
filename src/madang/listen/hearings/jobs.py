"""The hearings block's work in the queue; each makes one service call."""

from uuid import UUID

from django.utils import timezone

from madang.ground.jobs.queue import job, periodic
from madang.listen.hearings.queries import hearings_with_stale_maps
from madang.listen.hearings.rights import people_to_tell, write_to_participant
from madang.listen.hearings.services import draw_map


@job(retries=3)
def draw_current_map(*, slug: str) -> None:
    """Draw the map of a hearing as it stands when the job runs."""
    draw_map(slug=slug, at=timezone.now())


@job()
def tell_participants(*, slug: str) -> None:
    """Queue a letter to each participant who agreed to get one."""
    for person_id, language in people_to_tell(slug=slug):
        tell_participant.defer(person_id=str(person_id), slug=slug, language=language)


@job(retries=5)
def tell_participant(*, person_id: str, slug: str, language: str) -> None:
    """Write to one participant that the city has answered."""
    write_to_participant(person_id=UUID(person_id), slug=slug, language=language)


@periodic("* * * * * */20")
def redraw_stale_maps() -> None:
    """Every 20 seconds: queue a map for each open hearing where something changed."""
    for slug in hearings_with_stale_maps():
        draw_current_map.defer(slug=slug)
