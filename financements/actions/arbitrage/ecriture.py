"""Écrire les lignes d’un scénario : verrou, contrôle, parts au centime. Chaque acte de l’arbitrage passe ici."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_euros
from config.socle.transitions import PassageRefuse
from financements.chiffres.arbitrage.donnees import Connu
from financements.models import CoupDeScenario, LigneDeScenario, PartDeScenario, Scenario
from financements.permissions import modifie_le_scenario
from financements.states import APPELS_ARBITRABLES, Choix
from territoires.rules.plus_forts_restes import repartir


@dataclass(frozen=True, slots=True)
class Etat:
    """Ce qu’un scénario fait d’un projet : le choix, et les montants en centimes par année."""

    choix: Choix
    montants: Mapping[int, int]

    def en_json(self) -> list[object]:
        """[choix, {année: centimes}] ; les clés d’un objet JSON sont des textes."""
        return [str(self.choix), {str(annee): montant for annee, montant in sorted(self.montants.items())}]


@dataclass(frozen=True, slots=True)
class Changement:
    """Une ligne, son état d’avant et celui d’après."""

    ligne: LigneDeScenario
    avant: Etat
    apres: Etat


def scenario_verrouille(auteur: Personne, scenario: Scenario) -> Scenario:
    """Le scénario, verrouillé jusqu’à la fin de la transaction.

    Lève `PermissionDenied`, ou `PassageRefuse` s’il est adopté ou si l’appel n’est pas en arbitrage.
    """
    verrouille = Scenario.objects.select_for_update(of=("self",)).select_related("appel").get(pk=scenario.pk)
    if not verrouille.est_modifiable:
        raise PassageRefuse("Un scénario adopté ne change plus\u00a0: revenez sur son adoption, ou copiez-le.")
    if verrouille.appel.etat not in APPELS_ARBITRABLES:
        raise PassageRefuse(
            f"Cet appel est «\u00a0{verrouille.appel.get_etat_display()}\u00a0»\u00a0: ses scénarios ne changent plus."
        )
    if not modifie_le_scenario(auteur, verrouille):
        raise PermissionDenied
    return verrouille


def parts_de(ligne: LigneDeScenario, montants: Mapping[int, int], connu: Connu) -> list[PartDeScenario]:
    """Chaque montant partagé entre les territoires du projet, au centime, par les plus forts restes."""
    return [
        PartDeScenario(ligne=ligne, annee=annee, territoire_id=connu.territoires[code], montant=en_euros(centimes))
        for annee, montant in montants.items()
        for code, centimes in repartir(montant, connu.parts).items()
    ]


def ecrire(changements: Sequence[Changement], connus: Mapping[int, Connu]) -> None:
    """Écrit l’état d’après de chaque ligne, et lui donne une version de plus."""
    lignes = [changement.ligne for changement in changements]
    PartDeScenario.objects.filter(ligne__in=lignes).delete()
    PartDeScenario.objects.bulk_create(
        (
            part
            for changement in changements
            for part in parts_de(changement.ligne, changement.apres.montants, connus[changement.ligne.projet_id])
        ),
        batch_size=5000,
    )
    for changement in changements:
        changement.ligne.choix = changement.apres.choix
        changement.ligne.version += 1
    LigneDeScenario.objects.bulk_update(lignes, ["choix", "version"], batch_size=1000)


def retenir_le_coup(
    auteur: Personne, scenario: Scenario, changements: Sequence[Changement], libelle: str
) -> CoupDeScenario:
    """Garde ce qui vient d’être fait : ce qui avait été annulé ne se rétablit plus."""
    CoupDeScenario.objects.filter(scenario=scenario, rang__gt=scenario.rang).delete()
    coup = CoupDeScenario.objects.create(
        scenario=scenario,
        rang=scenario.rang + 1,
        libelle=libelle[:200],
        auteur=auteur,
        lignes=[[c.ligne.pk, *c.avant.en_json(), *c.apres.en_json()] for c in changements],
    )
    avancer(scenario, coup.rang)
    journaliser(
        auteur=auteur,
        acte="saisir_dans_un_scenario",
        objet=scenario,
        apres={"saisie": coup.libelle, "projets": len(changements)},
    )
    return coup


def avancer(scenario: Scenario, rang: int) -> None:
    """Le dernier coup fait est celui de ce rang."""
    scenario.rang, scenario.modifie_le = rang, timezone.now()
    scenario.save(update_fields=["rang", "modifie_le"])
