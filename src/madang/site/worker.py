"""The jobs process of `madang serve`: the city is up already, only the queue is worked."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.site.settings")
    django.setup()
    from madang.ground.jobs.queue import work_forever
    from madang.site.operate.processes import begin

    begin("jobs")
    work_forever()


if __name__ == "__main__":
    main()
