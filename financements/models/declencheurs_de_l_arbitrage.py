"""Ce que la base défend d’un scénario : adopté, il est figé ; ni plus que demandé, ni au-delà des enveloppes."""

import pgtrigger

from financements.models.declencheurs import lignes_figees
from financements.states import PROJETS_ARBITRABLES

FIGE = "Un scénario adopté ne change plus\u00a0: revenez sur son adoption, ou copiez-le."


def fige(nom: str, jointure: str) -> list[pgtrigger.Trigger]:
    """Rien ne change dans un scénario adopté. `jointure` : de la ligne touchée `x` à son scénario `s`."""
    return lignes_figees(
        noms=f"{nom}_{{}}_fige",
        condition=f"{jointure} WHERE s.etat = 'adopte'",
        phrase=FIGE,
        contrainte="scenario_fige",
    )


# Une année de scénario ne dépasse pas ce que le projet demande cette année-là (donc ni son coût). Sans l’ordre, la
# limite ferait espérer une faute dès la première ligne, et PostgreSQL lirait toutes les autres une à une.
_AU_PLUS_DEMANDE = """
    SELECT p.numero, x.annee, x.somme, COALESCE(e.montant_demande, 0) AS demande INTO faute
      FROM (SELECT pa.ligne_id, pa.annee, sum(pa.montant) AS somme
              FROM financements_partdescenario pa
             WHERE (pa.ligne_id, pa.annee) IN (SELECT DISTINCT t.ligne_id, t.annee FROM touchees t)
             GROUP BY pa.ligne_id, pa.annee) x
      JOIN financements_lignedescenario l ON l.id = x.ligne_id
      JOIN projets_projet p ON p.id = l.projet_id
      LEFT JOIN projets_exerciceprojet e ON e.projet_id = l.projet_id AND e.annee = x.annee
     WHERE x.somme > COALESCE(e.montant_demande, 0) ORDER BY p.numero, x.annee LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Projet n° %, % : % € dépassent les % € demandés.', faute.numero, faute.annee, faute.somme,
            faute.demande USING ERRCODE = 'check_violation', CONSTRAINT = 'scenario_au_plus_demande';
    END IF;
    RETURN NULL;
"""


def au_plus_demande(suffixe: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    """Juge ensemble les parts d’une même requête : une seule lecture, quel que soit leur nombre."""
    return pgtrigger.Trigger(
        name=f"part_{suffixe}_au_plus_demande",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(new="touchees"),  # type: ignore[no-untyped-call]
        declare=[("faute", "record")],
        func=_AU_PLUS_DEMANDE,
    )


# Le plafond dur : adopté, un scénario tient dans chaque enveloppe, au centime, ou une dérogation signée l’en dispense.
# Verrouiller l’enveloppe met en file deux adoptions, et une adoption et une révision.
_ETATS = ", ".join(f"'{etat}'" for etat in sorted(PROJETS_ARBITRABLES))
DANS_LES_ENVELOPPES = f"""
    PERFORM 1 FROM financements_enveloppe e WHERE e.appel_id = NEW.appel_id FOR UPDATE;
    SELECT r.id INTO rep FROM financements_repartition r JOIN financements_enveloppe e ON e.id = r.enveloppe_id
      WHERE e.appel_id = NEW.appel_id ORDER BY r.version DESC LIMIT 1;
    IF rep IS NULL OR NEW.repartition_id IS DISTINCT FROM rep THEN
        RAISE EXCEPTION 'Un scénario s’adopte sur la dernière répartition de l’enveloppe.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scenario_derniere_repartition';
    END IF;
    IF EXISTS (SELECT 1 FROM financements_derogation d WHERE d.scenario_id = NEW.id AND d.levee_le IS NULL) THEN
        RETURN NEW;
    END IF;
    WITH retenues AS (
        SELECT pa.territoire_id, p.axe_id, pa.annee, pa.montant
          FROM financements_partdescenario pa
          JOIN financements_lignedescenario l ON l.id = pa.ligne_id AND l.choix = 'retenu'
          JOIN projets_projet p ON p.id = l.projet_id AND p.etat IN ({_ETATS})
         WHERE l.scenario_id = NEW.id
    ), soldes AS (
        SELECT x.annee, x.somme, COALESCE((SELECT d.montant FROM financements_dotation d WHERE d.repartition_id = rep
                  AND d.territoire_id = x.territoire_id AND d.annee = x.annee), 0) AS plafond
          FROM (SELECT territoire_id, annee, sum(montant) AS somme FROM retenues GROUP BY 1, 2) x
        UNION ALL
        SELECT x.annee, x.somme, d.montant
          FROM (SELECT axe_id, annee, sum(montant) AS somme FROM retenues GROUP BY 1, 2) x
          JOIN financements_dotationaxe d ON d.repartition_id = rep AND d.axe_id = x.axe_id AND d.annee = x.annee
        UNION ALL
        SELECT x.annee, x.somme, COALESCE(c.montant_cp, 0) - COALESCE((
                 SELECT r.montant FROM financements_reserveannuelle r
                  WHERE r.repartition_id = rep AND r.annee = x.annee), 0)
          FROM (SELECT annee, sum(montant) AS somme FROM retenues GROUP BY 1) x
          LEFT JOIN financements_enveloppe e ON e.appel_id = NEW.appel_id
          LEFT JOIN financements_creditannuel c ON c.enveloppe_id = e.id AND c.annee = x.annee
    )
    SELECT s.annee, s.somme - s.plafond AS trop INTO faute FROM soldes s WHERE s.somme > s.plafond LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le scénario dépasse une enveloppe de % de % €.', faute.annee, faute.trop
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scenario_dans_les_enveloppes';
    END IF;
    RETURN NEW;
"""  # noqa: S608 (des états écrits dans le code)
