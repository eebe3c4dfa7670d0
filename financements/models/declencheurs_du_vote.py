"""Ce que la base défend d’un vote : il porte sur le scénario adopté, qui le reste ; notifié, il est figé."""

import pgtrigger


def votee_sur_son_scenario_puis_figee() -> list[pgtrigger.Trigger]:
    """Pour la délibération : son scénario est celui qu’a adopté son appel ; notifiée, elle ne change plus."""
    return [
        pgtrigger.Trigger(
            name="deliberation_du_scenario_adopte",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("scenario_id", "appel_id"),  # type: ignore[no-untyped-call]
            condition=pgtrigger.Q(new__scenario__isnull=False),
            func="""
                PERFORM 1 FROM financements_scenario s
                  WHERE s.id = NEW.scenario_id AND s.appel_id = NEW.appel_id AND s.etat = 'adopte' FOR UPDATE;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'On ne vote que le scénario adopté de l’appel.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'deliberation_du_scenario_adopte';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="deliberation_notifiee_figee",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func="""
                IF EXISTS (SELECT 1 FROM financements_notification n JOIN financements_decision d
                             ON d.id = n.decision_id WHERE d.deliberation_id = OLD.id) THEN
                    RAISE EXCEPTION 'Des décisions de cette délibération sont notifiées : elle ne change plus.'
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'deliberation_notifiee_figee';
                END IF;
                RETURN NEW;
            """,
        ),
    ]


def vote_reste_adopte() -> pgtrigger.Trigger:
    """Pour le scénario : voté, il reste adopté."""
    return pgtrigger.Trigger(
        name="scenario_vote_reste_adopte",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("etat"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(old__etat="adopte", new__etat="etude"),
        func="""
            IF EXISTS (SELECT 1 FROM financements_deliberation d WHERE d.scenario_id = OLD.id) THEN
                RAISE EXCEPTION 'Ce scénario est voté : on ne revient plus sur son adoption.'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'scenario_vote_reste_adopte';
            END IF;
            RETURN NEW;
        """,
    )
