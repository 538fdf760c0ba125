"""Links that are read elsewhere: in letters and on papers."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the whole web address of a path of ours."""
    scheme = "https" if settings.IS_SECURE else "http"
    return f"{scheme}://{settings.ALLOWED_HOSTS[0]}{path}"
