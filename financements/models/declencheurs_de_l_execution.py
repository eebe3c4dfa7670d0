"""Ce que la base défend de l’exécution : versé ≤ engagé ≤ affecté ≤ AE, mandats de l’année ≤ CP de l’année.

Jugés par requête, à la fin de chacune : une seule somme par enveloppe, quel que soit le nombre de lignes écrites. Un
acte écrit donc dans l’ordre où l’argent va : affecter, attribuer, engager, liquider. Chaque jugement verrouille
l’enveloppe avant de sommer : deux écritures au même instant se jugent l’une après l’autre.
"""

import pgtrigger

from financements.states.execution import TITRES_COMPTES, VERSEMENTS_COMPTES


def _liste(etats: frozenset[str]) -> str:
    return ", ".join(f"'{etat}'" for etat in sorted(etats))


_COMPTES, _TITRES = _liste(VERSEMENTS_COMPTES), _liste(TITRES_COMPTES | {"a_emettre"})
_LIENS = """
      JOIN financements_action a ON a.id = {de}.action_id JOIN projets_projet p ON p.id = a.projet_id
      JOIN financements_enveloppe e ON e.appel_id = p.appel_id
"""
_PAR_ACTION = f"SELECT DISTINCT e.id FROM touchees t {_LIENS.format(de='t')}"  # noqa: S608 (du SQL écrit dans le code)
_PAR_ENVELOPPE = "SELECT DISTINCT t.enveloppe_id FROM touchees t"


def _verrouiller(enveloppes: str) -> str:
    return f"PERFORM 1 FROM financements_enveloppe v WHERE v.id IN ({enveloppes}) ORDER BY v.id FOR UPDATE;"


def _refuser(requete: str, phrase: str, valeurs: str, contrainte: str) -> str:
    """`requete` rend la première faute dans `faute` ; `phrase` et `valeurs` la disent."""
    return f"""
        {requete} LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '{phrase}', {valeurs} USING ERRCODE = 'check_violation', CONSTRAINT = '{contrainte}';
        END IF;
    """


