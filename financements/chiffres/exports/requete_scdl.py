"""La requête des données ouvertes : chaque action choisie, ce qu’elle a d’en vigueur, et si elle se publie.

Une ligne par convention signée, à la date de la dernière signature ; sans convention obligatoire (organisme public, ou
au plus 23 000 € dans l’année), à la date de notification. Une action d’un programme importé n’a pas été notifiée ici :
sa date est celle de sa délibération. Le montant est l’attribué en vigueur, avenants compris. `notificationUE` : l’aide
de cette action est notée au registre de minimis, ou une aide du département à ce SIREN y est sous le numéro de cette
convention ou la référence de cette délibération.
"""

from collections.abc import Sequence
from enum import StrEnum

from comptes.states import PUBLIQUES
from financements.chiffres.conventions import CLE_DU_TIERS, SEUIL_DE_L_ANNEE
from financements.states.execution import EtatConvention


class Situation(StrEnum):
    """Ce qu’il advient d’une action choisie."""

    PUBLIABLE = "publiable"
    SOUS_LE_SEUIL = "sous_le_seuil"
    SANS_CONVENTION = "sans_convention"
    SANS_NOTIFICATION = "sans_notification"
    SANS_MONTANT = "sans_montant"


_SIGNEES = "('signee', 'soldee', 'resiliee', 'caduque')"
_PUBLIQUES = ", ".join(f"'{forme.value}'" for forme in sorted(PUBLIQUES))

LIGNES = f"""
    WITH choisies (id) AS MATERIALIZED ({{choisies}}),
    cumuls AS (
        SELECT {CLE_DU_TIERS} AS tiers, t.annee
          FROM financements_tranche t
          JOIN financements_action a ON a.id = t.action_id
          JOIN projets_projet p ON p.id = a.projet_id
          JOIN comptes_organisme o ON o.id = p.organisme_id
         WHERE o.forme_juridique NOT IN ({_PUBLIQUES})
         GROUP BY 1, 2 HAVING sum(t.montant) > {SEUIL_DE_L_ANNEE}
    ), attribues AS (
        SELECT t.action_id, sum(t.montant) AS montant, count(*) FILTER (WHERE t.montant > 0) AS annees,
               min(t.annee) FILTER (WHERE t.montant > 0) AS premiere,
               max(t.annee) FILTER (WHERE t.montant > 0) AS derniere,
               bool_or(t.montant > 0 AND u.tiers IS NOT NULL) AS est_au_dela
          FROM financements_tranche t
          JOIN financements_action a ON a.id = t.action_id
          JOIN projets_projet p ON p.id = a.projet_id
          JOIN comptes_organisme o ON o.id = p.organisme_id
          LEFT JOIN cumuls u ON u.tiers = {CLE_DU_TIERS} AND u.annee = t.annee
         WHERE t.action_id IN (SELECT id FROM choisies)
         GROUP BY t.action_id
    ), echeances AS (
        SELECT v.action_id, count(*) AS nombre, min(v.prevu_le) AS premiere, max(v.prevu_le) AS derniere,
               COALESCE(sum(v.montant) FILTER (WHERE v.etat IN ('mandate', 'paye')), 0.00) AS verse
          FROM financements_versement v
         WHERE v.etat <> 'annule' AND v.action_id IN (SELECT id FROM choisies)
         GROUP BY v.action_id
    ), datees AS (
        SELECT a.id, a.projet_id, a.deliberation_id, g.montant, g.annees, g.premiere, g.derniere, g.est_au_dela,
               k.id AS convention_id, k.debut_le, k.fin_le, k.etat, k.numero,
               CASE WHEN k.id IS NOT NULL THEN greatest(k.signee_organisme_le, k.signee_departement_le)
                    WHEN NOT g.est_au_dela AND d.appel_id IS NULL THEN d.adoptee_le
                    WHEN NOT g.est_au_dela THEN (n.notifiee_le AT TIME ZONE 'Europe/Paris')::date
                END AS datee_le
          FROM choisies
          JOIN financements_action a ON a.id = choisies.id
          JOIN financements_deliberation d ON d.id = a.deliberation_id
          JOIN attribues g ON g.action_id = a.id
          LEFT JOIN financements_convention k ON k.action_id = a.id AND k.etat IN {_SIGNEES}
               AND k.signee_organisme_le IS NOT NULL AND k.signee_departement_le IS NOT NULL
          LEFT JOIN financements_decision e ON e.projet_id = a.projet_id AND e.deliberation_id = a.deliberation_id
          LEFT JOIN financements_notification n ON n.decision_id = e.id
    ), jugees AS (
        SELECT x.*, CASE
               WHEN x.montant = 0 AND x.convention_id IS NULL THEN 'sans_montant'
               WHEN x.datee_le IS NULL AND x.est_au_dela THEN 'sans_convention'
               WHEN x.datee_le IS NULL THEN 'sans_notification'
               WHEN {{seuil}} AND NOT x.est_au_dela THEN 'sous_le_seuil'
               ELSE 'publiable' END AS situation
          FROM datees x
    )
"""  # noqa: S608 (du SQL écrit dans le code)

