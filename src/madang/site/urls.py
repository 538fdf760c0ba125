"""Every address of the site. Korean stands at /, another language behind its code (/en/)."""

from importlib.util import find_spec

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from madang.ground.journal.web import journal
from madang.site import home
from madang.site.api import api
from madang.site.operate import probes

handler400 = "madang.site.operate.faults.unreadable"
handler404 = "madang.site.operate.faults.missing"
handler500 = "madang.site.operate.faults.failed"
urlpatterns = [
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("robots.txt", home.robots),
    path("api/v1/", api.urls),
    path("journal/", include("madang.ground.journal.web")),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("about/privacy", home.privacy, name="privacy"),
        path("about/blocks", home.blocks, name="blocks"),
        path("about/journal", journal, name="journal"),
        # Changing the address by which one signs in comes with proofs of it; not yet.
        path("account/email/", RedirectView.as_view(pattern_name="identity:me")),
        path("account/", include("allauth.account.urls")),
        path("identity/", include("madang.ground.identity.web")),
        path("rights/", include("madang.ground.rights.web")),
        path("leave/", include("madang.ground.privacy.web")),
        path("releases/", include("madang.ground.release.web")),
        *[
            path(f"{placed.block.name}/", include(f"{placed.package}.web"))
            for placed in settings.BLOCKS
            if find_spec(f"{placed.package}.web")
        ],
        prefix_default_language=False,
    ),
]