_AFFECTE_DANS_L_AE = _refuser(
    """
        SELECT f.somme, e.montant_ae INTO faute FROM financements_enveloppe e
          JOIN (SELECT enveloppe_id, sum(montant) AS somme FROM financements_affectationdecredits GROUP BY 1) f
            ON f.enveloppe_id = e.id
         WHERE e.id IN ({enveloppes}) AND f.somme > e.montant_ae
    """,
    "Les affectations (% €) dépassent l’autorisation d’engagement (% €).",
    "faute.somme, faute.montant_ae",
    "affecte_au_plus_l_ae",
)
_ENGAGE_DANS_L_AFFECTE = _refuser(
    f"""
        SELECT x.numero, g.somme, COALESCE(f.somme, 0) AS affecte INTO faute
          FROM (SELECT p.axe_id, sum(m.montant) AS somme FROM financements_mouvementdengagement m
                  {_LIENS.format(de="m")} WHERE e.id IN ({{enveloppes}}) GROUP BY 1) g
          JOIN projets_axe x ON x.id = g.axe_id
          LEFT JOIN (SELECT axe_id, sum(montant) AS somme FROM financements_affectationdecredits GROUP BY 1) f
            ON f.axe_id = g.axe_id
         WHERE g.somme > COALESCE(f.somme, 0)
    """,  # noqa: S608
    "Axe % : l’engagement (% €) dépasse ce qui lui est affecté (% €).",
    "faute.numero, faute.somme, faute.affecte",
    "engage_au_plus_l_affecte",
)
_ENGAGE_DANS_L_ATTRIBUE = _refuser(
    """
        SELECT p.numero, g.somme, COALESCE(r.somme, 0) AS attribue INTO faute
          FROM (SELECT action_id, sum(montant) AS somme FROM financements_mouvementdengagement
                 WHERE action_id IN (SELECT t.action_id FROM touchees t) GROUP BY 1) g
          JOIN financements_action a ON a.id = g.action_id JOIN projets_projet p ON p.id = a.projet_id
          LEFT JOIN (SELECT action_id, sum(montant) AS somme FROM financements_tranche
                      WHERE action_id IN (SELECT t.action_id FROM touchees t) GROUP BY 1) r
            ON r.action_id = g.action_id
         WHERE g.somme > COALESCE(r.somme, 0)
    """,
    "Action n° % : l’engagement (% €) dépasse ce qui lui est attribué (% €).",
    "faute.numero, faute.somme, faute.attribue",
    "engage_au_plus_l_attribue",
)
_VERSE_DANS_L_ENGAGE = _refuser(
    f"""
        SELECT p.numero, v.exercice, v.somme, COALESCE(g.somme, 0) AS engage INTO faute
          FROM (SELECT action_id, exercice, sum(montant) AS somme FROM financements_versement
                 WHERE etat IN ({_COMPTES}) AND action_id IN (SELECT t.action_id FROM touchees t) GROUP BY 1, 2) v
          JOIN financements_action a ON a.id = v.action_id JOIN projets_projet p ON p.id = a.projet_id
          LEFT JOIN (SELECT action_id, exercice, sum(montant) AS somme FROM financements_mouvementdengagement
                      WHERE action_id IN (SELECT t.action_id FROM touchees t) GROUP BY 1, 2) g
            ON g.action_id = v.action_id AND g.exercice = v.exercice
         WHERE v.somme > COALESCE(g.somme, 0)
    """,  # noqa: S608
    "Action n° %, exercice % : les versements (% €) dépassent l’engagement (% €).",
    "faute.numero, faute.exercice, faute.somme, faute.engage",
    "verse_au_plus_l_engage",
)
_VERSE_DANS_LES_CP = _refuser(
    f"""
        SELECT s.exercice, s.somme, COALESCE(c.somme, 0) AS cp INTO faute
          FROM (SELECT env, exercice, sum(montant) AS somme FROM (
                  SELECT e.id AS env, v.exercice, v.montant FROM financements_versement v
                    {_LIENS.format(de="v")} WHERE v.etat IN ({_COMPTES}) AND e.id IN ({{enveloppes}})
                  UNION ALL
                  SELECT r.enveloppe_id, r.de, r.montant FROM financements_reportdecredits r
                   WHERE r.enveloppe_id IN ({{enveloppes}})) pris GROUP BY 1, 2) s
          LEFT JOIN (SELECT env, annee, sum(montant) AS somme FROM (
                  SELECT enveloppe_id AS env, annee, montant_cp AS montant FROM financements_creditannuel
                  UNION ALL
                  SELECT enveloppe_id, vers, montant FROM financements_reportdecredits) ouverts GROUP BY 1, 2) c
            ON c.env = s.env AND c.annee = s.exercice
         WHERE s.somme > COALESCE(c.somme, 0)
    """,  # noqa: S608
    "Exercice % : versements et reports (% €) dépassent les crédits de paiement (% €).",
    "faute.exercice, faute.somme, faute.cp",
    "verse_dans_les_cp",
)
_TITRE_DANS_LE_VERSE = _refuser(
    f"""
        SELECT p.numero, r.somme, COALESCE(v.somme, 0) AS verse INTO faute
          FROM (SELECT action_id, sum(montant) AS somme FROM financements_titrederecette
                 WHERE etat IN ({_TITRES}) AND action_id IN (SELECT t.action_id FROM touchees t) GROUP BY 1) r
          JOIN financements_action a ON a.id = r.action_id JOIN projets_projet p ON p.id = a.projet_id
          LEFT JOIN (SELECT action_id, sum(montant) AS somme FROM financements_versement
                      WHERE etat IN ('mandate', 'paye') GROUP BY 1) v ON v.action_id = r.action_id
         WHERE r.somme > COALESCE(v.somme, 0)
    """,  # noqa: S608
    "Action n° % : les titres de recette (% €) dépassent ce qui est versé (% €).",
    "faute.numero, faute.somme, faute.verse",
    "titre_au_plus_le_verse",
)
_DANS_UNE_ENVELOPPE = f"""
    SELECT count(DISTINCT t.action_id) AS voulues, (SELECT count(DISTINCT t.action_id) FROM touchees t
      {_LIENS.format(de="t")}) AS trouvees INTO faute FROM touchees t;
    IF faute.voulues <> faute.trouvees THEN
        RAISE EXCEPTION 'L’appel de cette action n’a pas d’enveloppe : rien ne s’engage.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'engagement_dans_une_enveloppe';
    END IF;
"""  # noqa: S608


