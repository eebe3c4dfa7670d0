"""Écrire une version de la répartition, d’un coup et pour toujours."""

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.chiffres.versions_de_repartition import Version
from financements.models import Dotation, DotationAxe, Enveloppe, Repartition, ReserveAnnuelle


def verrouiller_l_enveloppe(enveloppe: Enveloppe) -> Enveloppe:
    """Qui consomme, répartit ou révise une enveloppe la verrouille d’abord."""
    return Enveloppe.objects.select_for_update(of=("self",)).select_related("appel").get(pk=enveloppe.pk)


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
