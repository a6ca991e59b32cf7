"""The database itself refuses to change the audit trail, or to add a link that does not join the one before."""

from django.db import migrations

from clinic.append_only import protect

SQLITE = """
CREATE TRIGGER clinic_auditevent_link BEFORE INSERT ON clinic_auditevent WHEN
  NEW.seq IS NOT coalesce((SELECT max(seq) FROM clinic_auditevent WHERE clinic_id = NEW.clinic_id), 0) + 1 OR
  NEW.previous IS NOT coalesce(
    (SELECT hash FROM clinic_auditevent WHERE clinic_id = NEW.clinic_id ORDER BY seq DESC LIMIT 1), '{genesis}')
BEGIN SELECT RAISE(ABORT, 'the event does not join the chain'); END
"""
POSTGRES = """
CREATE FUNCTION check_audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
  SELECT seq, hash INTO last FROM clinic_auditevent WHERE clinic_id = NEW.clinic_id ORDER BY seq DESC LIMIT 1;
  IF NEW.seq IS DISTINCT FROM coalesce(last.seq, 0) + 1 OR NEW.previous IS DISTINCT FROM coalesce(last.hash, '{genesis}') THEN
    RAISE EXCEPTION 'the event does not join the chain' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clinic_auditevent_link BEFORE INSERT ON clinic_auditevent FOR EACH ROW EXECUTE FUNCTION check_audit_link();
"""


def link(apps, schema):
    sql = POSTGRES if schema.connection.vendor == "postgresql" else SQLITE
    schema.execute(sql.format(genesis="0" * 64), params=None)


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]
    operations = [protect("clinic_auditevent"), migrations.RunPython(link, migrations.RunPython.noop)]
