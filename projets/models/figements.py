"""Le déclencheur de ce qui ne change plus : la façon de noter d’un appel publié."""

import pgtrigger


def notation_figee_une_fois_publiee() -> pgtrigger.Trigger:
    """Déclencheur : hors du brouillon, un appel ne change plus sa façon de noter."""
    return pgtrigger.Trigger(
        name="appel_notation_figee",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("notations_attendues", "ecart_de_troisieme_avis"),  # type: ignore[no-untyped-call]
        func="""
            IF OLD.etat <> 'brouillon' AND (OLD.notations_attendues, OLD.ecart_de_troisieme_avis)
                IS DISTINCT FROM (NEW.notations_attendues, NEW.ecart_de_troisieme_avis) THEN
                RAISE EXCEPTION 'L’appel est publié : sa façon de noter ne change plus.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'appel_notation_figee';
            END IF;
            RETURN NEW;
        """,
    )
