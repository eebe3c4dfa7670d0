"""Les requêtes les plus simples des deux fichiers du progiciel : leurs colonnes, un exercice, rien de contrôlé."""
# ruff: noqa: S608 (du SQL écrit dans le code)

_TIERS = """
           COALESCE(o.siret, o.rna), o.siret, o.rna, o.nom, c.iban, c.bic, c.titulaire, d.reference, d.adoptee_le,
           k.numero, p.intitule, ap.slug, p.numero, x.numero
"""
_LIENS = """
      JOIN financements_action a ON a.id = s.action_id
      JOIN projets_projet p ON p.id = a.projet_id
      JOIN projets_appelaprojets ap ON ap.id = p.appel_id
      JOIN projets_axe x ON x.id = p.axe_id
      JOIN comptes_organisme o ON o.id = p.organisme_id
      JOIN financements_deliberation d ON d.id = a.deliberation_id
      LEFT JOIN financements_convention k ON k.action_id = a.id
"""
NUES = {
    "engagements": f"""
    SELECT 'E-' || s.action_id || '-2016', s.exercice, {_TIERS}, s.total, s.montant
      FROM (SELECT m.action_id, 2016 AS exercice, sum(m.montant) FILTER (WHERE m.exercice = 2016) AS montant,
                   sum(m.montant) AS total
              FROM financements_mouvementdengagement m GROUP BY 1) s
      {_LIENS}
      LEFT JOIN comptes_comptebancaire c ON c.organisme_id = o.id
     WHERE p.appel_id = {{appel}} AND s.montant IS NOT NULL ORDER BY p.numero
    """,
    "liquidations": f"""
    SELECT s.reference, 'E-' || s.action_id || '-2016', s.exercice, {_TIERS}, s.annee, s.rang, s.nature, s.montant,
           s.cumul - s.montant, s.cumul, s.service_fait_le, s.liquide_le
      FROM (SELECT v.*, sum(v.montant) OVER (PARTITION BY v.action_id ORDER BY v.liquide_le, v.id) AS cumul
              FROM financements_versement v WHERE v.etat IN ('liquide', 'mandate', 'paye')) s
      {_LIENS}
      LEFT JOIN comptes_comptebancaire c ON c.id = s.compte_id
     WHERE p.appel_id = {{appel}} AND s.exercice = 2016 ORDER BY p.numero, s.rang
    """,
}
