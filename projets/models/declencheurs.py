"""Les déclencheurs longs, ou que partagent plusieurs modèles."""

from collections.abc import Sequence

import pgtrigger


def fige_une_fois_publie(table: str, colonnes: Sequence[str]) -> pgtrigger.Trigger:
    """Déclencheur : hors du brouillon, ni suppression, ni changement de ces colonnes (les textes se corrigent)."""
    avant = ", ".join(f"OLD.{colonne}" for colonne in colonnes)
    apres = ", ".join(f"NEW.{colonne}" for colonne in colonnes)
    return pgtrigger.Trigger(
        name=f"{table}_fige",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'UPDATE' AND ({avant}) IS NOT DISTINCT FROM ({apres}) THEN
                RETURN NEW;
            END IF;
            IF EXISTS (SELECT 1 FROM projets_appelaprojets WHERE id = OLD.appel_id AND etat <> 'brouillon') THEN
                RAISE EXCEPTION 'L’appel est publié : cet élément ne change plus.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_fige';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608 (noms écrits dans le code, rien ne vient de l’extérieur)
    )


def axe_du_meme_appel(table: str) -> pgtrigger.Trigger:
    """Déclencheur : l’axe d’une pièce ou d’une question est un axe de son appel."""
    return pgtrigger.Trigger(
        name=f"{table}_axe_de_son_appel",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("axe_id", "appel_id"),  # type: ignore[no-untyped-call]
        func=f"""
            IF NEW.axe_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM projets_axe WHERE id = NEW.axe_id AND appel_id = NEW.appel_id
            ) THEN
                RAISE EXCEPTION 'L’axe est un axe de l’appel.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_axe_de_son_appel';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 (noms écrits dans le code, rien ne vient de l’extérieur)
    )


def rejet_implicite_tenu_par_la_base() -> pgtrigger.Trigger:
    """Déclencheur : `rejet_implicite_le` d’un projet, dite par `projets.rules.depot.rejet_implicite_le`, en SQL.

    Toute écriture du projet la recalcule : une page restée ouverte n’en remet pas une vieille.
    """
    return pgtrigger.Trigger(
        name="projet_rejet_implicite",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("jour", "date"), ("demande", "record")],
        func="""
            IF NEW.depose_le IS NULL THEN
                NEW.rejet_implicite_le := NULL;
                RETURN NEW;
            END IF;
            jour := ((NEW.depose_le AT TIME ZONE 'Europe/Paris')::date + interval '2 months')::date;
            FOR demande IN
                SELECT (demandee_le AT TIME ZONE 'Europe/Paris')::date AS demandee, echeance,
                       (repondue_le AT TIME ZONE 'Europe/Paris')::date AS repondue
                FROM projets_demandedecomplement WHERE projet_id = NEW.id ORDER BY demandee_le, id
            LOOP
                IF demande.demandee <= jour THEN
                    jour := jour + (least(coalesce(demande.repondue, demande.echeance), demande.echeance)
                                    - demande.demandee);
                END IF;
            END LOOP;
            NEW.rejet_implicite_le := jour;
            RETURN NEW;
        """,
    )


def demande_suspend_le_delai() -> pgtrigger.Trigger:
    """Déclencheur : une demande de complément, ou sa réponse, fait recalculer le jour du rejet de son projet."""
    return pgtrigger.Trigger(
        name="demande_suspend_le_delai",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            UPDATE projets_projet SET rejet_implicite_le = NULL WHERE id IN (NEW.projet_id, OLD.projet_id);
            RETURN NULL;
        """,
    )


def axe_de_son_appel() -> pgtrigger.Trigger:
    """Un projet a un axe de son appel."""
    return pgtrigger.Trigger(
        name="projet_axe_de_son_appel",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("axe_id", "appel_id"),  # type: ignore[no-untyped-call]
        func="""
            IF NOT EXISTS (SELECT 1 FROM projets_axe WHERE id = NEW.axe_id AND appel_id = NEW.appel_id) THEN
                RAISE EXCEPTION 'L’axe d’un projet est un axe de son appel.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'projet_axe_de_son_appel';
            END IF;
            RETURN NEW;
        """,
    )
