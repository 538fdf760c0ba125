"""Stand-ins that were made with the city's key itself stay valid until they are renewed."""

from django.db import migrations


def note(apps, schema_editor):
    spoken = {
        *apps.get_model("hearings", "Participant")
        .objects.exclude(pseudonym=None)
        .values_list("hearing__slug", flat=True)
        .distinct(),
        *apps.get_model("hearings", "Statement")
        .objects.exclude(author="")
        .values_list("hearing__slug", flat=True)
        .distinct(),
    }
    generation = apps.get_model("privacy", "Generation")
    generation.objects.bulk_create(
        generation(purpose=f"hearings.{slug}", number=0) for slug in sorted(spoken)
    )


class Migration(migrations.Migration):
    dependencies = [("hearings", "0004_receipt"), ("privacy", "0001_initial")]

    operations = [migrations.RunPython(note)]
