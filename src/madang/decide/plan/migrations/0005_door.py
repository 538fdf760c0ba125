"""The door becomes a view: a block with a role of its own reads this, and no table of ours."""

from django.db import migrations, models


VIEWS = """
CREATE VIEW plan_public_commitment AS
SELECT id, words, status, origin, made_at FROM plan_commitment;
"""
UNDO = """
DROP VIEW plan_public_commitment;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('plan', '0004_origin'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicCommitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.JSONField()),
                ('status', models.CharField(max_length=20)),
                ('origin', models.CharField(max_length=20)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'plan_public_commitment',
                'managed': False,
            },
        ),
        migrations.RunSQL(VIEWS, UNDO),
    ]
