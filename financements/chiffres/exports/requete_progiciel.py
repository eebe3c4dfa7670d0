"""Les requêtes des engagements et des liquidations : une ligne par engagement d’un exercice, ou par versement.

Leurs identifiants ne changent jamais : « E- », la clé de l’action et l’exercice ; la référence du versement.
"""

_COMPTES = """
    comptes AS (
        SELECT c.organisme_id, min(c.iban) AS iban, min(c.bic) AS bic, min(c.titulaire) AS titulaire
          FROM comptes_comptebancaire c WHERE NOT c.est_archive GROUP BY 1 HAVING count(*) = 1
    )
"""
_COMMUNES = """
           COALESCE(o.siret, o.rna) AS code_tiers, COALESCE(o.siret, '') AS siret, COALESCE(o.rna, '') AS rna,
           o.nom AS raison_sociale, o.forme_juridique, d.reference AS deliberation,
           d.adoptee_le AS date_deliberation, COALESCE(k.numero, '') AS convention, p.intitule AS objet,
           l.slug AS appel, p.numero AS numero_action, x.numero AS axe, COALESCE(n.numero, '') AS numero_engagement
"""
_LIENS = """
      JOIN projets_projet p ON p.id = a.projet_id
      JOIN projets_appelaprojets l ON l.id = p.appel_id
      JOIN projets_axe x ON x.id = p.axe_id
      JOIN comptes_organisme o ON o.id = p.organisme_id
      JOIN financements_deliberation d ON d.id = a.deliberation_id
      LEFT JOIN financements_convention k ON k.action_id = a.id
"""
ENGAGES = """
    WITH choisies (id) AS MATERIALIZED ({choisies}),
    engages AS (
        SELECT m.action_id, m.exercice, sum(m.montant) AS montant
          FROM financements_mouvementdengagement m WHERE m.action_id IN (SELECT id FROM choisies) GROUP BY 1, 2
    ), retenus AS (
        SELECT e.*, sum(e.montant) OVER (PARTITION BY e.action_id) AS montant_total FROM engages e
    ), lignes AS (
        SELECT r.* FROM retenus r WHERE %s::int IS NULL OR r.exercice = %s::int
    )
"""
RANGEES_DES_ENGAGEMENTS = f"""
    , {_COMPTES}
    SELECT 'E-' || e.action_id || '-' || e.exercice AS id_externe, e.exercice, e.montant, e.montant_total,
           COALESCE(b.iban, '') AS iban, COALESCE(b.bic, '') AS bic, COALESCE(b.titulaire, '') AS titulaire,
           {_COMMUNES}
      FROM lignes e
      JOIN financements_action a ON a.id = e.action_id
      {_LIENS}
      LEFT JOIN comptes b ON b.organisme_id = o.id
      LEFT JOIN financements_numerodengagement n ON n.action_id = a.id AND n.exercice = e.exercice
     ORDER BY p.numero, e.exercice
"""  # noqa: S608 (du SQL écrit dans le code)
LIQUIDES = """
    WITH choisies (id) AS MATERIALIZED ({choisies}),
    liquides AS (
        SELECT v.*, sum(v.montant) OVER (PARTITION BY v.action_id ORDER BY v.liquide_le, v.id) AS cumul_apres
          FROM financements_versement v
         WHERE v.action_id IN (SELECT id FROM choisies) AND v.etat IN ('liquide', 'mandate', 'paye')
    ), lignes AS (
        SELECT * FROM liquides WHERE etat IN ({etats}) AND (%s::int IS NULL OR exercice = %s::int)
    )
"""
RANGEES_DES_LIQUIDATIONS = f"""
    , {_COMPTES}, jointes AS (
        SELECT q.versement_id,
               string_agg(concat(q.libelle, ' : ' || t.nom, ' (' || t.empreinte || ')'), ' | ' ORDER BY q.id) AS texte
          FROM financements_piecedeversement q
          LEFT JOIN comptes_document t ON t.id = q.document_id
         WHERE q.versement_id IN (SELECT id FROM lignes) GROUP BY 1
    )
    SELECT v.reference AS id_externe, 'E-' || v.action_id || '-' || v.exercice AS id_engagement, v.exercice, v.annee,
           v.rang, v.nature AS sorte, v.montant, v.cumul_apres - v.montant AS cumul_avant, v.cumul_apres,
           v.service_fait_le, v.liquide_le, COALESCE(j.texte, '') AS pieces,
           COALESCE(c.iban, b.iban, '') AS iban, COALESCE(c.bic, b.bic, '') AS bic,
           COALESCE(c.titulaire, b.titulaire, '') AS titulaire,
           {_COMMUNES}
      FROM lignes v
      JOIN financements_action a ON a.id = v.action_id
      {_LIENS}
      LEFT JOIN comptes_comptebancaire c ON c.id = v.compte_id
      LEFT JOIN comptes b ON b.organisme_id = o.id
      LEFT JOIN jointes j ON j.versement_id = v.id
      LEFT JOIN financements_numerodengagement n ON n.action_id = a.id AND n.exercice = v.exercice
     ORDER BY p.numero, v.exercice, v.annee, v.rang, v.id
"""  # noqa: S608
COMPTE = "SELECT count(*), COALESCE(sum(montant), 0.00) FROM lignes"
A_MANDATER, TOUTES = "'liquide'", "'liquide', 'mandate', 'paye'"
