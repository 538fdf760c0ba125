"""Sign-ins move to a table that says whose they are; everybody signs in once more."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Django's own check of a changed password needs the password; a block has only this function.
DOOR = """
CREATE FUNCTION identity_visitor(key varchar)
RETURNS TABLE (person_id uuid, roles varchar[], district text, proof text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT person.id,
           ARRAY(SELECT role FROM identity_rolegrant WHERE identity_rolegrant.person_id = person.id),
           residency.district, residency.proof
    FROM identity_signin AS sign_in
    JOIN identity_person AS person ON person.id = sign_in.person_id
    LEFT JOIN identity_residency AS residency ON residency.person_id = person.id
    WHERE sign_in.session_key = key AND sign_in.expire_date > now() AND person.is_active
$$;
REVOKE EXECUTE ON FUNCTION identity_visitor FROM PUBLIC;
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION identity_visitor(varchar)'
        ' SET search_path = pg_catalog, %I, pg_temp', current_schema
    );
END $$;

CREATE FUNCTION identity_end_sign_ins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM identity_signin WHERE person_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER a_new_password_ends_sign_ins AFTER UPDATE OF password ON identity_person
FOR EACH ROW WHEN (OLD.password <> NEW.password) EXECUTE FUNCTION identity_end_sign_ins();
DROP TABLE IF EXISTS django_session;
"""
NO_DOOR = """
DROP TRIGGER a_new_password_ends_sign_ins ON identity_person;
DROP FUNCTION identity_end_sign_ins;
DROP FUNCTION identity_visitor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_warned_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.RunSQL(DOOR, NO_DOOR),
    ]
