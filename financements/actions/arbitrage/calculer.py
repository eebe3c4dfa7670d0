"""Demander une sélection à l’optimisation, l’annuler, et faire le calcul : il ne crée jamais qu’un scénario."""

import math
from decimal import Decimal
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from comptes.models import Personne
from config.socle import execution
from config.socle.execution import EchecDit, Suivi
from config.socle.journal import journaliser
from config.socle.montants import format_pourcent
from config.socle.transitions import PassageRefuse
from config.socle.travaux import ACTIFS, EtatTravail, TravailAnnule
from financements.actions.arbitrage.ecriture import Etat
from financements.actions.arbitrage.scenarios import NouveauScenario, creer_un_scenario
from financements.chiffres.arbitrage import compte_rendu
from financements.chiffres.arbitrage.parametres import Parametres
from financements.chiffres.arbitrage.probleme import Pose, poser
from financements.models import CalculDeSelection, CreditAnnuel, Scenario
from financements.permissions import peut_arbitrer
from financements.rules.selection import Avancement, ProblemeRefuse, Resultat, Statut, resoudre
from financements.rules.selection.phrases import dire_le_resultat
from financements.rules.selection.resolution import PRECISION
from financements.rules.selection.solution import Montants as MontantsParProjet
from financements.states import APPELS_ARBITRABLES, Choix, Imposition, MontantsMaximaux, OrigineScenario
from projets.models import AppelAProjets
from projets.states import SensDeLAvis

DEJA = "Un de vos calculs est en cours sur cet appel : attendez-le, ou annulez-le."
LONGUEUR_DU_NOM = 80
PRESQUE_FINI = 99
PLUS_GRAND_ECART = 1.0  # un écart de 100 % : rien n’est prouvé


@transaction.atomic
def demander_un_calcul(
    *, auteur: Personne, appel: AppelAProjets, base: Scenario | None, nom: str, parametres: Parametres
) -> CalculDeSelection:
    """Prend note de la demande ; `planning.lancer_un_calcul` la met dans la file.

    `base` : un scénario de cet appel que l’auteur voit. Lève `PermissionDenied`, `PassageRefuse` (appel pas en
    arbitrage, sans enveloppe, ou un calcul de l’auteur déjà en cours).
    """
    visibles = Scenario.objects.visibles_par(auteur).filter(appel=appel)
    if not peut_arbitrer(auteur) or (base is not None and not visibles.filter(pk=base.pk).exists()):
        raise PermissionDenied
    if appel.etat not in APPELS_ARBITRABLES:
        raise PassageRefuse(
            f"Cet appel est «\u00a0{appel.get_etat_display()}\u00a0»\u00a0: on y arbitre une fois les notes arrêtées."
        )
    if not CreditAnnuel.objects.filter(enveloppe__appel=appel).exists():
        raise PassageRefuse("Cet appel n’a pas d’enveloppe\u00a0: votez-la avant de proposer une sélection.")
    try:
        with transaction.atomic():
            calcul = CalculDeSelection.objects.create(
                appel=appel, base=base, nom=nom.strip(), parametres=parametres.en_json(), demande_par=auteur
            )
    except IntegrityError as erreur:
        if CalculDeSelection.objects.filter(appel=appel, demande_par=auteur, etat__in=ACTIFS).exists():
            raise PassageRefuse(DEJA) from erreur
        raise
    journaliser(
        auteur=auteur,
        acte="demander_un_calcul",
        objet=calcul,
        apres={"appel": str(appel), "source": str(base or ""), "parametres": calcul.parametres},
    )
    return calcul


def annuler_un_calcul(*, auteur: Personne, calcul: CalculDeSelection) -> CalculDeSelection:
    """Demande l’arrêt. Lève `PermissionDenied` (le calcul d’un autre), `PassageRefuse` s’il est déjà fini."""
    if calcul.demande_par_id != auteur.pk:
        raise PermissionDenied
    return execution.demander_l_annulation(modele=CalculDeSelection, pk=calcul.pk, auteur=auteur)


def faire_le_calcul(calcul: CalculDeSelection, suivi: Suivi) -> None:
    """Pose le problème, cherche, écrit le compte rendu et le scénario. Repris après une mort, n’en crée pas deux.

    Lève `EchecDit` (données sans sens, temps écoulé sans rien, appel sorti de l’arbitrage), `TravailAnnule`.
    """
    if calcul.resultat:
        return
    parametres = Parametres.de_json(calcul.parametres)
    if parametres.montants is MontantsMaximaux.SCENARIO and calcul.base is None:
        raise EchecDit("Le scénario de départ a été supprimé.")
    suivi.avancer(1, "Lecture des projets", toujours=True)
    try:
        pose = poser(calcul.appel, parametres, calcul.base)
        suivi.avancer(2, f"Recherche parmi {len(pose.probleme.candidats)} projets", toujours=True)
        resultat = resoudre(pose.probleme, secondes=parametres.secondes, suivre=Recherche(suivi, parametres.secondes))
    except ProblemeRefuse as refus:
        raise EchecDit(str(refus)) from refus
    suivi.avancer(PRESQUE_FINI, "Écriture du scénario", toujours=True)
    ranger_le_resultat(calcul, parametres, pose, resultat)


