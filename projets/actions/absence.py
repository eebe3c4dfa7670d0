"""Déclarer une absence et son remplaçant, ou le retour."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Personne
from comptes.states import Role
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.models import Absence
from projets.permissions import peut_repartir


@transaction.atomic
def declarer_une_absence(
    *, auteur: Personne, personne: Personne, du: date, au: date, remplacant: Personne | None = None, motif: str = ""
) -> Absence:
    """La sienne, ou celle d’un instructeur si l’on est pilote. Le remplaçant est prévenu.

    Lève `PermissionDenied`, `PassageRefuse` (qui n’instruit pas), `ValidationError` (dates, remplaçant).
    """
    if not _peut_pour(auteur, personne):
        raise PermissionDenied
    for quelqu_un in filter(None, (personne, remplacant)):
        if quelqu_un.role != Role.INSTRUCTEUR or not quelqu_un.is_active:
            raise PassageRefuse(f"{quelqu_un} n’instruit pas de projet.")
    absence = Absence(personne=personne, du=du, au=au, remplacant=remplacant, motif=motif.strip())
    absence.full_clean()
    absence.save()
    journaliser(
        auteur=auteur,
        acte="declarer_une_absence",
        objet=personne,
        apres={"du": du, "au": au, "remplacant": str(remplacant or "")},
    )
    if remplacant and remplacant.pk != auteur.pk:
        texte = f"Vous remplacez {personne} du {du:%d/%m/%Y} au {au:%d/%m/%Y} : ses projets sont dans « Mes projets »."
        prevenir(personnes=[remplacant], texte=texte, lien=reverse("projets:instruction"))
    return absence


@transaction.atomic
def terminer_l_absence(*, auteur: Personne, absence: Absence) -> None:
    """Le retour : l’absence finit la veille ; pas encore commencée, elle est annulée.

    Lève `PermissionDenied`, `PassageRefuse` si elle est déjà passée.
    """
    lue = Absence.objects.select_for_update(of=("self",)).select_related("personne").get(pk=absence.pk)
    if not _peut_pour(auteur, lue.personne):
        raise PermissionDenied
    hier = timezone.localdate() - timedelta(days=1)
    if lue.au <= hier:
        raise PassageRefuse("Cette absence est déjà passée.")
    avant = {"du": lue.du, "au": lue.au}
    if lue.du > hier:
        lue.delete()
    else:
        lue.au = hier
        lue.save(update_fields=["au"])
    journaliser(auteur=auteur, acte="terminer_l_absence", objet=lue.personne, avant=avant, apres={"au": hier})


def _peut_pour(auteur: Personne, personne: Personne) -> bool:
    return auteur.pk == personne.pk or peut_repartir(auteur)
