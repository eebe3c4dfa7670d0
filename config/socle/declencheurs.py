"""Les déclencheurs des tables qui font foi : on y ajoute, rien n’y change, rien n’en disparaît."""

import pgtrigger

# Les essais hors transaction vident toutes les tables : leur connexion, et elle seule, se déclare ainsi
# (config.settings.test). Contre un `manage.py flush` ou un TRUNCATE fait par mégarde, pas contre le maître de la base.
_VIDER_EST_REFUSE = """
    IF current_setting('mille_actions.remise_a_zero', true) IS DISTINCT FROM 'oui' THEN
        RAISE EXCEPTION '%s' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""


def en_ajout_seul(table: str, phrase: str, *, refus: str = "") -> list[pgtrigger.Trigger]:
    """PostgreSQL refuse de modifier, de supprimer et de vider.

    `phrase` : ce que dit le refus de vider ; `refus` : ce que dit celui de modifier ou de supprimer, s’il peut se lire
    à l’écran.
    """
    return [
        _ligne_figee(table, refus),
        pgtrigger.Trigger(
            name=f"{table}_ne_se_vide_pas",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=_VIDER_EST_REFUSE % phrase,
        ),
    ]


def _ligne_figee(table: str, refus: str) -> pgtrigger.Trigger:
    nom, operation = f"{table}_ajout_seul", pgtrigger.Update | pgtrigger.Delete
    if not refus:
        return pgtrigger.Protect(name=nom, operation=operation)
    return pgtrigger.Trigger(
        name=nom,
        when=pgtrigger.Before,
        operation=operation,
        func=f"""
            RAISE EXCEPTION '{refus}'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = '{nom}';
        """,
    )
