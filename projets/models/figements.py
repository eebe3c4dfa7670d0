"""Les déclencheurs de ce qui ne change plus : la façon de noter d’un appel publié, un avis rendu."""

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


def ajout_seul(table: str, quoi: str) -> pgtrigger.Trigger:
    """Déclencheur : une ligne écrite ne se modifie ni ne s’efface. `quoi` : « Un avis rendu »."""
    return pgtrigger.Trigger(
        name=f"{table}_ajout_seul",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            RAISE EXCEPTION '{quoi} ne se modifie ni ne s’efface : une nouvelle version le remplace.'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = '{table}_ajout_seul';
        """,
    )
