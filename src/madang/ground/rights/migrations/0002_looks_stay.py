"""Keep notes of looks as they were written: a trigger refuses to change or to take one out.

It looks at the end of the transaction, so that a note may go with the person it is about, whatever
comes first; that who looked may be forgotten once that person is gone; and that old ones may go.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION rights_keep_looks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.looked_at > now() - interval '730 days'
           AND EXISTS (SELECT FROM identity_person WHERE id = OLD.person_id) THEN
            RAISE EXCEPTION 'a noted look is kept for two years'
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF to_jsonb(NEW) - 'looker_id' <> to_jsonb(OLD) - 'looker_id'
       OR NEW.looker_id IS NOT NULL
       OR EXISTS (SELECT FROM identity_person WHERE id = OLD.looker_id) THEN
        RAISE EXCEPTION 'a noted look is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rights_looks_stay AFTER UPDATE OR DELETE ON rights_looknote
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rights_keep_looks();
"""
LET_GO = """
DROP TRIGGER rights_looks_stay ON rights_looknote;
DROP FUNCTION rights_keep_looks();
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]

    operations = [migrations.RunSQL(KEEP, LET_GO)]
