"""Accorder à un organisme un délai de plus, et le retirer."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Organisme, Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.actions.regler import verrouiller
from projets.models import AppelAProjets, Prolongation
from projets.states import EtatAppel

PROLONGEABLES = (EtatAppel.OUVERT, EtatAppel.CLOS)


@transaction.atomic
def accorder_une_prolongation(
    *, auteur: Personne | None, appel: AppelAProjets, organisme: Organisme, jusqu_au: datetime, motif: str
) -> Prolongation:
    """L’organisme peut déposer jusqu’à cet instant, exclu.

    Lève `PassageRefuse` si l’appel n’est ni ouvert ni clos, ou si l’instant n’est pas à venir et après la clôture ;
    `ValidationError` sans motif, ou si une prolongation est déjà en vigueur.
    """
    verrouille = verrouiller(appel.pk)
    instant = timezone.now()
    if verrouille.etat_a(instant) not in PROLONGEABLES:
        raise PassageRefuse(
            "Une prolongation s’accorde quand l’appel est ouvert, ou clos et pas encore en instruction."
        )
    if jusqu_au <= max(instant, verrouille.ferme_le):
        raise PassageRefuse("La prolongation va au-delà de la clôture, et elle est à venir.")
    prolongation = Prolongation(
        appel=verrouille, organisme=organisme, jusqu_au=jusqu_au, motif=motif.strip(), accordee_par=auteur
    )
    prolongation.full_clean()
    prolongation.save()
    journaliser(auteur=auteur, acte="accorder_une_prolongation", objet=prolongation, apres=_etat(prolongation))
    _prevenir(
        prolongation,
        f"{organisme} peut déposer jusqu’au {_en_clair(jusqu_au)} sur l’appel « {verrouille} » : une prolongation lui "
        "est accordée.",
    )
    return prolongation


@transaction.atomic
def retirer_une_prolongation(*, auteur: Personne | None, prolongation: Prolongation) -> Prolongation:
    """La prolongation cesse aussitôt ; ce qui est déjà déposé le reste. Lève `PassageRefuse` si elle est retirée."""
    verrouiller(prolongation.appel_id)
    ligne = (
        Prolongation.objects.select_for_update(of=("self",))
        .select_related("organisme", "appel")
        .get(pk=prolongation.pk)
    )
    if ligne.retiree_le is not None:
        raise PassageRefuse("Cette prolongation est déjà retirée.")
    ligne.retiree_le = timezone.now()
    ligne.retiree_par = auteur
    ligne.save(update_fields=["retiree_le", "retiree_par"])
    journaliser(auteur=auteur, acte="retirer_une_prolongation", objet=ligne, avant=_etat(ligne))
    _prevenir(
        ligne, f"La prolongation accordée à {ligne.organisme} sur l’appel « {ligne.appel} » est retirée ; elle cesse."
    )
    return ligne


def _prevenir(prolongation: Prolongation, texte: str) -> None:
    """Toutes les personnes de l’organisme : c’est à elles de déposer à temps."""
    membres = Personne.objects.filter(is_active=True, adhesions__organisme=prolongation.organisme_id)
    prevenir(personnes=membres, texte=texte, lien=prolongation.appel.get_absolute_url())


def _en_clair(instant: datetime) -> str:
    return f"{timezone.localtime(instant):%d/%m/%Y à %H h %M}"


def _etat(prolongation: Prolongation) -> dict[str, object]:
    return {
        "appel": prolongation.appel_id,
        "organisme": prolongation.organisme_id,
        "jusqu_au": prolongation.jusqu_au,
        "motif": prolongation.motif,
    }
