"""Dire ce que chaque territoire recevait l’année à laquelle on compare l’appel."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.ecriture import exiger_le_droit
from financements.models import CreditDeReference
from projets.models import AppelAProjets
from projets.states import Volet
from territoires.models import Territoire


@dataclass(frozen=True)
class SaisieDeReference:
    """`montants` : code → (en tout, dont insertion professionnelle ou None), en euros. `lue` : l’état qu’on a lu."""

    annee: int
    montants: Mapping[str, tuple[Decimal, Decimal | None]]
    source: str
    est_fictif: bool
    lue: str


def etat_de_la_reference(appel: AppelAProjets) -> str:
    """L’empreinte de ce qui est saisi, vide si rien ne l’est : de quoi voir qu’un autre vient d’enregistrer."""
    lignes = CreditDeReference.objects.filter(appel=appel).order_by("annee", "territoire__code", "volet")
    texte = "|".join(
        map(str, lignes.values_list("annee", "territoire__code", "volet", "montant", "source", "est_fictif"))
    )
    return hashlib.sha256(texte.encode()).hexdigest() if texte else ""


@transaction.atomic
def saisir_la_reference(
    *, auteur: Personne | None, appel: AppelAProjets, saisie: SaisieDeReference
) -> list[CreditDeReference]:
    """Remplace ce qui était saisi pour l’appel. Une version déjà validée garde ce dont elle est partie.

    Lève `VersionPerimee` si quelqu’un a enregistré depuis la lecture ; `ValidationError` si l’année n’est pas avant
    l’appel, ou sans source.
    """
    exiger_le_droit(auteur, AppelAProjets.objects.select_for_update(of=("self",)).get(pk=appel.pk))
    if etat_de_la_reference(appel) != saisie.lue:
        raise VersionPerimee(appel)
    if saisie.annee >= appel.annee_debut:
        raise ValidationError({"annee": f"L’année de comparaison vient avant {appel.annee_debut}."})
    avant = _en_clair(CreditDeReference.objects.filter(appel=appel))
    CreditDeReference.objects.filter(appel=appel).delete()
    lignes = _lignes(appel, saisie)
    for ligne in lignes:
        ligne.full_clean()
    CreditDeReference.objects.bulk_create(lignes)
    apres = _en_clair(CreditDeReference.objects.filter(appel=appel))
    journaliser(auteur=auteur, acte="saisir_la_reference", objet=appel, avant=avant, apres=apres)
    return lignes


def _lignes(appel: AppelAProjets, saisie: SaisieDeReference) -> list[CreditDeReference]:
    territoires = {territoire.code: territoire for territoire in Territoire.objects.defer("contour")}
    lignes = []
    for code, (tout, pro) in sorted(saisie.montants.items()):
        volets = {"": tout} if pro is None else {Volet.PROFESSIONNEL.value: pro, Volet.SOCIAL.value: tout - pro}
        lignes += [
            CreditDeReference(
                appel=appel,
                annee=saisie.annee,
                territoire=territoires[code],
                volet=volet,
                montant=montant,
                source=saisie.source.strip(),
                est_fictif=saisie.est_fictif,
            )
            for volet, montant in volets.items()
        ]
    return lignes


def _en_clair(lignes: "QuerySet[CreditDeReference]") -> dict[str, object]:
    """Ce que garde le journal : l’année, la source, et chaque montant."""
    rangees = list(lignes.order_by("territoire__code", "volet").select_related("territoire"))
    if not rangees:
        return {}
    return {
        "annee": rangees[0].annee,
        "provenance": rangees[0].source,
        "montants": {f"{ligne.territoire.code} {ligne.volet}".strip(): str(ligne.montant) for ligne in rangees},
    }
