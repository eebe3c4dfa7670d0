"""L’empreinte des données d’un appel : deux rapports de même empreinte disent la même chose."""

from collections.abc import Iterable

from django.db import connection

from projets.models import AppelAProjets

# Tout ce que le rapport montre : parts, intitulés, organismes, crédits, dotations, FSE, exécution. Ordonné : stable.
_SQL = """
SELECT md5(string_agg(ligne, E'\\n' ORDER BY ligne)) FROM (
    SELECT concat_ws('|', 'part', pr.numero, ax.numero, t.annee, pt.territoire_id, pt.montant) AS ligne
      FROM financements_parttranche pt JOIN financements_tranche t ON t.id = pt.tranche_id
      JOIN financements_action a ON a.id = t.action_id JOIN projets_projet pr ON pr.id = a.projet_id
      JOIN projets_axe ax ON ax.id = pr.axe_id WHERE pr.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'projet', pr.numero, pr.intitule, pr.sous_type, pr.allocataires_prevus, o.nom,
                     COALESCE(o.siret, ''), o.forme_juridique, COALESCE(o.commune_id, 0), d.reference, d.adoptee_le,
                     COALESCE(f.montant_fse, 0))
      FROM financements_action a JOIN projets_projet pr ON pr.id = a.projet_id
      JOIN comptes_organisme o ON o.id = pr.organisme_id JOIN financements_deliberation d ON d.id = a.deliberation_id
      LEFT JOIN financements_contrepartiefse f ON f.action_id = a.id WHERE pr.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'cout', pr.numero, e.annee, e.cout, e.montant_demande)
      FROM projets_exerciceprojet e JOIN projets_projet pr ON pr.id = e.projet_id
      JOIN financements_action a ON a.projet_id = pr.id WHERE pr.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'dotation', r.version, v.observe_le, v.unite, v.source, v.est_fictif, d.territoire_id,
                     d.annee, d.poids, d.montant)
      FROM financements_dotation d JOIN financements_repartition r ON r.id = d.repartition_id
      JOIN financements_enveloppe e ON e.id = r.enveloppe_id
      JOIN territoires_releveeffectifs v ON v.id = r.releve_id WHERE e.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'cp', e.montant_ae, c.annee, c.montant_cp)
      FROM financements_creditannuel c JOIN financements_enveloppe e ON e.id = c.enveloppe_id
     WHERE e.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'affectation', x.numero, f.montant)
      FROM financements_affectationdecredits f JOIN projets_axe x ON x.id = f.axe_id WHERE x.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'report', r.de, r.vers, r.montant)
      FROM financements_reportdecredits r JOIN financements_enveloppe e ON e.id = r.enveloppe_id
     WHERE e.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'engagement', pr.numero, m.exercice, m.montant)
      FROM financements_mouvementdengagement m JOIN financements_action a ON a.id = m.action_id
      JOIN projets_projet pr ON pr.id = a.projet_id WHERE pr.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'versement', v.reference, v.exercice, v.etat, v.montant, v.prevu_le, v.mandate_le)
      FROM financements_versement v JOIN financements_action a ON a.id = v.action_id
      JOIN projets_projet pr ON pr.id = a.projet_id WHERE pr.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'titre', r.reference, r.etat, r.montant, r.emis_le)
      FROM financements_titrederecette r JOIN financements_action a ON a.id = r.action_id
      JOIN projets_projet pr ON pr.id = a.projet_id WHERE pr.appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'imputation', i.norme, i.chapitre, i.fonction, i.nature, i.numero_ae, i.libelle,
                     i.premier_exercice, i.dernier_exercice, x.numero, r.categorie)
      FROM financements_imputation i LEFT JOIN financements_rattachementdimputation r ON r.imputation_id = i.id
      LEFT JOIN projets_axe x ON x.id = r.axe_id WHERE i.appel_id = %(appel)s
    UNION ALL
    -- L’ancienneté des restes à mandater change avec l’année.
    SELECT concat_ws('|', 'annee', extract(year FROM now() AT TIME ZONE 'Europe/Paris'))
     WHERE EXISTS (SELECT 1 FROM financements_mouvementdengagement m JOIN financements_action a ON a.id = m.action_id
                     JOIN projets_projet pr ON pr.id = a.projet_id WHERE pr.appel_id = %(appel)s)
    UNION ALL
    -- Les sommes du programme précédent, auquel le rapport compare celui-ci (voir `programme_precedent`).
    SELECT concat_ws('|', 'precedent', p.intitule, p.annee_debut, p.annee_fin, s.quoi, s.exercice, s.montant)
      FROM (
        SELECT x.* FROM projets_appelaprojets x JOIN projets_appelaprojets ici ON ici.id = %(appel)s
         WHERE x.annee_fin < ici.annee_debut AND EXISTS (
               SELECT 1 FROM financements_action a JOIN projets_projet pr ON pr.id = a.projet_id
                WHERE pr.appel_id = x.id)
         ORDER BY x.annee_fin DESC, x.id DESC LIMIT 1
      ) p CROSS JOIN LATERAL (
        SELECT 'attribue' AS quoi, t.annee AS exercice, sum(t.montant) AS montant
          FROM financements_tranche t JOIN financements_action a ON a.id = t.action_id
          JOIN projets_projet pr ON pr.id = a.projet_id WHERE pr.appel_id = p.id GROUP BY t.annee
        UNION ALL
        SELECT 'engage', m.exercice, sum(m.montant)
          FROM financements_mouvementdengagement m JOIN financements_action a ON a.id = m.action_id
          JOIN projets_projet pr ON pr.id = a.projet_id WHERE pr.appel_id = p.id GROUP BY m.exercice
        UNION ALL
        SELECT v.etat, v.exercice, sum(v.montant)
          FROM financements_versement v JOIN financements_action a ON a.id = v.action_id
          JOIN projets_projet pr ON pr.id = a.projet_id WHERE pr.appel_id = p.id GROUP BY v.etat, v.exercice
      ) s
    UNION ALL
    SELECT concat_ws('|', 'appel', intitule, part_pro_cible, annee_reference, part_pro_reference, est_fictif)
      FROM projets_appelaprojets WHERE id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'axe', numero, intitule, volet) FROM projets_axe WHERE appel_id = %(appel)s
    UNION ALL
    SELECT concat_ws('|', 'territoire', id, code, nom, est_hypothese) FROM territoires_territoire
) lignes
"""


def version_des_donnees(appel: AppelAProjets) -> str:
    """Empreinte hexadécimale (32 caractères) de ce que le rapport de l’appel montrerait maintenant."""
    return versions_des_donnees([appel.pk])[appel.pk]


def versions_des_donnees(appels: Iterable[int]) -> dict[int, str]:
    """La même, pour plusieurs appels (leurs clés) en une requête."""
    cles = sorted(appels)
    if not cles:
        return {}
    union = " UNION ALL ".join(
        f"SELECT %(cle_{cle:d})s AS appel, ({_SQL})".replace("%(appel)", f"%(cle_{cle:d})") for cle in cles
    )
    with connection.cursor() as curseur:
        curseur.execute(union, {f"cle_{cle:d}": cle for cle in cles})
        return {int(appel): str(version) for appel, version in curseur.fetchall()}
