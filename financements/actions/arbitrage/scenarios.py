"""Créer un scénario, le régler, le supprimer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_euros
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.ecriture import Etat, parts_de, scenario_verrouille
from financements.chiffres.arbitrage.donnees import (
    Connu,
    arbitrables,
    connus,
    impositions_de,
    montants_des_lignes,
    notes_des_projets,
)
from financements.models import LigneDeScenario, PartDeScenario, Scenario
from financements.permissions import administre_le_scenario, peut_arbitrer
from financements.states import APPELS_ARBITRABLES, Choix, Imposition, OrigineScenario
from projets.models import AppelAProjets
from projets.states import SensDeLAvis

_CHOIX_DE_L_AVIS = {SensDeLAvis.FAVORABLE: Choix.RETENU, SensDeLAvis.RESERVE: Choix.ATTENTE}


@dataclass(frozen=True, slots=True)
class NouveauScenario:
    """Ce qui fait un scénario. `source` : le scénario copié.

    D’un calcul : `etats` et `impositions`, par identifiant de projet.
    """

    nom: str
    origine: OrigineScenario
    source: Scenario | None = None
    description: str = ""
    est_partage: bool = False
    etats: Mapping[int, Etat] = field(default_factory=dict)
    impositions: Mapping[int, Imposition] = field(default_factory=dict)


@transaction.atomic
def creer_un_scenario(*, auteur: Personne, appel: AppelAProjets, nouveau: NouveauScenario) -> Scenario:
    """Un scénario, et une ligne pour chaque projet que l’on peut retenir.

    Selon l’origine : les propositions de l’instruction (favorable : retenu ; réservé : liste d’attente), les lignes de
    la source, le résultat d’un calcul, ou rien (non retenu, zéro euro).
    Lève `PermissionDenied`, `PassageRefuse` si l’appel n’est pas en arbitrage, `ValidationError` (nom pris ou vide).
    """
    if not peut_arbitrer(auteur):
        raise PermissionDenied
    if appel.etat not in APPELS_ARBITRABLES:
        raise PassageRefuse(
            f"Cet appel est «\u00a0{appel.get_etat_display()}\u00a0»\u00a0: on y arbitre une fois les notes arrêtées."
        )
    scenario = Scenario(
        appel=appel,
        nom=nouveau.nom.strip(),
        description=nouveau.description.strip(),
        auteur=auteur,
        est_partage=nouveau.est_partage,
        origine=nouveau.origine,
        source=nouveau.source,
    )
    scenario.full_clean()
    scenario.save()
    projets = list(arbitrables(appel).order_by("pk").values_list("pk", flat=True))
    _ecrire_les_lignes(scenario, projets, connus(projets), _depart(nouveau))
    _imposer(scenario, nouveau)
    journaliser(
        auteur=auteur,
        acte="creer_un_scenario",
        objet=scenario,
        apres={"nom": scenario.nom, "origine": str(nouveau.origine), "projets": len(projets)},
    )
    return scenario


def _ecrire_les_lignes(
    scenario: Scenario, projets: Iterable[int], lus: Mapping[int, Connu], etats: Mapping[int, Etat]
) -> None:
    notes = notes_des_projets(projets)
    lignes, departs = [], []
    for projet in projets:
        depart = etats.get(projet) or _etat_de_depart(scenario, lus[projet])
        note = notes[projet]
        lignes.append(
            LigneDeScenario(
                scenario=scenario,
                projet_id=projet,
                choix=depart.choix,
                note=None if note is None else en_euros(note),  # deux décimales, comme l’argent
            )
        )
        departs.append(depart)
    LigneDeScenario.objects.bulk_create(lignes)
    PartDeScenario.objects.bulk_create(
        (
            part
            for ligne, depart in zip(lignes, departs, strict=True)
            for part in parts_de(ligne, depart.montants, lus[ligne.projet_id])
        ),
        batch_size=5000,
    )


def _imposer(scenario: Scenario, nouveau: NouveauScenario) -> None:
    """Ce qui était imposé au calcul le reste : dans la copie d’un scénario, et dans celui qu’un calcul a créé."""
    impositions = nouveau.impositions or impositions_de(nouveau.source)
    for imposition in (Imposition.DEDANS, Imposition.DEHORS):
        projets = [projet for projet, imposee in impositions.items() if imposee == imposition]
        if projets:
            scenario.lignes.filter(projet__in=projets).update(imposition=imposition)


def _etat_de_depart(scenario: Scenario, connu: Connu) -> Etat:
    if scenario.origine != OrigineScenario.PROPOSITIONS:
        return Etat(Choix.NON_RETENU, dict.fromkeys(connu.demandes, 0))
    choix = _CHOIX_DE_L_AVIS.get(SensDeLAvis(connu.sens)) if connu.sens else None
    return Etat(choix or Choix.NON_RETENU, {annee: connu.proposes.get(annee, 0) for annee in connu.demandes})


def _depart(nouveau: NouveauScenario) -> Mapping[int, Etat]:
    source = nouveau.source
    if source is None:
        return nouveau.etats
    lignes = dict(LigneDeScenario.objects.filter(scenario=source).values_list("pk", "projet"))
    choix = dict(LigneDeScenario.objects.filter(scenario=source).values_list("pk", "choix"))
    montants = montants_des_lignes(lignes)
    return {projet: Etat(Choix(choix[pk]), montants.get(pk, {})) for pk, projet in lignes.items()}


@transaction.atomic
def regler_un_scenario(
    *, auteur: Personne, scenario: Scenario, nom: str, description: str, est_partage: bool
) -> Scenario:
    """Renomme, décrit, partage. Lève `PermissionDenied`, `PassageRefuse` (adopté), `ValidationError` (nom)."""
    verrouille = scenario_verrouille(auteur, scenario)
    if not administre_le_scenario(auteur, verrouille):
        raise PermissionDenied
    avant = {"nom": verrouille.nom, "description": verrouille.description, "partage": verrouille.est_partage}
    verrouille.nom, verrouille.description = nom.strip(), description.strip()
    verrouille.est_partage = est_partage
    verrouille.full_clean()
    verrouille.save(update_fields=["nom", "description", "est_partage", "modifie_le"])
    journaliser(
        auteur=auteur,
        acte="regler_un_scenario",
        objet=verrouille,
        avant=avant,
        apres={"nom": verrouille.nom, "description": verrouille.description, "partage": est_partage},
    )
    return verrouille


@transaction.atomic
def supprimer_un_scenario(*, auteur: Personne, scenario: Scenario) -> None:
    """Supprime un scénario à l’étude. Lève `PermissionDenied`, `PassageRefuse` (adopté, en comité)."""
    verrouille = scenario_verrouille(auteur, scenario)
    if not administre_le_scenario(auteur, verrouille):
        raise PermissionDenied
    if verrouille.comites.exists():
        raise PassageRefuse("Un comité porte sur ce scénario\u00a0: il ne se supprime plus.")
    journaliser(auteur=auteur, acte="supprimer_un_scenario", objet=verrouille, avant={"nom": verrouille.nom})
    verrouille.delete()
