"""La notation : un instructeur, un projet, une note et sa justification par critère. Chacun note seul."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from comptes.models import Personne
from comptes.states import Role
from projets.models.affectation import Deport
from projets.models.projet import Projet
from projets.models.reglages import Critere
from projets.states import NOTABLES, NOTES_ARRETEES

LONGUEUR_D_UNE_JUSTIFICATION = 3000


def _liste(valeurs: frozenset[str]) -> str:
    return ", ".join(f"'{valeur}'" for valeur in sorted(valeurs))


# Les notes s’arrêtent quand le comité commence : projet présenté ou au-delà, appel en arbitrage ou au-delà. Le projet
# et son appel, dans cet ordre, sont verrouillés le temps de la transaction : l’un ne se présente pas, l’autre ne passe
# pas en arbitrage pendant qu’une note s’écrit.
_ARRET = f"""
    SELECT p.etat, a.etat INTO etat_projet, etat_appel
      FROM projets_projet p JOIN projets_appelaprojets a ON a.id = p.appel_id
     WHERE p.id = projet FOR SHARE OF p, a;
    IF etat_projet NOT IN ({_liste(NOTABLES)}) OR etat_appel IN ({_liste(NOTES_ARRETEES)}) THEN
        RAISE EXCEPTION 'Les notes ne changent plus : le projet n’est pas en instruction, ou l’appel est en arbitrage.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'notes_arretees';
    END IF;
"""  # noqa: S608 (états écrits dans le code)
_VARIABLES = [("etat_projet", "text"), ("etat_appel", "text"), ("projet", "bigint")]


class NotationQuerySet(models.QuerySet["Notation"]):
    def rendues(self) -> Self:
        """Celles que leur auteur a rendues."""
        return self.filter(rendue_le__isnull=False)

    def qui_comptent(self) -> Self:
        """Les rendues, sauf celles de qui s’est depuis déporté du projet. En SQL : `projets.chiffres.notation`."""
        deports = Deport.objects.en_cours().filter(
            projet=models.OuterRef("projet"), personne=models.OuterRef("instructeur")
        )
        return self.rendues().filter(~models.Exists(deports))

    def visibles_par(self, personne: Personne) -> Self:
        """La sienne ; celles des autres, rendues, une fois la sienne rendue ou les notes arrêtées. Le pilote, toutes.

        Les projets eux-mêmes se filtrent par `Projet.objects.visibles_par`.
        """
        if personne.role == Role.PILOTE:
            return self
        if personne.role != Role.INSTRUCTEUR:
            return self.none()
        la_sienne = Notation.objects.rendues().filter(projet=models.OuterRef("projet"), instructeur=personne)
        arretees = ~Q(projet__etat__in=NOTABLES) | Q(projet__appel__etat__in=NOTES_ARRETEES)
        ouvertes = Q(rendue_le__isnull=False) & (arretees | models.Exists(la_sienne))
        return self.filter(Q(instructeur=personne) | ouvertes)


class Notation(models.Model):
    """Ce qu’un instructeur note d’un projet. `version` : une de plus à chaque enregistrement."""

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="notations", verbose_name="projet")
    instructeur = models.ForeignKey(Personne, models.PROTECT, related_name="notations", verbose_name="instructeur")
    commentaire = models.TextField("commentaire", blank=True, max_length=LONGUEUR_D_UNE_JUSTIFICATION)
    version = models.PositiveIntegerField("version", default=1)
    modifiee_le = models.DateTimeField("modifiée le", auto_now=True)
    rendue_le = models.DateTimeField("rendue le", null=True, blank=True)

    objects = NotationQuerySet.as_manager()

    class Meta:
        verbose_name = "notation"
        ordering = ["projet", "rendue_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "instructeur"],
                name="notation_une_par_instructeur",
                violation_error_message="Cet instructeur a déjà une notation sur ce projet.",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="notation_figee",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=_VARIABLES,
                func=f"""
                    projet := CASE WHEN TG_OP = 'DELETE' THEN OLD.projet_id ELSE NEW.projet_id END;
                    {_ARRET}
                    IF TG_OP = 'DELETE' THEN
                        IF OLD.rendue_le IS NOT NULL THEN
                            RAISE EXCEPTION 'Une notation rendue ne s’efface pas.'
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'notation_figee';
                        END IF;
                        RETURN OLD;
                    END IF;
                    IF TG_OP = 'UPDATE' AND (
                        (OLD.projet_id, OLD.instructeur_id) IS DISTINCT FROM (NEW.projet_id, NEW.instructeur_id)
                        OR (OLD.rendue_le IS NOT NULL AND NOT (
                            NEW.rendue_le IS NULL AND NEW.version > OLD.version
                            AND NEW.commentaire = OLD.commentaire AND etat_projet = 'recevable'))
                    ) THEN
                        RAISE EXCEPTION 'Une notation rendue ne change plus : on la reprend avant l’avis.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'notation_figee';
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.rendue_le IS NOT NULL AND EXISTS (
                        SELECT 1 FROM projets_notation autre
                         WHERE autre.projet_id = projet AND autre.id <> OLD.id AND autre.rendue_le IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'Une autre notation est rendue sur ce projet : celle-ci ne se reprend plus.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'notation_lue';
                    END IF;
                    -- À part, pour n’être planifiée qu’ici : avant, la table des notes peut être vide.
                    IF NEW.rendue_le IS NOT NULL THEN
                        IF EXISTS (
                            SELECT 1 FROM projets_critere c JOIN projets_projet p ON p.appel_id = c.appel_id
                             WHERE p.id = projet AND NOT EXISTS (
                                SELECT 1 FROM projets_note n WHERE n.notation_id = NEW.id AND n.critere_id = c.id
                                   AND n.valeur IS NOT NULL AND n.justification ~ '[^[:space:]]')
                        ) THEN
                            RAISE EXCEPTION 'Chaque critère attend sa note et sa justification.'
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'notation_complete';
                        END IF;
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 (états écrits dans le code)
            )
        ]

    def __str__(self) -> str:
        return f"notation du projet {self.projet_id} par {self.instructeur}"


