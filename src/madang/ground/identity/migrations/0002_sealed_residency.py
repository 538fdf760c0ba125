"""Districts, and how they were shown, are sealed under keys outside the database."""

from django.db import migrations, models

from madang.ground.keeping.encrypted import EncryptedTextField, seal_rows
from madang.ground.keeping.personal import after


def seal(apps, schema_editor):
    for name in ("district", "proof"):
        field = EncryptedTextField(
            purpose="identity.residency",
            keep=after("proved_at", "", days=730),
            bound_to=("person_id",),
        )
        seal_rows(apps.get_model("identity", "Residency").objects.all(), name, field)


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="residency", name="known_proof"),
        migrations.AlterField(
            model_name="residency",
            name="district",
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name="residency",
            name="proof",
            field=models.TextField(choices=[("declared", "Declared"), ("counter", "Counter")]),
        ),
        migrations.RunPython(seal),
    ]
