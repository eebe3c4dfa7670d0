"""Revoir un bilan déposé : demander une correction, valider le coût réel éligible, rouvrir."""

from contextlib import suppress
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from comptes.states import Role
from config.socle.journal import journaliser
from config.socle.montants import en_centimes
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.execution.solder import arreter_le_solde
from financements.models import Bilan
from financements.notifications.bilan import correction_demandee
from financements.permissions import peut_rouvrir_un_bilan, revoit_le_bilan
from financements.rules.bilan import motif_est_du
from financements.states.execution import CYCLE_BILAN


@transaction.atomic
def demander_une_correction(*, auteur: Personne, bilan: Bilan, motif: str, version: int) -> Bilan:
    """Rend le bilan à l’organisme, qui lit ce qui est à corriger.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse` s’il n’est pas déposé, `ValidationError` sans motif.
    """
    verrouille = _verrouiller(auteur, bilan, version)
    apres = CYCLE_BILAN.franchir("demander_une_correction", verrouille.etat)
    _rendre(auteur, verrouille, "demander_une_correction_du_bilan", apres, motif)
    return verrouille


@transaction.atomic
def valider_le_bilan(*, auteur: Personne, bilan: Bilan, cout_reel: Decimal, motif: str, version: int) -> Bilan:
    """Retient le coût réel éligible (euros) ; autre que celui que donnent les lignes, il se motive.

    Le solde de l’année s’arrête du même geste ; la tranche suivante peut être libérée. Lève `PermissionDenied`,
    `VersionPerimee`, `PassageRefuse` s’il n’est pas déposé, `ValidationError`.
    """
    verrouille = _verrouiller(auteur, bilan, version)
    apres = CYCLE_BILAN.franchir("valider", verrouille.etat)
    propose = en_centimes(verrouille.cout_propose or Decimal(0))
    if motif_est_du(propose, en_centimes(cout_reel)) and not motif.strip():
        raise ValidationError({"motif": "Ce coût n’est pas celui que donnent les lignes\u00a0: dites pourquoi."})
    avant = {"etat": verrouille.etat, "cout_reel": verrouille.cout_reel}
    verrouille.etat, verrouille.cout_reel, verrouille.motif_du_cout = apres, cout_reel, motif.strip()
    verrouille.valide_le, verrouille.valide_par = timezone.now(), auteur
    verrouille.version += 1
    verrouille.full_clean()
    verrouille.save()
    journaliser(
        auteur=auteur,
        acte="valider_le_bilan",
        objet=verrouille,
        avant=avant,
        apres={"etat": apres, "cout_reel": cout_reel, "motif": motif.strip()},
    )
    with suppress(PassageRefuse), transaction.atomic():  # pas engagée, ou déjà un titre : les finances l’arrêteront
        arreter_le_solde(auteur=auteur, bilan=verrouille)
    projet = verrouille.action.projet
    prevenir(
        personnes=_membres(verrouille),
        texte=f"Le bilan {verrouille.annee} de «\u00a0{projet.intitule}\u00a0» est validé.",
        lien=reverse("financements:mon_bilan", args=[projet.pk, verrouille.annee]),
    )
    return verrouille


@transaction.atomic
def rouvrir_le_bilan(*, auteur: Personne, bilan: Bilan, motif: str, version: int) -> Bilan:
    """Rend à l’organisme un bilan déjà validé, pour un motif écrit. Mêmes refus que `demander_une_correction`."""
    if not peut_rouvrir_un_bilan(auteur):
        raise PermissionDenied
    verrouille = _verrouiller(auteur, bilan, version)
    apres = CYCLE_BILAN.franchir("rouvrir", verrouille.etat)
    verrouille.valide_le = verrouille.valide_par = verrouille.cout_reel = None
    verrouille.motif_du_cout = ""
    _rendre(auteur, verrouille, "rouvrir_le_bilan", apres, motif)
    return verrouille


def _verrouiller(auteur: Personne, bilan: Bilan, version: int) -> Bilan:
    if not revoit_le_bilan(auteur, bilan):
        raise PermissionDenied
    verrouille = Bilan.objects.verrouille(bilan.pk)
    exiger_la_version(verrouille, version)
    return verrouille


def _rendre(auteur: Personne, bilan: Bilan, acte: str, apres: str, motif: str) -> None:
    if not motif.strip():
        raise ValidationError({"motif": "Dites ce qui est à corriger."})
    avant = {"etat": bilan.etat}
    bilan.etat, bilan.correction = apres, motif.strip()
    bilan.version += 1
    bilan.save()
    journaliser(auteur=auteur, acte=acte, objet=bilan, avant=avant, apres={"etat": apres, "motif": motif.strip()})
    for adresse in _adresses(bilan):
        deposer_courriel(message=correction_demandee(bilan, adresse))


def _membres(bilan: Bilan) -> list[Personne]:
    organisme = bilan.action.projet.organisme_id
    return list(Personne.objects.filter(is_active=True, role=Role.PORTEUR, adhesions__organisme=organisme))


def _adresses(bilan: Bilan) -> list[str]:
    return sorted({*(p.email for p in _membres(bilan)), bilan.action.projet.organisme.courriel} - {""})
