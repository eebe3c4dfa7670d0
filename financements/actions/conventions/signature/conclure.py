"""Faire avancer une demande de signature au nom de la machine."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from config.socle.journal import journaliser
from financements.models import DemandeDeSignature
from financements.notifications.signature import signature_conclue
from financements.states.execution import CYCLE_SIGNATURE, SIGNATURES_EN_COURS

LONGUEUR_DU_MOTIF = 1000


@transaction.atomic
def franchir(demande: DemandeDeSignature, passage: str, *, acte: str, **champs: Any) -> DemandeDeSignature | None:
    """La demande passée à l’état suivant, `champs` écrits ; None si quelqu’un l’a conclue entre-temps.

    Conclue, un courriel le dit à qui l’a demandée.
    Lève `PassageRefuse` si le passage ne part pas de son état.
    """
    liees = ("convention__action__projet__appel", "convention__action__projet__organisme", "avenant", "demandee_par")
    lue = DemandeDeSignature.objects.select_for_update(of=("self",)).select_related(*liees).get(pk=demande.pk)
    if not lue.est_en_cours:
        return None
    avant = {"etat": str(lue.etat)}
    lue.etat = CYCLE_SIGNATURE.franchir(passage, lue.etat)
    for nom, valeur in champs.items():
        setattr(lue, nom, valeur)
    lue.conclue_le = None if lue.etat in SIGNATURES_EN_COURS else timezone.now()
    lue.save()
    apres = {"etat": str(lue.etat)} | ({"motif": lue.motif} if lue.motif else {})
    journaliser(auteur=None, acte=acte, objet=lue, avant=avant, apres=apres)
    if not lue.est_en_cours and lue.demandee_par.is_active:
        deposer_courriel(message=signature_conclue(lue))
    return lue


def echouer(demande: DemandeDeSignature, motif: str, **champs: Any) -> DemandeDeSignature | None:
    """La demande n’ira pas plus loin, et dit pourquoi."""
    return franchir(
        demande,
        "echouer",
        acte="constater_l_echec_d_une_signature",
        motif=motif[:LONGUEUR_DU_MOTIF],
        **champs,
    )
