"""What Django's constraints cannot say: a choice stays on one ballot, an open ballot stays as it is."""

from django.db import migrations

COMPOSITE_KEYS = """
ALTER TABLE ballots_choice
    ADD CONSTRAINT choice_on_the_ballot_of_its_cast
        FOREIGN KEY (cast_id, ballot_id) REFERENCES ballots_cast (id, ballot_id),
    ADD CONSTRAINT choice_on_the_ballot_of_its_project
        FOREIGN KEY (project_id, ballot_id) REFERENCES ballots_ballotproject (id, ballot_id);
"""
DROP_COMPOSITE_KEYS = """
ALTER TABLE ballots_choice
    DROP CONSTRAINT choice_on_the_ballot_of_its_cast,
    DROP CONSTRAINT choice_on_the_ballot_of_its_project;
"""
TRIGGERS = """
CREATE FUNCTION ballots_keep_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        NEW.status = 'draft'
        OR (NEW.slug, NEW.rule, NEW.budget, NEW.currency, NEW.vote_type, NEW.eligibility, NEW.district)
           IS DISTINCT FROM
           (OLD.slug, OLD.rule, OLD.budget, OLD.currency, OLD.vote_type, OLD.eligibility, OLD.district)
    ) THEN
        RAISE EXCEPTION 'an open ballot stays as it was opened' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ballot_stays_as_opened AFTER UPDATE ON ballots_ballot
    FOR EACH ROW EXECUTE FUNCTION ballots_keep_ballot();

CREATE FUNCTION ballots_keep_projects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ballots_ballot
        WHERE id = COALESCE(NEW.ballot_id, OLD.ballot_id) AND status = 'draft';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an open ballot keeps its projects' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER projects_stay_as_opened
    AFTER INSERT OR DELETE OR UPDATE OF ballot_id, code, words, summary, cost, goal, statement
    ON ballots_ballotproject
    FOR EACH ROW EXECUTE FUNCTION ballots_keep_projects();
"""
DROP_TRIGGERS = """
DROP TRIGGER projects_stay_as_opened ON ballots_ballotproject;
DROP TRIGGER ballot_stays_as_opened ON ballots_ballot;
DROP FUNCTION ballots_keep_projects();
DROP FUNCTION ballots_keep_ballot();
"""


class Migration(migrations.Migration):
    dependencies = [("ballots", "0001_initial")]

    operations = [
        migrations.RunSQL(COMPOSITE_KEYS, DROP_COMPOSITE_KEYS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
    ]
