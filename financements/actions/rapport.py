"""Demander, annuler et relancer un rapport pluriannuel."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from comptes.models import Personne
from config.socle import execution
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.travaux import ACTIFS, CYCLE_TRAVAIL, EtatTravail
from financements.chiffres import Perimetre, version_des_donnees
from financements.models import Rapport
from financements.pdf.cle import cle_du_rapport, perimetre_du_rapport
from financements.states import SorteDeRapport
from financements.tasks.rapport import adopter_la_version, effacer_les_volumes, lancer_rapport

UTILISABLES = frozenset({*ACTIFS, EtatTravail.TERMINE.value})


@dataclass(frozen=True)
class Demande:
    """Le rapport qui répond à la demande, et s’il vient d’être créé (sinon il existait, fini ou en cours)."""

    rapport: Rapport
    est_nouveau: bool


@transaction.atomic
def demander_rapport(
    *, auteur: Personne | None, perimetre: Perimetre, sorte: SorteDeRapport = SorteDeRapport.PLURIANNUEL
) -> Demande:
    """Crée le rapport et lance sa production, ou rend celui qui dit déjà la même chose (fini à jour, ou en cours)."""
    version = version_des_donnees(perimetre.appel)
    cle = cle_du_rapport(perimetre, version, sorte)
    if existant := _utilisable(cle):
        return Demande(existant, est_nouveau=False)
    try:
        with transaction.atomic():
            rapport = Rapport.objects.create(
                appel=perimetre.appel,
                territoire=perimetre.territoire,
                axe=perimetre.axe,
                sorte=sorte,
                annee_debut=perimetre.annees[0],
                annee_fin=perimetre.annees[-1],
                cle=cle,
                version_donnees=version,
                demande_par=auteur,
            )
    except IntegrityError:
        # Une autre personne a demandé le même à l’instant : la base n’en laisse qu’un, et c’est le sien.
        if existant := _utilisable(cle):
            return Demande(existant, est_nouveau=False)
        raise
    journaliser(auteur=auteur, acte="demander_rapport", objet=rapport, apres={"version_donnees": version})
    transaction.on_commit(lambda: lancer_rapport(rapport.pk))
    return Demande(rapport, est_nouveau=True)


def _utilisable(cle: str) -> Rapport | None:
    return Rapport.objects.filter(cle=cle, etat__in=UTILISABLES).order_by("-pk").first()


def annuler_rapport(*, auteur: Personne, rapport: Rapport) -> Rapport:
    """Demande l’arrêt de la production. Lève `PassageRefuse` si elle est déjà finie."""
    return execution.demander_l_annulation(modele=Rapport, pk=rapport.pk, auteur=auteur)


@transaction.atomic
def relancer_rapport(*, auteur: Personne, rapport: Rapport) -> Demande:
    """Reprend un rapport échoué ou annulé, sur les données présentes. Lève `PassageRefuse` dans un autre état.

    Si un autre rapport dit déjà la même chose, c’est lui qui est rendu.
    """
    rapport = execution.verrouiller(Rapport, rapport.pk)
    CYCLE_TRAVAIL.franchir("relancer", rapport.etat)
    perimetre = perimetre_du_rapport(rapport)
    version = version_des_donnees(rapport.appel)
    if existant := _utilisable(cle_du_rapport(perimetre, version, rapport.sorte)):
        return Demande(existant, est_nouveau=False)
    if version != rapport.version_donnees:
        adopter_la_version(rapport, version)
    else:
        effacer_les_volumes(rapport)
    try:
        execution.relancer(modele=Rapport, pk=rapport.pk, auteur=auteur, lancer=lancer_rapport)
    except PassageRefuse:
        if existant := _utilisable(rapport.cle):
            return Demande(existant, est_nouveau=False)
        raise
    rapport.refresh_from_db()
    return Demande(rapport, est_nouveau=True)
