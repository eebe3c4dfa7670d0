"""Valider une répartition prévisualisée, ou un reversement de reliquats : une version de plus, figée."""

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.ecriture import ecrire_la_version, verrouiller_l_enveloppe
from financements.chiffres.consommation import Consommation, consommation, scenario_adopte
from financements.chiffres.previsualisation import Choix, previsualiser
from financements.chiffres.reliquats import Reversement, previsualiser_le_reversement
from financements.chiffres.versions_de_repartition import Version, derniere_version
from financements.models import Enveloppe, Repartition


@transaction.atomic
def valider_la_repartition(
    *, auteur: Personne | None, enveloppe: Enveloppe, choix: Choix, motif: str, empreinte_lue: str
) -> Repartition:
    """Écrit la version que la personne vient de lire. `empreinte_lue` : celle de la prévisualisation.

    Lève `VersionPerimee` si le relevé, l’enveloppe, le départ ou la version courante ont changé depuis ;
    `PassageRefuse` si un scénario est adopté ou l’appel soldé ; `ValidationError` sans motif, ou si une année ne se
    répartit pas ; `PermissionDenied`.
    """
    enveloppe = verrouiller_l_enveloppe(auteur, enveloppe)
    if adopte := scenario_adopte(enveloppe.appel):
        raise PassageRefuse(
            f"Le scénario « {adopte} » est adopté dans la répartition courante : revenez d’abord sur son adoption."
        )
    calcul = previsualiser(enveloppe, choix)
    if calcul.version is None:
        raise ValidationError([f"{annee} : {raison}" for annee, raison in calcul.resultat.refus.items()])
    _exiger(motif, empreinte_lue, calcul.version)
    return ecrire_la_version(auteur=auteur, acte="repartir_enveloppe", version=calcul.version, motif=motif)


@transaction.atomic
def reverser_les_reliquats(
    *,
    auteur: Personne | None,
    enveloppe: Enveloppe,
    reversement: Reversement,
    motif: str,
    empreinte_lue: str,
    prises: Consommation | None = None,
) -> Repartition:
    """Reverse au pot et repartage : d’où, combien et vers qui restent dans la version.

    `prises` : (code, année) → centimes déjà consommés ; à défaut, le voté ou le scénario adopté. Lève
    `RepartitionRefusee`, `VersionPerimee`, et `ValidationError` sans motif ou si rien n’est réparti.
    """
    enveloppe = verrouiller_l_enveloppe(auteur, enveloppe)
    courante = derniere_version(enveloppe)
    if courante is None:
        raise ValidationError("Rien n’est encore réparti : il n’y a pas de reste à reverser.")
    constatees = consommation(enveloppe.appel) if prises is None else prises
    apercu = previsualiser_le_reversement(courante, reversement, constatees)
    _exiger(motif, empreinte_lue, apercu.version)
    return ecrire_la_version(auteur=auteur, acte="reverser_les_reliquats", version=apercu.version, motif=motif)


def _exiger(motif: str, empreinte_lue: str, version: Version) -> None:
    if not motif.strip():
        raise ValidationError({"motif": "Dites pourquoi : une version se justifie."})
    if version.empreinte != empreinte_lue:
        raise VersionPerimee(version)
