"""Remettre dans la file un courriel qui a épuisé ses essais."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Courriel, Personne
from comptes.models.courriel import fin_de_la_grace
from comptes.permissions import relance_les_courriels
from comptes.states import EtatCourriel
from comptes.tasks import lancer_l_envoi
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse

PAS_ECHOUE = "Ce courriel n’a pas échoué : il est déjà parti, ou il part."
EFFACE = "Le texte de ce courriel est effacé : son lien ne sert plus. La personne peut en demander un autre."


@transaction.atomic
def relancer_un_courriel(*, auteur: Personne, pk: int) -> Courriel:
    """Le courriel repart comme neuf, ses essais remis à zéro. La cause de l’échec reste au journal.

    Lève `PermissionDenied` si l’auteur n’est pas administrateur, `PassageRefuse` si le courriel n’a pas échoué ou n’a
    plus de texte.
    """
    if not relance_les_courriels(auteur):
        raise PermissionDenied
    courriel: Courriel = Courriel.objects.select_for_update(of=("self",)).get(pk=pk)
    if courriel.etat != EtatCourriel.ECHOUE:
        raise PassageRefuse(PAS_ECHOUE)
    if courriel.efface_le is not None:
        raise PassageRefuse(EFFACE)
    avant = {"etat": courriel.etat, "essais": courriel.essais, "erreur": courriel.erreur}
    courriel.etat, courriel.essais, courriel.erreur = EtatCourriel.A_ENVOYER, 0, ""
    courriel.prochain_essai_le = fin_de_la_grace()
    courriel.save(update_fields=["etat", "essais", "erreur", "prochain_essai_le"])
    journaliser(auteur=auteur, acte="relancer_un_courriel", objet=courriel, avant=avant, apres={"etat": courriel.etat})
    transaction.on_commit(partial(lancer_l_envoi, courriel.pk))
    return courriel