def _jugement(nom: str, enveloppes: str, *controles: str, sur: str = "ajout") -> pgtrigger.Trigger:
    """Un déclencheur par requête. `sur` : ajout, maj ou retrait ; `touchees` : les lignes nouvelles, ou retirées."""
    operations = {"ajout": pgtrigger.Insert, "maj": pgtrigger.Update, "retrait": pgtrigger.Delete}
    cote = {"old": "touchees"} if sur == "retrait" else {"new": "touchees"}
    corps = "".join(controle.replace("{enveloppes}", enveloppes) for controle in controles)
    return pgtrigger.Trigger(
        name=nom,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operations[sur],
        referencing=pgtrigger.Referencing(**cote),  # type: ignore[no-untyped-call]
        declare=[("faute", "record")],
        func=f"{_verrouiller(enveloppes)} {corps} RETURN NULL;",
    )


def affecte_au_plus_l_ae() -> pgtrigger.Trigger:
    """Pour l’affectation : Σ affectations ≤ AE ; un axe ne rend pas ce qu’il a engagé."""
    return _jugement("affecte_au_plus_l_ae", _PAR_ENVELOPPE, _AFFECTE_DANS_L_AE, _ENGAGE_DANS_L_AFFECTE)


def ae_couvre_les_affectations() -> pgtrigger.Trigger:
    """Pour l’enveloppe : révisée, l’AE couvre encore ce qui est affecté."""
    return _jugement("ae_couvre_les_affectations", "SELECT t.id FROM touchees t", _AFFECTE_DANS_L_AE, sur="maj")


def engage_au_plus_l_affecte() -> pgtrigger.Trigger:
    """Pour l’engagement : l’axe a de quoi ; l’action, ni plus que son attribution, ni moins que ce qui est liquidé."""
    return _jugement(
        "engage_au_plus_l_affecte",
        _PAR_ACTION,
        _DANS_UNE_ENVELOPPE,
        _ENGAGE_DANS_L_AFFECTE,
        _ENGAGE_DANS_L_ATTRIBUE,
        _VERSE_DANS_L_ENGAGE,
    )


def tranches_couvrent_l_engage() -> list[pgtrigger.Trigger]:
    """Pour la tranche : réduite ou retirée, l’action garde de quoi couvrir ce qu’elle a engagé."""
    return [
        _jugement(f"tranches_couvrent_l_engage_{sur}", _PAR_ACTION, _ENGAGE_DANS_L_ATTRIBUE, sur=sur)
        for sur in ("maj", "retrait")
    ]


def verse_dans_l_engage_et_les_cp() -> list[pgtrigger.Trigger]:
    """Pour le versement : Σ liquidé ≤ engagé de l’action et de l’exercice ; Σ de l’exercice ≤ ses CP et reports.

    Un mandat rejeté ou annulé laisse de quoi couvrir ce que les titres de recette reprennent.
    """
    controles = {"ajout": (), "maj": (_TITRE_DANS_LE_VERSE,)}
    return [
        _jugement(f"verse_dans_l_engage_{sur}", _PAR_ACTION, _VERSE_DANS_L_ENGAGE, _VERSE_DANS_LES_CP, *plus, sur=sur)
        for sur, plus in controles.items()
    ]


def report_au_plus_le_disponible() -> pgtrigger.Trigger:
    """Pour le report : on ne reporte que des crédits de paiement que rien n’a pris."""
    return _jugement("report_au_plus_le_disponible", _PAR_ENVELOPPE, _VERSE_DANS_LES_CP)


def cp_couvrent_les_versements() -> list[pgtrigger.Trigger]:
    """Pour le crédit annuel : révisé ou retiré, il couvre encore ce qui est liquidé et reporté."""
    return [
        _jugement(f"cp_couvrent_les_versements_{sur}", _PAR_ENVELOPPE, _VERSE_DANS_LES_CP, sur=sur)
        for sur in ("maj", "retrait")
    ]


def titre_au_plus_le_verse() -> list[pgtrigger.Trigger]:
    """Pour le titre : on ne reprend pas plus qu’on n’a versé à l’action."""
    return [
        _jugement(f"titre_au_plus_le_verse_{sur}", _PAR_ACTION, _TITRE_DANS_LE_VERSE, sur=sur)
        for sur in ("ajout", "maj")
    ]
