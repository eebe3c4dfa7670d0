"""Ce que la base défend d’un comité : clos, rien n’y change ; sa photographie dit sa propre empreinte."""

import pgtrigger

from financements.models.declencheurs import lignes_figees

CLOS = "Ce comité est clos\u00a0: rien n’y change plus."


def fige_une_fois_clos(nom: str, jointure: str) -> list[pgtrigger.Trigger]:
    """Rien ne change dans un comité clos. `jointure` : de la ligne touchée `x` à son comité `c`."""
    return lignes_figees(
        noms=f"{nom}_{{}}_clos",
        condition=f"{jointure} WHERE c.etat = 'clos'",
        phrase=CLOS,
        contrainte="comite_clos",
    )


def comite_clos() -> pgtrigger.Trigger:
    """La ligne du comité elle-même."""
    return pgtrigger.Trigger(
        name="comite_clos_ne_change_plus",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__etat="clos"),
        func=f"RAISE EXCEPTION '{CLOS}' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'comite_clos';",
    )


def empreinte_recalculee() -> pgtrigger.Trigger:
    """La base refait l’empreinte du texte qu’on lui donne : elle n’en garde pas une fausse."""
    return pgtrigger.Trigger(
        name="photographie_empreinte_juste",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NEW.empreinte IS DISTINCT FROM encode(sha256(convert_to(NEW.contenu, 'UTF8')), 'hex') THEN
                RAISE EXCEPTION 'L’empreinte n’est pas celle de ce contenu.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'photographie_empreinte_juste';
            END IF;
            RETURN NEW;
        """,
    )


def deporte_ne_propose_pas() -> pgtrigger.Trigger:
    """Qui s’est déporté d’un projet ne l’amende pas, et un amendement vient d’un élu de ce comité."""
    return pgtrigger.Trigger(
        name="amendement_sans_deport",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NOT EXISTS (SELECT 1 FROM financements_pointducomite p JOIN financements_elu e
                            ON e.comite_id = p.comite_id WHERE p.id = NEW.point_id AND e.id = NEW.propose_par_id) THEN
                RAISE EXCEPTION 'Un amendement est proposé par un élu présent à ce comité.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'amendement_d_un_elu_present';
            END IF;
            IF EXISTS (SELECT 1 FROM financements_deportdelu d JOIN financements_pointducomite p
                        ON p.projet_id = d.projet_id WHERE p.id = NEW.point_id AND d.elu_id = NEW.propose_par_id) THEN
                RAISE EXCEPTION 'Cet élu s’est déporté de ce projet.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'amendement_sans_deport';
            END IF;
            RETURN NEW;
        """,
    )
