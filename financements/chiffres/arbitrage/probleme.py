"""De l’appel à un problème de sélection : qui est candidat, entre quels montants, dans quelles enveloppes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from financements.chiffres.arbitrage.donnees import Connu, arbitrables, connus, notes_des_projets
from financements.chiffres.arbitrage.parametres import Parametres
from financements.chiffres.plafonds import Plafonds, plafonds
from financements.models import PartDeScenario, Scenario
from financements.rules.saisie import CENT_POUR_CENT, Montants, a_l_euro
from financements.rules.selection import Candidat, Choix, Exercice, Probleme, ProblemeRefuse
from financements.states import MontantsMaximaux
from projets.models import AppelAProjets
from projets.rules.depot import reference
from projets.states import SensDeLAvis, Volet
from territoires.models import Territoire

ECARTES = frozenset({"", SensDeLAvis.DEFAVORABLE.value})  # sans avis, rien n’a été instruit


@dataclass(frozen=True)
class Pose:
    """Le problème, et de quoi écrire le scénario ensuite. Par identifiant de projet.

    `maximums` : année → centimes, de chaque candidat. `connus` : tous les projets que l’on peut retenir.
    """

    probleme: Probleme
    maximums: Mapping[int, Montants]
    connus: Mapping[int, Connu]


def noms_des_territoires() -> dict[str, str]:
    """Code → nom."""
    return dict(Territoire.objects.order_by("nom_tri").values_list("code", "nom"))


def poser(appel: AppelAProjets, parametres: Parametres, base: Scenario | None) -> Pose:
    """Pose le problème : un nombre fixe de requêtes. Lève `ProblemeRefuse`, au message montrable.

    Un projet reçoit au plus le premier montant qui n’est pas nul de ceux-ci : celui du scénario de départ s’il est
    choisi, le proposé sauf si l’on part du demandé, le demandé ; jamais plus que le demandé.
    """
    champs = ("pk", "numero", "intitule", "allocataires_prevus", "axe__numero", "axe__volet")
    projets = list(arbitrables(appel).order_by("pk").values_list(*champs))
    pks = [projet[0] for projet in projets]
    lus, notes, bornes = connus(pks), notes_des_projets(pks), plafonds(appel)
    ecrits = _ecrits(base) if parametres.montants is MontantsMaximaux.SCENARIO else {}
    candidats: list[Candidat] = []
    maximums: dict[int, Montants] = {}
    for pk, numero, intitule, allocataires, axe, volet in projets:
        imposition = _imposition(parametres, pk)
        if imposition is Choix.LIBRE and parametres.ecarter_les_defavorables and lus[pk].sens in ECARTES:
            continue
        nom = f"{reference(appel.prefixe, numero or 0) if appel.prefixe else numero} {intitule}"
        maximum = _maximum(parametres, lus[pk], ecrits.get(pk, {}), appel.annees)
        if not sum(maximum.values()):
            if imposition is Choix.RETENU:
                raise ProblemeRefuse(f"«\u00a0{nom}\u00a0» est toujours retenu, mais ne demande aucun montant.")
            continue
        maximums[pk] = maximum
        candidats.append(
            Candidat(
                cle=str(pk),
                nom=nom,
                note=notes[pk] or 0,
                allocataires=allocataires or 0,
                exercices={an: _exercice(montant, parametres.minimum) for an, montant in maximum.items() if montant},
                parts=lus[pk].parts,
                axe=axe,
                est_professionnel=volet == Volet.PROFESSIONNEL,
                choix=imposition,
            )
        )
    return Pose(_probleme(appel, parametres, tuple(candidats), bornes), maximums, lus)


def _probleme(
    appel: AppelAProjets, parametres: Parametres, candidats: tuple[Candidat, ...], bornes: Plafonds
) -> Probleme:
    annees = tuple(appel.annees)
    noms = noms_des_territoires()
    territoires: dict[tuple[str, int], int] = {}
    if bornes.territoires:  # un territoire sans dotation n’a rien à donner, comme à l’adoption
        territoires = {(code, annee): 0 for code in noms for annee in annees} | bornes.territoires
    return Probleme(
        annees=annees,
        candidats=candidats,
        territoires=territoires,
        axes=bornes.axes,
        credits={annee: max(cp - bornes.reserve.get(annee, 0), 0) for annee, cp in bornes.annees.items()},
        part_professionnelle=parametres.part_professionnelle,
        planchers=parametres.planchers,
        objectif=parametres.objectif,
        noms=noms,
    )


def _imposition(parametres: Parametres, pk: int) -> Choix:
    if pk in parametres.dedans:
        return Choix.RETENU
    return Choix.ECARTE if pk in parametres.dehors else Choix.LIBRE


def _maximum(parametres: Parametres, connu: Connu, ecrits: Montants, annees: Sequence[int]) -> dict[int, int]:
    choisis = [ecrits, connu.proposes] if parametres.montants is not MontantsMaximaux.DEMANDES else []
    retenu = next((montants for montants in choisis if sum(montants.values())), connu.demandes)
    demandes = {annee: demande for annee, demande in connu.demandes.items() if annee in annees}
    return {annee: min(retenu.get(annee, 0), demande) for annee, demande in demandes.items()}


def _exercice(maximum: int, minimum: int) -> Exercice:
    entier = a_l_euro(maximum)
    return Exercice(minimum=a_l_euro(entier * minimum // CENT_POUR_CENT), maximum=entier)


def _ecrits(base: Scenario | None) -> dict[int, dict[int, int]]:
    """Projet → année → centimes, dans le scénario de départ, retenu ou non."""
    sommes: dict[int, dict[int, int]] = {}
    parts = PartDeScenario.objects.filter(ligne__scenario=base).values_list("ligne__projet", "annee", "montant")
    for projet, annee, montant in parts:
        du_projet = sommes.setdefault(projet, {})
        du_projet[annee] = du_projet.get(annee, 0) + int(montant * 100)
    return sommes
