"""The pages, as granian serves them."""

import os

from django.core.wsgi import get_wsgi_application

from madang.site.operate.processes import begin

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.site.settings")
application = get_wsgi_application()
begin("pages")
