"""Amender un point : le scénario change et l’amendement s’écrit, ou rien."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_euros
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.ecriture import scenario_verrouille
from financements.actions.arbitrage.saisir import Saisie, saisir
from financements.actions.comite.verrou import comite_verrouille
from financements.models import Amendement, Comite, DeportDElu, Elu, PointDuComite
from financements.states import Choix, EtatComite


@dataclass(frozen=True, slots=True)
class Proposition:
    """Ce qu’un élu propose d’un point. `saisie` porte la version de la ligne que la page montrait."""

    point: PointDuComite
    saisie: Saisie
    propose_par: Elu
    motif: str


@transaction.atomic
def amender(*, auteur: Personne, comite: Comite, proposition: Proposition) -> Amendement:
    """Écrit dans le scénario, et garde qui l’a proposé et pourquoi.

    Lève `PassageRefuse` (comité pas ouvert, scénario adopté, rien ne change, élu déporté), `SaisieRefusee` (montant
    impossible), `VersionPerimee` (le point a changé depuis), `ValidationError` (motif), `PermissionDenied`.
    """
    point, elu = proposition.point, proposition.propose_par
    verrouille = comite_verrouille(auteur, comite, EtatComite.OUVERT)
    scenario_verrouille(auteur, verrouille.scenario)
    if point.comite_id != verrouille.pk or elu.comite_id != verrouille.pk:
        raise PassageRefuse("Ce point ou cet élu n’est pas de ce comité.")
    if DeportDElu.objects.filter(elu=elu, projet=point.projet_id).exists():
        raise PassageRefuse("Cet élu s’est déporté de ce projet.")
    if not proposition.motif.strip():
        raise ValidationError({"motif": "Dites pourquoi le comité amende ce point."})
    coup = saisir(auteur=auteur, scenario=verrouille.scenario, saisies=[proposition.saisie])
    if coup is None:
        raise PassageRefuse("Cet amendement ne change rien\u00a0: le scénario dit déjà cela.")
    _, *etats = coup.lignes[0]
    amendement = Amendement.objects.create(
        point=point,
        avant=etats[:2],
        apres=etats[2:],
        propose_par=elu,
        motif=proposition.motif.strip(),
        enregistre_par=auteur,
    )
    journaliser(
        auteur=auteur,
        acte="amender",
        objet=verrouille,
        avant=_lisible(amendement.avant),
        apres={
            **_lisible(amendement.apres),
            "projet": point.projet.numero,
            "propose_par": elu.nom,
            "motif": amendement.motif,
        },
    )
    return amendement


def _lisible(etat: list[Any]) -> dict[str, Any]:
    choix, montants = etat
    return {
        "choix": Choix(choix).label,
        "montants": {annee: str(en_euros(centimes)) for annee, centimes in montants.items()},
    }
