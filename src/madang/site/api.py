"""The root of the open data API: each block's `api.py` hangs its router here."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from ninja import NinjaAPI

from madang import __version__
from madang.site.operate.problems import answer_problems

api = NinjaAPI(
    title="Madang",
    version=__version__,
    description="Open data of the city's hearings, ballots and plan. Read-only, no key needed.",
    docs_url=None,
    urls_namespace="api",
)

for placed in settings.BLOCKS:
    if find_spec(f"{placed.package}.api"):
        api.add_router(f"/{placed.block.name}", import_module(f"{placed.package}.api").router)

answer_problems(api)
