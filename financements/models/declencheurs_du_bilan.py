"""Ce que la base tient d’un bilan : équilibré dès qu’il est déposé, ses lignes figées, ses pièces de son organisme."""

import pgtrigger

_EQUILIBRE = """
    SELECT b.annee, l.cote LIKE '%nature' AS en_nature,
           COALESCE(sum(l.realise) FILTER (WHERE l.cote LIKE 'charge%'), 0) AS charges,
           COALESCE(sum(l.realise) FILTER (WHERE l.cote LIKE 'produit%'), 0) AS produits
      INTO fautif
      FROM financements_bilan b JOIN financements_lignedebilan l ON l.bilan_id = b.id
     WHERE b.id = NEW.id AND b.etat IN ('depose', 'valide')
     GROUP BY 1, 2
    HAVING COALESCE(sum(l.realise) FILTER (WHERE l.cote LIKE 'charge%'), 0)
        <> COALESCE(sum(l.realise) FILTER (WHERE l.cote LIKE 'produit%'), 0)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Bilan % : les charges (% €) et les produits (% €) ne sont pas égaux.',
            fautif.annee, fautif.charges, fautif.produits
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bilan_equilibre';
    END IF;
    RETURN NULL;
"""
_FIGEE = """
    IF EXISTS (SELECT 1 FROM financements_bilan b
                WHERE b.id = {ligne}.bilan_id AND b.etat IN ('depose', 'valide')) THEN
        RAISE EXCEPTION 'Les lignes d’un bilan déposé ne changent plus.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ligne_de_bilan_figee';
    END IF;
    RETURN {ligne};
"""


def bilan_equilibre() -> pgtrigger.Trigger:
    """Pour le bilan, différé : déposé, ses charges égalent ses produits, et ses comptes 86 ses comptes 87."""
    return pgtrigger.Trigger(
        name="bilan_equilibre",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        declare=[("fautif", "record")],
        func=_EQUILIBRE,
    )


def ligne_de_bilan_figee() -> list[pgtrigger.Trigger]:
    """Pour une ligne : elle se change avant le dépôt, que l’équilibre juge à la fin de la transaction."""
    return [
        pgtrigger.Trigger(
            name="ligne_de_bilan_figee",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=_FIGEE.format(ligne="NEW"),
        ),
        pgtrigger.Trigger(
            name="ligne_de_bilan_gardee",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=_FIGEE.format(ligne="OLD"),
        ),
    ]


def piece_de_bilan_du_meme_organisme() -> pgtrigger.Trigger:
    """Pour une pièce : un document de l’organisme du projet."""
    return pgtrigger.Trigger(
        name="piece_de_bilan_organisme",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM financements_bilan b JOIN financements_action a ON a.id = b.action_id
                  JOIN projets_projet p ON p.id = a.projet_id
                  JOIN comptes_document d ON d.organisme_id = p.organisme_id
                 WHERE b.id = NEW.bilan_id AND d.id = NEW.document_id
            ) THEN
                RAISE EXCEPTION 'Un bilan ne joint que les documents de son organisme.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'piece_de_bilan_organisme';
            END IF;
            RETURN NEW;
        """,
    )
