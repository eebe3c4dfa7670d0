"""La notification : une décision votée se dit à l’organisme, une fois, et jamais avant d’être exécutoire."""

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.declencheurs import en_ajout_seul
from config.socle.models import Travail
from config.socle.montants import format_nombre
from config.socle.travaux import ACTIFS
from financements.models.deliberation import Decision, Deliberation
from projets.models import Projet

LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


class EnvoiQuerySet(models.QuerySet["EnvoiDesNotifications"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements lit l’envoi."""
        return self if personne.role in LECTEURS else self.none()


class EnvoiDesNotifications(Travail):
    """L’envoi des notifications d’une délibération. Interrompu, il reprend : ce qui est notifié le reste."""

    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="envois", verbose_name="délibération")
    notifiees = models.PositiveIntegerField("décisions notifiées", default=0)
    en_recommande = models.PositiveIntegerField("à envoyer en recommandé", default=0)

    objects = EnvoiQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "envoi des notifications"
        verbose_name_plural = "envois des notifications"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["deliberation"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="envoi_un_seul_a_la_fois",
                violation_error_message="Un envoi est déjà en cours pour cette délibération.",
            ),
        ]

    def __str__(self) -> str:
        return f"Notifications de {self.deliberation}"

    def get_absolute_url(self) -> str:
        """La page de la délibération (lit `deliberation.appel`)."""
        return self.deliberation.get_absolute_url()

    @property
    def bilan(self) -> str:
        """« 1 335 décisions notifiées, dont 12 à envoyer en recommandé… » ; vide avant le premier lot."""
        if not self.notifiees:
            return ""
        muets = f", dont {format_nombre(self.en_recommande)} à envoyer en recommandé (sans courriel ou sans compte)"
        decisions = "décision notifiée" if self.notifiees == 1 else "décisions notifiées"
        return f"{format_nombre(self.notifiees)}\u00a0{decisions}{muets if self.en_recommande else ''}."

    def adresse_de_l_avancement(self) -> str:
        """Le fragment d’avancement (lit `deliberation.appel`)."""
        appel = self.deliberation.appel
        slug = appel.slug if appel else ""
        return reverse("financements:avancement_notifications", args=[slug, self.deliberation_id, self.pk])


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visibles_par(self, personne: Personne) -> Self:
        """L’organisme lit les siennes, qui lit les financements les lit toutes ; personne, celles d’un déport."""
        if personne.role != Role.PORTEUR and personne.role not in LECTEURS:
            return self.none()
        return self.filter(decision__projet__in=Projet.objects.visibles_par(personne))

    def en_lettres(self) -> Self:
        """Celles qui ont une lettre : elle est figée avec la notification."""
        return self.filter(contenu__has_key="lettre")

    def en_recommande(self) -> Self:
        """Celles que la poste porte : sans adresse électronique, ou d’un organisme où personne n’avait de compte."""
        return self.filter(Q(destinataires=[]) | Q(contenu__a_un_compte=False))

    def non_lues(self) -> Self:
        """Les lettres que personne de l’organisme n’a encore ouvertes, et qui ne partent pas en recommandé."""
        par_courriel = self.en_lettres().exclude(pk__in=Notification.objects.en_recommande())
        return par_courriel.filter(lecture__isnull=True)


class Notification(models.Model):
    """Ce qui a été notifié d’une décision : le texte exact, à qui, quand. La base le refuse avant l’exécutoire."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="notification", verbose_name="décision")
    contenu = models.JSONField("ce qui a été notifié")
    destinataires = models.JSONField("destinataires", default=list)
    notifiee_le = models.DateTimeField("notifiée le", auto_now_add=True)
    notifiee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, related_name="+", verbose_name="notifiée par"
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "notification"
        ordering = ["decision"]
        triggers = [
            *en_ajout_seul(
                "notification", "Les notifications ne se vident pas.", refus="Une notification envoyée ne change pas."
            ),
            pgtrigger.Trigger(
                name="notification_apres_l_executoire",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    -- Verrouillée, la délibération garde ses dates jusqu’à ce que la notification soit écrite.
                    PERFORM 1 FROM financements_decision d
                       JOIN financements_deliberation l ON l.id = d.deliberation_id
                      WHERE d.id = NEW.decision_id AND l.transmise_le IS NOT NULL AND l.publiee_le IS NOT NULL
                        AND greatest(l.transmise_le, l.publiee_le) <= (now() AT TIME ZONE 'Europe/Paris')::date
                        FOR SHARE OF l;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'Rien ne se notifie avant que la délibération soit exécutoire.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'notification_apres_l_executoire';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Notification de la décision {self.decision_id}"

    @property
    def lettre(self) -> dict[str, Any]:
        """La lettre figée : objet, blocs, destinataire, date… (voir `financements.notifications.lettre`)."""
        lue: dict[str, Any] = self.contenu["lettre"]
        return lue
