"""Écrire le texte du rapport, puis dire quand l’assemblée siège et quand il est parti aux élus."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from config.socle.versions import exiger_la_version
from financements.chiffres.consommation import scenario_adopte
from financements.chiffres.rapport_assemblee.marque import marque_du_rapport
from financements.chiffres.rapport_assemblee.rapport import variables_de
from financements.models import DocumentDeRapport, RapportALAssemblee
from financements.permissions import peut_arbitrer
from financements.rules.delai_de_seance import DelaiTropCourt, verifier_l_envoi
from financements.rules.modele_du_rapport import TEXTE, TITRE
from financements.rules.variables import analyser
from financements.states import APPELS_ARBITRABLES
from projets.models import AppelAProjets


@dataclass(frozen=True)
class Dates:
    """`envoye_le` None : pas encore parti. `aujourd_hui` : un envoi ne se date pas de demain."""

    seance_le: date | None
    envoye_le: date | None
    est_urgent: bool
    motif_d_urgence: str
    aujourd_hui: date


def rapport_de(appel: AppelAProjets) -> RapportALAssemblee:
    """Celui de l’appel ; à défaut le texte proposé, pas encore écrit (`version` 0)."""
    ecrit = RapportALAssemblee.objects.select_related("appel").filter(appel=appel).first()
    if ecrit:
        return ecrit
    return RapportALAssemblee(appel=appel, titre=TITRE, texte=TEXTE, seance_le=appel.deliberation_le, version=0)


@transaction.atomic
def rediger_le_rapport(
    *, auteur: Personne, appel: AppelAProjets, titre: str, texte: str, version: int
) -> RapportALAssemblee:
    """Lève `PermissionDenied`, `PassageRefuse` (vote fait, rapport envoyé), `VersionPerimee`, `ValidationError`."""
    rapport = verrouiller_le_rapport(auteur, appel, version)
    refuser_une_fois_envoye(rapport)
    erreurs = analyser(texte, variables_de(appel)).erreurs
    if erreurs:
        raise ValidationError({"texte": [str(erreur) for erreur in erreurs]})
    avant = {"titre": rapport.titre, "texte": rapport.texte} if rapport.pk else None
    rapport.titre, rapport.texte = titre.strip(), texte.strip()
    _ecrire(rapport)
    journaliser(
        auteur=auteur,
        acte="rediger_le_rapport",
        objet=rapport,
        avant=avant,
        apres={"titre": rapport.titre, "texte": rapport.texte},
    )
    return rapport


@transaction.atomic
def dater_le_rapport(*, auteur: Personne, appel: AppelAProjets, dates: Dates, version: int) -> RapportALAssemblee:
    """Date la séance et l’envoi, contrôlés (CGCT L3121-19). Retirer la date d’envoi rend le texte modifiable.

    Lève `PermissionDenied`, `PassageRefuse` (vote fait, rien d’à jour à envoyer), `VersionPerimee`,
    `ValidationError` par champ.
    """
    rapport = verrouiller_le_rapport(auteur, appel, version)
    avant = _en_clair(rapport)
    _verifier(dates)
    part_ou_change = not rapport.envoye_le or rapport.seance_le != dates.seance_le
    rapport.seance_le, rapport.envoye_le = dates.seance_le, dates.envoye_le
    if dates.envoye_le and part_ou_change:
        _exiger_un_rapport_a_jour(rapport)
    rapport.est_urgent = dates.est_urgent
    rapport.motif_d_urgence = dates.motif_d_urgence.strip() if dates.est_urgent else ""
    _ecrire(rapport)
    journaliser(auteur=auteur, acte="dater_le_rapport", objet=rapport, avant=avant, apres=_en_clair(rapport))
    return rapport


def verrouiller_le_rapport(auteur: Personne, appel: AppelAProjets, version: int) -> RapportALAssemblee:
    """Sous le verrou de l’appel : deux premiers enregistrements n’en font pas deux rapports.

    Lève `PermissionDenied`, `PassageRefuse` si l’appel n’est pas en arbitrage, `VersionPerimee`.
    """
    if not peut_arbitrer(auteur):
        raise PermissionDenied
    verrouille = AppelAProjets.objects.select_for_update(of=("self",)).get(pk=appel.pk)
    if verrouille.etat not in APPELS_ARBITRABLES:
        raise PassageRefuse(
            f"Cet appel est {verrouille.get_etat_display()}\u00a0: le rapport se prépare pendant l’arbitrage."
        )
    rapport = rapport_de(verrouille)
    exiger_la_version(rapport, version)
    return rapport


def refuser_une_fois_envoye(rapport: RapportALAssemblee) -> None:
    """Lève `PassageRefuse` : ce que les élus ont reçu ne change plus."""
    if rapport.envoye_le:
        raise PassageRefuse(
            f"Le rapport est parti aux élus le {rapport.envoye_le:%d/%m/%Y}\u00a0: retirez d’abord cette date."
        )


def _exiger_un_rapport_a_jour(rapport: RapportALAssemblee) -> None:
    """Ce qui part aux élus dit le scénario adopté, le texte et la séance d’à présent."""
    adopte = scenario_adopte(rapport.appel)
    produits = DocumentDeRapport.objects.filter(rapport=rapport.pk, scenario=adopte, etat=EtatTravail.TERMINE)
    if adopte is None or not produits.filter(marque=marque_du_rapport(rapport, adopte)).exists():
        raise PassageRefuse(
            "Aucun rapport produit n’est à jour du scénario adopté, du texte, de la séance et des imputations\u00a0: "
            "enregistrez la séance, produisez le rapport, puis datez son envoi."
        )


def _verifier(dates: Dates) -> None:
    if dates.est_urgent and not dates.motif_d_urgence.strip():
        raise ValidationError({"motif_d_urgence": "Dites pourquoi le délai est abrégé."})
    if dates.envoye_le is None:
        return
    if dates.seance_le is None:
        raise ValidationError({"seance_le": "Donnez la date de la séance\u00a0: le délai se compte d’elle."})
    if dates.envoye_le > dates.aujourd_hui:
        raise ValidationError({"envoye_le": "Cette date est à venir\u00a0: un envoi s’enregistre une fois fait."})
    try:
        verifier_l_envoi(dates.envoye_le, dates.seance_le, est_urgent=dates.est_urgent)
    except DelaiTropCourt as refus:
        raise ValidationError({"envoye_le": str(refus)}) from refus


def _ecrire(rapport: RapportALAssemblee) -> None:
    rapport.version += 1
    rapport.full_clean()
    rapport.save()


def _en_clair(rapport: RapportALAssemblee) -> dict[str, Any]:
    urgence = {"motif_d_urgence": rapport.motif_d_urgence} if rapport.est_urgent else {}
    return {"seance_le": rapport.seance_le, "envoye_le": rapport.envoye_le} | urgence
