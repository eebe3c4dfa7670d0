"""Ce qui aurait été demandé en 2016 : les actions votées, un peu plus chères, et d’autres. Une graine, un tirage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from financements.demonstration.arbitrage import reglages
from financements.demonstration.generer import Tirage, generer_programme, lots
from financements.demonstration.instruction.budget import PROPRES
from financements.demonstration.instruction.parcours import Parcours
from financements.demonstration.instruction.projets import ProjetDemo
from financements.demonstration.lignes import ANNEES, LigneDemo, OrganismeDemo
from financements.demonstration.montants import EURO, PAS_DES_ANNEES
from projets.rules.budget import Budget, Ligne
from projets.rules.lignes_cerfa import DEPARTEMENT, FSE
from projets.states import EtatProjet
from territoires.imports.nord import lire_effectifs

Montants = dict[int, int]
PAR_PROGRAMME = sum(nombre for nombre, _ in reglages.AUTRES.values())  # les autres, pour un programme entier
SALAIRES = "641"


@dataclass(frozen=True, slots=True)
class DemandeDemo:
    """Un projet à l’arbitrage. Montants par année, en centimes.

    `projet` : ce qui s’écrit d’un dépôt ; `votes` : ce que le programme lui a voté, vide s’il n’y était pas ;
    `propositions` : ce que propose un avis favorable ; `niveau` : le total que visent ses notes, sur 100.
    """

    projet: ProjetDemo
    organisme: OrganismeDemo
    votes: Montants
    propositions: Montants
    niveau: int
    etat: EtatProjet


def tirer_les_demandes(
    nombre: int = reglages.NOMBRE, lignes: Sequence[LigneDemo] | None = None
) -> Sequence[DemandeDemo]:
    """`nombre` demandes, dans un ordre battu. `lignes` : le programme voté, s’il est déjà tiré.

    Au-delà d’un programme et de ses demandes écartées (1 350), on en tire plusieurs ; en deçà, un échantillon.
    """
    facteur = -(-nombre // reglages.NOMBRE)
    if lignes is None or facteur > 1:
        lignes = generer_programme(facteur=facteur)
    effectifs = lire_effectifs()
    poids = {code: effectifs[code] * attrait for code, attrait in reglages.ATTRAITS.items()}
    tirage = Tirage(reglages.GRAINE, deja=lignes, premier_organisme=reglages.PREMIER_ORGANISME, poids=poids)
    organismes = {ligne.organisme.siret: ligne.organisme for ligne in lignes}
    jumeaux = {siret: tirage.annuaire.jumeau(organisme) for siret, organisme in organismes.items()}
    for lot in lots()[1:]:  # sans les sites IOD
        combien, total = reglages.AUTRES[lot.axe.numero]
        tirage.tirer_lot(replace(lot, nombre=combien, total=total), facteur)
    alea = tirage.alea
    etats = _etats(alea, len(tirage.lignes))
    demandes = [_retenue(alea, replace(ligne, organisme=jumeaux[ligne.organisme.siret])) for ligne in lignes]
    demandes += [_autre(alea, ligne, etat) for ligne, etat in zip(tirage.lignes, etats, strict=True)]
    alea.shuffle(demandes)
    return demandes[:nombre]


def _etats(alea: Random, nombre: int) -> list[EtatProjet]:
    """L’état de chaque projet non retenu : la plupart vont jusqu’au comité."""
    etats = [
        EtatProjet(etat)
        for etat, sur in reglages.ETATS_DES_AUTRES.items()
        for _ in range(sur * nombre // PAR_PROGRAMME)
    ]
    etats += [EtatProjet.PRESENTE] * (nombre - len(etats))
    alea.shuffle(etats)
    return etats


def _retenue(alea: Random, ligne: LigneDemo) -> DemandeDemo:
    """Ce que demandait une action votée : de 1 à 1,5 fois ce qu’elle a reçu, chaque année."""
    facteur = 1_000 if alea.randrange(100) < reglages.AU_VOTE else _facteur(alea, ligne)
    demandes = {annee: _davantage(vote, facteur) for annee, vote in ligne.montants.items()}
    propositions = {
        annee: min(vote + _rond((demandes[annee] - vote) * reglages.PART_DE_L_ECART // 100), demandes[annee])
        for annee, vote in ligne.montants.items()
    }
    niveau = _niveau(alea, reglages.NIVEAU_DES_RETENUS)
    return _demande(alea, (ligne, ligne.montants), demandes, propositions, (niveau, EtatProjet.PRESENTE))


def _autre(alea: Random, ligne: LigneDemo, etat: EtatProjet) -> DemandeDemo:
    demandes = ligne.montants
    propositions = {annee: _rond(m * reglages.PART_DES_AUTRES // 100) or m for annee, m in demandes.items()}
    return _demande(alea, (ligne, {}), demandes, propositions, (_niveau(alea, reglages.NIVEAU_DES_AUTRES), etat))


def _demande(
    alea: Random,
    quoi: tuple[LigneDemo, Montants],
    demandes: Montants,
    propositions: Montants,
    suite: tuple[int, EtatProjet],
) -> DemandeDemo:
    (ligne, votes), (niveau, etat) = quoi, suite
    projet = ProjetDemo(
        axe=ligne.axe,
        siret=ligne.organisme.siret,
        intitule=ligne.intitule,
        sous_type=ligne.sous_type,
        parts=ligne.parts,
        allocataires=dict.fromkeys(demandes, ligne.allocataires_prevus),
        budget=_budget(demandes, ligne, alea.choice(reglages.FINANCEURS)),
        saisies={},
        reponses={},
        est_reconduit=bool(votes),
        parcours=_parcours(alea, etat),
    )
    return DemandeDemo(projet, ligne.organisme, votes, propositions, niveau, etat)


def _budget(demandes: Montants, ligne: LigneDemo, financeur: tuple[str, str, bool]) -> Budget:
    """Le coût, la demande et les autres produits de chaque année, dans les rapports qu’ils avaient à l’aide votée."""
    compte, nom, est_acquis = financeur
    rang = 1 if nom else 0
    lignes: list[Ligne] = []
    for annee, demande in demandes.items():
        cout = max(demande, -(-demande * ligne.cout_total // (ligne.total * EURO)) * EURO)
        fse = min(_rond(demande * ligne.montant_fse // ligne.total), cout - demande)
        cofinance = _rond((cout - demande - fse) * reglages.PART_DU_FINANCEUR // 100)
        lignes += [
            Ligne(annee, "charge", SALAIRES, cout),
            Ligne(annee, "produit", DEPARTEMENT, demande),
            Ligne(annee, "produit", FSE, fse),
            Ligne(annee, "produit", compte, cofinance, rang, nom),
            Ligne(annee, "produit", PROPRES, cout - demande - fse - cofinance),
        ]
    acquis = frozenset({(compte, rang)} if est_acquis else ())
    return Budget(ANNEES, tuple(une for une in lignes if une.montant), acquis)


def _facteur(alea: Random, ligne: LigneDemo) -> int:
    """Demandé pour mille votés."""
    territoire = ligne.parts[0][0]
    bornes = reglages.DEMANDE
    if ligne.axe == reglages.AXE_TRES_DEMANDE or territoire in reglages.TRES_DEMANDES:
        bornes = reglages.DEMANDE_FORTE
    elif territoire in reglages.PEU_DEMANDES:
        bornes = reglages.DEMANDE_FAIBLE
    return round(alea.triangular(*bornes))


def _davantage(vote: int, facteur: int) -> int:
    """La dizaine d’euros au-dessus, sans dépasser une fois et demie ce qui a été voté."""
    if facteur == 1_000:  # noqa: PLR2004 (pour mille : autant)
        return vote
    voulu = -(-vote * facteur // (1_000 * PAS_DES_ANNEES)) * PAS_DES_ANNEES
    return min(voulu, vote * 3 // 2)


def _rond(centimes: int) -> int:
    return centimes // PAS_DES_ANNEES * PAS_DES_ANNEES


def _niveau(alea: Random, vise: tuple[int, int]) -> int:
    au_moins, au_plus = reglages.NIVEAUX
    return min(max(round(alea.gauss(*vise)), au_moins), au_plus)


def _parcours(alea: Random, etat: EtatProjet) -> Parcours:
    """Recevable dans les dix jours de la clôture, avis dans le mois. Un projet présenté a d’abord été instruit."""
    quand = timedelta(days=alea.randint(2, 10), hours=alea.randint(-8, 0), minutes=alea.randrange(60))
    if etat not in {EtatProjet.PRESENTE, EtatProjet.INSTRUIT}:
        return Parcours(etat.value, timedelta(), quand=quand)
    avis = quand + timedelta(days=alea.randint(4, 18))
    return Parcours(EtatProjet.INSTRUIT.value, timedelta(), quand=quand, avis=avis)


def votes_par_annee(demandes: Sequence[DemandeDemo]) -> Mapping[int, int]:
    """Ce que le programme a voté à ces demandes, par année : leur enveloppe, en centimes."""
    return {annee: sum(une.votes.get(annee, 0) for une in demandes) for annee in ANNEES}
