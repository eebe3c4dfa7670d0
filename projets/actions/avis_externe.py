"""Demander son avis à une personne sans compte, la relancer, retirer la demande, recevoir sa réponse.

Le lien du courriel est le seul secret : ni le journal ni la base ne le gardent, et le texte du courriel s’efface.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Document, Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.models import AvisExterne, Projet
from projets.notifications.avis_externe import avis_demande, avis_retire
from projets.permissions import a_prevenir, instruit
from projets.states import NOTABLES, SensDeLAvis

RELANCE_AVANT = 2  # jours avant l’échéance
DEMANDES_PAR_PROJET = 10


@transaction.atomic
def demander_un_avis_externe(*, auteur: Personne, avis: AvisExterne, documents: Sequence[Document]) -> AvisExterne:
    """Enregistre la demande (pas encore en base) et envoie le lien.

    Lève `PermissionDenied`, `PassageRefuse` hors de l’instruction ou au-delà de dix demandes en attente,
    `ValidationError`.
    """
    projet = Projet.objects.verrouille(avis.projet_id)
    if not instruit(auteur, projet):
        raise PermissionDenied
    if projet.etat not in NOTABLES:
        raise PassageRefuse(f"Plus d’avis à demander\u00a0: le projet est «\u00a0{projet.get_etat_display()}\u00a0».")
    if AvisExterne.objects.en_attente().filter(projet=projet).count() >= DEMANDES_PAR_PROJET:
        raise PassageRefuse(f"{DEMANDES_PAR_PROJET} avis sont déjà attendus sur ce projet.")
    avis.demande_par, avis.email = auteur, avis.email.strip().lower()
    avis.demande_le = timezone.now()
    avis.full_clean()
    avis.save()
    avis.documents.set(documents)
    journaliser(
        auteur=auteur,
        acte="demander_un_avis_externe",
        objet=projet,
        apres={
            "avis": avis.pk,
            "nom": avis.nom,
            "email": avis.email,
            "question": avis.question,
            "echeance": avis.echeance,
            "partage": partage(avis),
        },
    )
    deposer_courriel(message=avis_demande(avis))
    return avis


def partage(avis: AvisExterne) -> list[str]:
    """Ce que la personne verra du projet, pour le journal."""
    choix = {"intitule": avis.montre_intitule, "organisme": avis.montre_organisme, "resume": avis.montre_resume}
    return [nom for nom, est_montre in choix.items() if est_montre] + [
        f"document {pk}" for pk in avis.documents.order_by("pk").values_list("pk", flat=True)
    ]


@transaction.atomic
def relancer_un_avis_externe(*, auteur: Personne | None, avis: AvisExterne) -> None:
    """Renvoie le lien, une fois par jour au plus. `auteur` None : la relance automatique.

    Lève `PermissionDenied`, `PassageRefuse` si l’avis n’est plus attendu ou vient d’être relancé.
    """
    verrouille = _verrouiller(auteur, avis)
    instant = timezone.now()
    dernier = verrouille.relance_le or verrouille.demande_le
    if not verrouille.est_ouvert:
        raise PassageRefuse(f"Cet avis est {verrouille.situation}\u00a0: il ne se relance pas.")
    if timezone.localdate(dernier) == timezone.localdate(instant):
        raise PassageRefuse("Le lien a déjà été envoyé aujourd’hui\u00a0: relancez demain.")
    verrouille.relance_le = instant
    verrouille.save(update_fields=["relance_le"])
    _consigner(auteur, verrouille, "relancer_un_avis_externe")
    deposer_courriel(message=avis_demande(verrouille, est_une_relance=True))


@transaction.atomic
def retirer_un_avis_externe(*, auteur: Personne, avis: AvisExterne) -> None:
    """Le lien ne sert plus, et la personne en est prévenue. Lève `PermissionDenied`, `PassageRefuse`."""
    verrouille = _verrouiller(auteur, avis)
    if verrouille.repondu_le or verrouille.retire_le:
        raise PassageRefuse(f"Cet avis est déjà {verrouille.situation}.")
    verrouille.retire_le = timezone.now()
    verrouille.save(update_fields=["retire_le"])
    _consigner(auteur, verrouille, "retirer_un_avis_externe")
    deposer_courriel(message=avis_retire(verrouille))


@transaction.atomic
def repondre_a_un_avis_externe(*, avis: AvisExterne, sens: SensDeLAvis, reponse: str) -> AvisExterne:
    """La personne répond, une fois ; qui a demandé l’avis est prévenu, s’il instruit encore le projet.

    Lève `PassageRefuse` si le lien ne sert plus, `ValidationError` sans texte.
    """
    verrouille = _verrouiller(None, avis)
    if not verrouille.est_ouvert:
        raise PassageRefuse("Ce lien ne sert plus.")
    verrouille.sens, verrouille.reponse, verrouille.repondu_le = sens, reponse.strip(), timezone.now()
    verrouille.full_clean()
    verrouille.save(update_fields=["sens", "reponse", "repondu_le"])
    _consigner(None, verrouille, "repondre_a_un_avis_externe")
    prevenir(
        personnes=a_prevenir(verrouille.projet, verrouille.demande_par),
        texte=f"{verrouille.nom} a rendu son avis sur « {verrouille.projet.intitule} ».",
        lien=reverse("projets:projet", args=[verrouille.projet_id]),
    )
    return verrouille


def relancer_les_avis_externes(instant: datetime) -> int:
    """Deux jours avant l’échéance, une fois par demande. Rend le nombre de relances."""
    limite = timezone.localdate(instant) + timedelta(days=RELANCE_AVANT)
    dus = AvisExterne.objects.en_attente().filter(echeance__lte=limite, relance_le__isnull=True)
    faites = 0
    for avis in dus.order_by("pk"):
        try:
            relancer_un_avis_externe(auteur=None, avis=avis)
        except PassageRefuse:  # demandé aujourd’hui, ou répondu entre-temps
            continue
        faites += 1
    return faites


def _verrouiller(auteur: Personne | None, avis: AvisExterne) -> AvisExterne:
    """Le projet d’abord : il ne se retire, ne se classe ni ne se présente pendant que l’on répond."""
    projet = Projet.objects.verrouille(avis.projet_id)
    verrouille = AvisExterne.objects.select_for_update(of=("self",)).select_related("demande_par").get(pk=avis.pk)
    verrouille.projet = projet
    if auteur is not None and not instruit(auteur, verrouille.projet):
        raise PermissionDenied
    return verrouille


def _consigner(auteur: Personne | None, avis: AvisExterne, acte: str) -> None:
    apres = {"avis": avis.pk, "nom": avis.nom, "situation": avis.situation, "sens": str(avis.sens)}
    journaliser(auteur=auteur, acte=acte, objet=avis.projet, apres=apres)
