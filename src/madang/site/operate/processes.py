"""What each process of a served city does first, so that the operator sees it."""

from madang.site.operate import logs, metrics, traces


def begin(process: str) -> None:
    """process: "pages" or "jobs". Django is set up already."""
    logs.log_the_end()
    traces.begin(process)
    if process == "pages":
        metrics.begin()
