"""Une délibération et ses lettres, prêtes à essayer."""

from dataclasses import dataclass
from datetime import date

from comptes.models import Adhesion
from config.socle.execution import executer
from financements.actions.arbitrage.adopter import adopter
from financements.actions.vote.executoire import dater_la_deliberation, demander_l_envoi, envoyer_les_notifications
from financements.actions.vote.voter import Vote, voter
from financements.models import Deliberation, EnvoiDesNotifications, Notification
from projets.models import AppelAProjets, Projet
from tests.comptes.fabriques import ResponsableFactory
from tests.financements.arbitrage.fabriques import PetitArbitrage

SERVICE = {
    "service": "Direction de l’insertion",
    "service_adresse": "1 place de l’Exemple, 59000 Lille",
    "service_telephone": "03 20 00 00 00",
    "contact": "insertion@exemple.fr",
    "tribunal": "tribunal administratif de Lille",
    "charge_du_dossier": "Anne Leroy, chargée de mission",
}


@dataclass(frozen=True)
class Notifie:
    """`adhesions` : celles des responsables, par numéro de projet."""

    monde: PetitArbitrage
    deliberation: Deliberation
    adhesions: dict[int, Adhesion]

    def lettre(self, numero: int) -> Notification:
        """La notification du projet de ce numéro."""
        return Notification.objects.get(decision__projet=self.monde.projets[numero])

    def adresse(self, suite: str = "") -> str:
        """Une page de la délibération."""
        return f"/financements/{self.monde.appel.slug}/deliberations/{self.deliberation.pk}/{suite}"

    def notifier(self) -> "Notifie":
        """La rend exécutoire et envoie tout."""
        lue = Deliberation.objects.get(pk=self.deliberation.pk)
        dater_la_deliberation(
            auteur=self.monde.pilote,
            deliberation=lue,
            transmise_le=date(2016, 6, 20),
            publiee_le=date(2016, 6, 22),
            version=lue.version,
        )
        envoi = demander_l_envoi(auteur=self.monde.pilote, deliberation=lue)
        with executer(EnvoiDesNotifications, envoi.pk) as en_main:
            assert en_main is not None
            envoyer_les_notifications(*en_main)
        return self


def votee(monde: PetitArbitrage) -> Notifie:
    """Le scénario proposé par l’instruction, adopté puis voté."""
    AppelAProjets.objects.filter(pk=monde.appel.pk).update(**SERVICE)
    monde.appel.refresh_from_db()
    adhesions = {numero: ResponsableFactory(organisme=monde.projets[numero].organisme) for numero in (1, 4)}
    for numero, projet in monde.projets.items():
        organisme = Projet.objects.select_related("organisme").get(pk=projet.pk).organisme
        organisme.adresse, organisme.courriel = f"{numero} rue des Essais, 59300 Valenciennes", ""
        organisme.save()
    adopter(auteur=monde.pilote, scenario=monde.scenario())
    dit = Vote("DLES/2016/131", date(2016, 6, 13), 70, 4, 8)
    return Notifie(monde, voter(auteur=monde.pilote, appel=monde.appel, vote=dit), adhesions)
