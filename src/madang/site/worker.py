"""The jobs process of `madang serve`: the city is up already, only queues are worked.

It takes all of them, or the one that its argument names.
"""

import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.site.settings")
    django.setup()
    import madang.site.backup.jobs  # noqa: F401  # its jobs are known from here on
    from madang.ground.jobs.queue import work_forever
    from madang.site.operate.processes import begin

    begin("jobs")
    work_forever(sys.argv[1] if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    main()
