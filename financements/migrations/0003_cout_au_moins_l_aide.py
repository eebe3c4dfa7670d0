"""Le coût d’un projet financé ne descend pas sous l’aide votée : le même contrôle que sur les tranches, côté budget.

Le déclencheur est posé ici et non dans `projets`, qui ne connaît pas les financements.
"""

from django.db import migrations

POSER = """
CREATE FUNCTION financements_cout_au_moins_l_aide() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE cible bigint; aide numeric; total numeric;
BEGIN
    FOR cible IN SELECT DISTINCT x FROM unnest(ARRAY[NEW.projet_id, OLD.projet_id]) AS x WHERE x IS NOT NULL LOOP
        SELECT COALESCE((SELECT sum(t.montant) FROM financements_tranche t WHERE t.action_id = a.id), 0)
             + COALESCE((SELECT sum(f.montant_fse) FROM financements_contrepartiefse f WHERE f.action_id = a.id), 0),
               COALESCE((SELECT sum(e.cout) FROM projets_exerciceprojet e WHERE e.projet_id = cible), 0)
          INTO aide, total FROM financements_action a WHERE a.projet_id = cible;
        IF FOUND AND aide > total THEN
            RAISE EXCEPTION 'Le coût du projet (% €) ne descend pas sous l’aide votée et le FSE (% €).', total, aide
                USING ERRCODE = 'check_violation', CONSTRAINT = 'aide_au_plus_le_cout';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER financements_cout_au_moins_l_aide AFTER UPDATE OR DELETE ON projets_exerciceprojet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION financements_cout_au_moins_l_aide();
"""
RETIRER = """
DROP TRIGGER financements_cout_au_moins_l_aide ON projets_exerciceprojet;
DROP FUNCTION financements_cout_au_moins_l_aide();
"""


class Migration(migrations.Migration):
    dependencies = [("financements", "0002_invariants_resserres"), ("projets", "0003_invariants_resserres")]
    operations = [migrations.RunSQL(POSER, RETIRER)]
