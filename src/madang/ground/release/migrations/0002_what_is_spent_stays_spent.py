"""What Django's constraints cannot say: nothing is refunded, and what was published stays."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION release_keep_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.spent_micro_epsilon < OLD.spent_micro_epsilon
        OR NEW.spent_pico_delta < OLD.spent_pico_delta
        OR (NEW.dataset, NEW.starts, NEW.ends, NEW.micro_epsilon, NEW.pico_delta)
           IS DISTINCT FROM
           (OLD.dataset, OLD.starts, OLD.ends, OLD.micro_epsilon, OLD.pico_delta)
    THEN
        RAISE EXCEPTION 'a privacy budget is never raised or refunded'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER budget_only_shrinks AFTER UPDATE OR DELETE ON release_budget
    FOR EACH ROW EXECUTE FUNCTION release_keep_budget();

CREATE FUNCTION release_keep_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.key, NEW.dataset, NEW.title, NEW.method, NEW.parameters, NEW.facts, NEW.content,
            NEW.sha256, NEW.published_at)
           IS DISTINCT FROM
           (OLD.key, OLD.dataset, OLD.title, OLD.method, OLD.parameters, OLD.facts, OLD.content,
            OLD.sha256, OLD.published_at)
    THEN
        RAISE EXCEPTION 'what was published stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER release_stays AFTER UPDATE OR DELETE ON release_release
    FOR EACH ROW EXECUTE FUNCTION release_keep_release();

CREATE FUNCTION release_keep_spending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was spent stays spent' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER spending_stays AFTER UPDATE OR DELETE ON release_spending
    FOR EACH ROW EXECUTE FUNCTION release_keep_spending();
"""
DROP_TRIGGERS = """
DROP TRIGGER spending_stays ON release_spending;
DROP TRIGGER release_stays ON release_release;
DROP TRIGGER budget_only_shrinks ON release_budget;
DROP FUNCTION release_keep_spending();
DROP FUNCTION release_keep_release();
DROP FUNCTION release_keep_budget();
"""


class Migration(migrations.Migration):
    dependencies = [("release", "0001_initial")]

    operations = [migrations.RunSQL(TRIGGERS, DROP_TRIGGERS)]
