"""Écrire une version de la répartition, d’un coup et pour toujours."""

from django.core.exceptions import PermissionDenied

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.chiffres.versions_de_repartition import Version
from financements.models import Dotation, DotationAxe, Enveloppe, Repartition, ReserveAnnuelle
from financements.permissions import peut_arbitrer
from projets.models import AppelAProjets
from projets.states import EtatAppel

TERMINES = (EtatAppel.SOLDE, EtatAppel.ARCHIVE)


def exiger_le_droit(auteur: Personne | None, appel: AppelAProjets) -> None:
    """Lève `PermissionDenied` si la personne n’arbitre pas, `PassageRefuse` si l’appel est soldé ou archivé."""
    if auteur is not None and not peut_arbitrer(auteur):
        raise PermissionDenied
    if appel.etat in TERMINES:
        raise PassageRefuse(f"Cet appel est {appel.get_etat_display()} : son enveloppe ne change plus.")


def verrouiller_l_enveloppe(auteur: Personne | None, enveloppe: Enveloppe) -> Enveloppe:
    """Qui consomme, répartit ou révise une enveloppe la verrouille d’abord. Mêmes refus qu’`exiger_le_droit`."""
    verrouillee = Enveloppe.objects.select_for_update(of=("self",)).select_related("appel").get(pk=enveloppe.pk)
    exiger_le_droit(auteur, verrouillee.appel)
    return verrouillee


def ecrire_la_version(*, auteur: Personne | None, acte: str, version: Version, motif: str = "") -> Repartition:
    """Écrit la version calculée, son empreinte, qui l’a faite et pourquoi. Dans la transaction de l’acte."""
    repartition = version.repartition
    repartition.empreinte = version.empreinte
    repartition.motif = motif.strip()
    repartition.faite_par = auteur
    repartition.save(force_insert=True)
    for lignes in (version.dotations, version.axes, version.reserves):
        for ligne in lignes:
            ligne.repartition = repartition
    Dotation.objects.bulk_create(version.dotations)
    DotationAxe.objects.bulk_create(version.axes)
    ReserveAnnuelle.objects.bulk_create(version.reserves)
    journaliser(
        auteur=auteur,
        acte=acte,
        objet=repartition,
        apres={
            "version": repartition.version,
            "releve": str(repartition.releve),
            "methode": repartition.methode,
            "empreinte": repartition.empreinte,
            "motif": repartition.motif,
        },
    )
    return repartition
