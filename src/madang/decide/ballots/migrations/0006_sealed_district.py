"""The district of a voter is sealed; that of an imported one is in its file, and not here."""

from django.db import migrations, models

from madang.ground.keeping.encrypted import EncryptedTextField, seal_rows
from madang.ground.keeping.personal import after


def seal(apps, schema_editor):
    casts = apps.get_model("ballots", "Cast").objects
    casts.exclude(channel="page").exclude(district="").update(district="")
    field = EncryptedTextField(
        purpose="ballots.district",
        keep=after("cast_at", "", days=365),
        bound_to=("ballot_id", "cast_at"),
    )
    seal_rows(casts.filter(channel="page"), "district", field)


class Migration(migrations.Migration):
    dependencies = [("ballots", "0005_large_numbers")]

    operations = [
        migrations.AlterField(
            model_name="cast",
            name="district",
            field=models.TextField(blank=True),
        ),
        migrations.RunPython(seal),
    ]