class Recherche:
    """Reçoit l’avancement du solveur et le dit. Lève `TravailAnnule`."""

    def __init__(self, suivi: Suivi, secondes: int) -> None:
        self._suivi, self._secondes = suivi, secondes

    def __call__(self, avancement: Avancement) -> None:
        ecart = _ecart(avancement)
        part = max(avancement.secondes / self._secondes, _chemin_fait(ecart))
        reste = format_pourcent(Decimal(ecart) * 100, 2) if ecart < PLUS_GRAND_ECART else "inconnu"
        self._suivi.avancer(2 + int(part * (PRESQUE_FINI - 3)), f"Recherche, écart restant : {reste}")


def _ecart(avancement: Avancement) -> float:
    """Entre 0 et 1 : ce qu’une autre sélection pourrait encore valoir de plus, au mieux."""
    valeur, borne = avancement.valeur, avancement.borne
    if valeur is None or borne is None or borne <= 0:
        return PLUS_GRAND_ECART
    return min(max((borne - valeur) / borne, 0.0), PLUS_GRAND_ECART)


def _chemin_fait(ecart: float) -> float:
    """Entre 0 et 1, en proportion du nombre de chiffres de l’écart : passer de 10 % à 1 % vaut de 1 % à 0,1 %."""
    cible = PRECISION.numerator / PRECISION.denominator
    return min(math.log(max(ecart, cible)) / math.log(cible), 1.0)


def ranger_le_resultat(calcul: CalculDeSelection, parametres: Parametres, pose: Pose, resultat: Resultat) -> None:
    """Écrit le compte rendu, et le scénario s’il y a une sélection.

    Lève `EchecDit` (aucune réponse à temps, appel sorti de l’arbitrage), `TravailAnnule`.
    """
    try:
        _ecrire(calcul, parametres, pose, resultat)
    except (PassageRefuse, PermissionDenied) as refus:
        raise EchecDit(str(refus) or "Vous n’arbitrez plus cet appel.") from refus
    if resultat.statut is Statut.SANS_REPONSE:
        raise EchecDit(dire_le_resultat(resultat))


@transaction.atomic
def _ecrire(calcul: CalculDeSelection, parametres: Parametres, pose: Pose, resultat: Resultat) -> None:
    verrouille = execution.verrouiller(CalculDeSelection, calcul.pk)
    if verrouille.etat != EtatTravail.EN_COURS or verrouille.annulation_demandee:
        raise TravailAnnule
    verrouille.resultat = compte_rendu.en_json(pose.probleme, resultat)
    if resultat.solution is not None:
        verrouille.scenario = creer_un_scenario(
            auteur=cast(Personne, calcul.demande_par),  # la base l’exige
            appel=AppelAProjets.objects.get(pk=calcul.appel_id),
            nouveau=NouveauScenario(
                nom=_nom_libre(calcul),
                origine=OrigineScenario.CALCUL,
                description=dire_le_resultat(resultat),
                etats=_etats(parametres, pose, resultat.solution.montants),
                impositions=dict.fromkeys(parametres.dedans, Imposition.DEDANS)
                | dict.fromkeys(parametres.dehors, Imposition.DEHORS),
            ),
        )
    verrouille.save(update_fields=["resultat", "scenario"])


def _etats(parametres: Parametres, pose: Pose, montants: MontantsParProjet) -> dict[int, Etat]:
    """Retenu à ses montants ; sinon liste d’attente si l’avis est favorable et que rien ne l’écarte."""
    etats = {}
    for projet, connu in pose.connus.items():
        recus = montants.get(str(projet))
        if recus is not None:
            etats[projet] = Etat(Choix.RETENU, {annee: recus.get(annee, 0) for annee in connu.demandes})
            continue
        attend = connu.sens == SensDeLAvis.FAVORABLE and projet not in parametres.dehors
        possibles = pose.maximums.get(projet, connu.proposes)
        gardes = {annee: possibles.get(annee, 0) for annee in connu.demandes}
        etats[projet] = Etat(Choix.ATTENTE if attend else Choix.NON_RETENU, gardes)
    return etats


def _nom_libre(calcul: CalculDeSelection) -> str:
    """Le nom demandé, ou le même avec un numéro : il a pu être pris pendant le calcul."""
    pris = set(Scenario.objects.filter(appel=calcul.appel_id).values_list("nom", flat=True))
    nom, rang = calcul.nom, 2
    while nom in pris:
        suffixe = f" ({rang})"
        nom, rang = calcul.nom[: LONGUEUR_DU_NOM - len(suffixe)] + suffixe, rang + 1
    return nom
