"""Stand-ins that were made with the city's key itself stay valid until they are renewed."""

from django.db import migrations


def note(apps, schema_editor):
    casts = apps.get_model("ballots", "Cast").objects.filter(channel="page")
    spoken = casts.values_list("ballot__slug", flat=True).distinct()
    generation = apps.get_model("privacy", "Generation")
    generation.objects.bulk_create(
        generation(purpose=f"ballots.{slug}", number=0) for slug in sorted(spoken)
    )


class Migration(migrations.Migration):
    dependencies = [("ballots", "0006_sealed_district"), ("privacy", "0001_initial")]

    operations = [migrations.RunPython(note)]