class Note(models.Model):
    """La note d’un critère, de 0 à son maximum, et ce qui la justifie. Vides tant que la notation n’est pas rendue."""

    notation = models.ForeignKey(Notation, models.CASCADE, related_name="notes", verbose_name="notation")
    critere = models.ForeignKey(Critere, models.PROTECT, related_name="notes", verbose_name="critère")
    valeur = models.PositiveSmallIntegerField("note", null=True, blank=True)
    justification = models.TextField("justification", blank=True, max_length=LONGUEUR_D_UNE_JUSTIFICATION)

    class Meta:
        verbose_name = "note"
        ordering = ["notation", "critere__ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["notation", "critere"],
                name="note_une_par_critere",
                violation_error_message="Ce critère a déjà sa note.",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="note_figee",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[*_VARIABLES, ("rendue", "timestamptz"), ("maximum", "smallint"), ("cible", "bigint")],
                func=f"""
                    cible := CASE WHEN TG_OP = 'DELETE' THEN OLD.notation_id ELSE NEW.notation_id END;
                    SELECT n.projet_id, n.rendue_le INTO projet, rendue FROM projets_notation n WHERE n.id = cible;
                    {_ARRET}
                    IF rendue IS NOT NULL OR (TG_OP = 'UPDATE' AND OLD.notation_id <> NEW.notation_id) THEN
                        RAISE EXCEPTION 'Une notation rendue ne change plus : on la reprend avant l’avis.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'notation_figee';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    SELECT c.note_maximale INTO maximum
                      FROM projets_critere c JOIN projets_projet p ON p.appel_id = c.appel_id
                     WHERE p.id = projet AND c.id = NEW.critere_id;
                    IF maximum IS NULL THEN
                        RAISE EXCEPTION 'Le critère est un critère de l’appel du projet.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'note_critere_de_l_appel';
                    END IF;
                    IF NEW.valeur NOT BETWEEN 0 AND maximum THEN
                        RAISE EXCEPTION 'La note va de 0 à %.', maximum
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'note_bornee';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 (états écrits dans le code)
            )
        ]

    def __str__(self) -> str:
        return f"{self.critere_id} : {self.valeur}"
