"""The jobs process of `madang serve`: the city is up already, only the queue is worked."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.site.settings")
    django.setup()
    import madang.site.backup.jobs  # noqa: F401  # its jobs are known from here on
    from madang.ground.jobs.queue import work_forever

    work_forever()


if __name__ == "__main__":
    main()