COMPTE = """
    SELECT j.situation, count(*), COALESCE(sum(j.montant), 0.00), count(*) FILTER (WHERE o.siret IS NULL)
      FROM jugees j
      JOIN projets_projet p ON p.id = j.projet_id
      JOIN comptes_organisme o ON o.id = p.organisme_id
     GROUP BY j.situation
"""
CLES = "SELECT j.id, j.montant, j.datee_le FROM jugees j WHERE j.situation = 'publiable'"
RANGEES = """
    SELECT {attribuant} j.datee_le::text, d.reference, o.nom, COALESCE(o.siret, ''),
           CASE WHEN o.rna ~ '^W[0-9]{{9}}$' THEN o.rna ELSE '' END, p.intitule, j.montant::text,
           'aide en numéraire',
           CASE WHEN COALESCE(t.nombre, j.annees) > 1 THEN 'échelonné' ELSE 'unique' END,
           CASE WHEN t.nombre = 1 OR t.premiere = t.derniere THEN t.premiere::text
                WHEN t.nombre > 1 THEN t.premiere::text || '/' || t.derniere::text
                WHEN j.convention_id IS NOT NULL THEN j.debut_le::text || '/' || j.fin_le::text
                ELSE make_date(j.premiere, 1, 1)::text || '/' || make_date(j.derniere, 12, 31)::text END,
           '',
           CASE WHEN EXISTS (SELECT 1 FROM financements_aidedeminimis m
                              WHERE m.action_id = j.id
                                 OR m.siren = left(o.siret, 9) AND m.origine = 'departement'
                                AND m.reference IN (j.numero, d.reference)) THEN 'oui' ELSE 'non' END,
           '1', '' {etendus}
      FROM jugees j
      JOIN projets_projet p ON p.id = j.projet_id
      JOIN projets_axe x ON x.id = p.axe_id
      JOIN comptes_organisme o ON o.id = p.organisme_id
      JOIN financements_deliberation d ON d.id = j.deliberation_id
      LEFT JOIN financements_contrepartiefse f ON f.action_id = j.id
      LEFT JOIN echeances t ON t.action_id = j.id
     WHERE j.situation = 'publiable'
     ORDER BY p.numero
"""
_LIBELLES = " ".join(f"WHEN '{etat}' THEN '{libelle}'" for etat, libelle in EtatConvention.choices)
# La forme étendue : proposition de Data.Subvention (2024), pour un usage interne ; les montants sont en euros.
ETENDUS: Sequence[tuple[str, str]] = (
    ("idSubvention", "%s::text || '-' || p.numero"),
    ("exerciceBudgetaire", "COALESCE(j.premiere::text, '')"),
    ("pluriannualite", "CASE WHEN j.annees > 1 THEN 'oui' ELSE 'non' END"),
    ("dateDecision", "d.adoptee_le::text"),
    ("referenceConvention", "COALESCE(j.numero, '')"),
    ("statutLabel", "'Accordé'"),  # Data.Subvention : « Accordé », « Refusé », « En instruction », « Inéligible »
    ("etatConvention", f"CASE j.etat {_LIBELLES} ELSE '' END"),
    ("dispositif", "'Axe ' || x.numero || ' : ' || x.intitule"),
    (
        "montantDemande",
        "COALESCE((SELECT sum(e.montant_demande) FROM projets_exerciceprojet e WHERE e.projet_id = p.id), 0.00)::text",
    ),
    ("montantVerse", "COALESCE(t.verse, 0.00)::text"),
    ("montantFSE", "COALESCE(f.montant_fse, 0.00)::text"),
)


def lignes(choisies: str, *, seuil: bool) -> str:
    """Les tables communes, `jugees` la dernière. Ses paramètres : ceux de `choisies`."""
    return LIGNES.format(choisies=choisies, seuil="TRUE" if seuil else "FALSE")


def rangees(*, etendue: bool) -> str:
    """La suite de `lignes` : une rangée de textes par ligne publiable, dans l’ordre des champs du schéma.

    Paramètres : nom et SIRET de l’attribuant ; étendue, l’adresse de l’appel ensuite.
    """
    etendus = "".join(f", {sql}" for _, sql in ETENDUS) if etendue else ""
    return RANGEES.format(attribuant="%s::text, %s::text,", etendus=etendus)
