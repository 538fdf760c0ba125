"""The hearings block's work in the queue; each makes one service call."""

from django.utils import timezone

from madang.ground.jobs.queue import job, periodic
from madang.listen.hearings.queries import hearings_with_stale_maps
from madang.listen.hearings.services import draw_map


@job(retries=3)
def draw_current_map(*, slug: str) -> None:
    """Draw the map of a hearing as it stands when the job runs."""
    draw_map(slug=slug, at=timezone.now())


@periodic("* * * * * */20")
def redraw_stale_maps() -> None:
    """Every 20 seconds: queue a map for each open hearing where something changed."""
    for slug in hearings_with_stale_maps():
        draw_current_map.defer(slug=slug)
