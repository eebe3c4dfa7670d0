"""Demander, annuler, reprendre un travail sur les lettres d’une délibération ; relancer les lettres non lues."""

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Courriel, Personne
from config.socle import execution
from config.socle.execution import Suivi
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.chiffres.lettres import lettres_choisies
from financements.models import Deliberation, LotDeLettres, Notification
from financements.notifications.decision import cle_de_relance, relances_de
from financements.permissions import peut_suivre_la_deliberation
from financements.states import SorteDeLot

PAR_LOT = 50  # relances par transaction


@transaction.atomic
def demander_un_lot(
    *, auteur: Personne, deliberation: Deliberation, sorte: SorteDeLot, choix: str, lancer: Callable[[int], object]
) -> LotDeLettres:
    """Prend note du travail, que `lancer(pk)` met dans la file ; rend celui qui est en cours, s’il existe déjà.

    `choix` : voir `lettres_choisies`. Lève `PermissionDenied`, `PassageRefuse` si aucune lettre n’est concernée.
    """
    if not peut_suivre_la_deliberation(auteur):
        raise PermissionDenied
    nombre = lettres_choisies(deliberation, choix, auteur).count()
    if not nombre:
        raise PassageRefuse("Aucune lettre n’est concernée\u00a0: il faut des décisions notifiées.")
    voulu = {"deliberation": deliberation, "sorte": sorte, "choix": choix}
    lot, est_neuf = execution.inscrire(LotDeLettres, cle=voulu, demande_par=auteur)
    if est_neuf:
        apres = {"sorte": str(sorte.label), "lettres": nombre, "filtres": choix}
        journaliser(auteur=auteur, acte="demander_des_lettres", objet=deliberation, apres=apres)
        transaction.on_commit(lambda: lancer(lot.pk))
    return lot


def annuler_un_lot(*, auteur: Personne, lot: LotDeLettres) -> LotDeLettres:
    """Demande l’arrêt. Lève `PassageRefuse` s’il est fini."""
    return execution.demander_l_annulation(modele=LotDeLettres, pk=lot.pk, auteur=auteur)


def reprendre_un_lot(*, auteur: Personne, lot: LotDeLettres, lancer: Callable[[int], object]) -> LotDeLettres:
    """Reprend un lot échoué ou annulé. Lève `PassageRefuse` (autre état, ou un autre est en cours)."""
    return execution.relancer(modele=LotDeLettres, pk=lot.pk, auteur=auteur, lancer=lancer)


def relancer_les_non_lues(lot: LotDeLettres, suivi: Suivi) -> None:
    """Écrit à qui n’a pas ouvert sa lettre, une fois par jour au plus. Lève `TravailAnnule` entre deux lots."""
    restent = list(lettres_choisies(lot.deliberation, lot.choix, lot.demande_par).values_list("pk", flat=True))
    for debut in range(0, len(restent), PAR_LOT):
        suivi.avancer(100 * debut // len(restent), f"{debut} lettres sur {len(restent)}", toujours=True)
        _relancer_un_lot(lot, restent[debut : debut + PAR_LOT])


@transaction.atomic
def _relancer_un_lot(lot: LotDeLettres, cles: Sequence[int]) -> None:
    """Relance, et compte dans la même transaction : un lot repris ne répète ni n’oublie rien."""
    jour = timezone.localdate()
    non_lues = Notification.objects.non_lues().filter(pk__in=cles)
    lues = list(non_lues.select_related("decision__projet__organisme").order_by("pk"))
    deja = set(
        Courriel.objects.filter(cle__in=[cle_de_relance(une.pk, jour) for une in lues]).values_list("cle", flat=True)
    )
    relancees = 0
    for notification in lues:
        if cle_de_relance(notification.pk, jour) in deja:
            continue
        adresses = notification.decision.projet.organisme.destinataires()
        for message in relances_de(notification, adresses, jour):
            deposer_courriel(message=message)
        relancees += bool(adresses)
        journaliser(
            auteur=lot.demande_par,
            acte="relancer_la_lecture",
            objet=notification.decision.projet,
            apres={"destinataires": adresses},
        )
    lot.lettres += relancees
    lot.ecartees += len(cles) - relancees
    lot.save(update_fields=["lettres", "ecartees"])
