"""Le budget d’un projet inventé : lignes du Cerfa en euros entiers, équilibrées chaque année, et leurs saisies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random

from financements.demonstration.instruction.reglages import ANNEES_EN_INSTRUCTION
from projets.rules.budget import Budget, Ligne
from projets.rules.lignes_cerfa import DEPARTEMENT, FSE, POSTES, cle_ligne, cle_montant
from territoires.rules.plus_forts_restes import repartir

CENT = 100
PROPRES = "RP"
PAS = 10 * CENT  # tout est en dizaines d’euros
RANGS_DES_POSTES = {poste.compte: rang for rang, poste in enumerate(POSTES)}

# Poids des charges, par famille d’actions.
CHARGES = {
    "social": {"641": 52, "645": 19, "601": 6, "613": 6, "616": 2, "625": 5, "604": 6, "IND1": 4},
    "atelier": {"641": 56, "645": 14, "601": 11, "615": 4, "613": 7, "616": 3, "IND1": 5},
    "mission": {"641": 58, "645": 22, "613": 5, "616": 1, "625": 7, "622": 4, "631": 3},
}
FAMILLES = {1: "mission", 2: "mission", 3: "atelier", 4: "social", 5: "social"}
# Autres financeurs : compte, nom (vide : la ligne du Cerfa), et s’il dit d’habitude oui d’avance.
AUTRES = (
    ("74com", "{lieu}", True),
    ("74etat", "DDETS du Nord", False),
    ("74region", "Hauts-de-France", False),
    ("74orgasoc", "CAF du Nord", True),
    ("74priv", "Fondation des Deux Rives", False),
    ("74asp", "", True),
)


@dataclass(frozen=True, slots=True)
class Demande:
    """Ce qu’un projet coûte : part du département et du FSE en pour cent, montant demandé (centimes) par année.

    `double` : le premier cofinanceur figure aussi sous un autre compte.
    """

    demandes: Mapping[int, int]
    part: int
    part_fse: int
    lieu: str
    axe: int
    double: bool = False


def tirer_budget(alea: Random, demande: Demande) -> Budget:
    """Chaque année : le coût, ses charges, ce que paient le département, le FSE, les autres ; l’organisme le reste."""
    financeurs = alea.sample(AUTRES, alea.randint(1, 3))
    lignes: list[Ligne] = []
    acquis = {(compte, _rang(nom)) for compte, nom, est_acquis in financeurs if est_acquis}
    for annee, montant in demande.demandes.items():
        cout = _rond(montant * 100 // demande.part)
        charges = _partager(cout, CHARGES[FAMILLES[demande.axe]])
        lignes += [Ligne(annee, "charge", compte, somme) for compte, somme in charges.items() if somme]
        lignes += _produits(annee, montant, cout, demande, financeurs)
        benevoles = _rond(cout // 40)
        if demande.axe in {4, 5} and benevoles:
            lignes += [
                Ligne(annee, "charge_nature", "864", benevoles),
                Ligne(annee, "produit_nature", "870", benevoles),
            ]
    return Budget(ANNEES_EN_INSTRUCTION, _ranger(lignes), frozenset(acquis))


def _produits(
    annee: int, montant: int, cout: int, demande: Demande, financeurs: list[tuple[str, str, bool]]
) -> Iterable[Ligne]:
    """Le département, le FSE, les cofinanceurs à parts inégales ; les ressources propres prennent le reste."""
    yield Ligne(annee, "produit", DEPARTEMENT, montant)
    fse = _rond(cout * demande.part_fse // 100)
    reste = cout - montant - fse
    if fse and reste >= 0:
        yield Ligne(annee, "produit", FSE, fse)
    else:
        reste = cout - montant
    poids = {str(rang): len(financeurs) - rang for rang in range(len(financeurs))}
    sommes = _partager(_rond(reste * 3 // 4), poids)
    for rang, (compte, nom, _) in enumerate(financeurs):
        somme = sommes[str(rang)]
        if somme:
            precision = nom.format(lieu=demande.lieu)
            yield Ligne(annee, "produit", compte, somme, _rang(nom), precision)
            reste -= somme
    if demande.double and financeurs[0][1] and reste > 2 * PAS:
        moitie = _rond(reste // 2)
        yield Ligne(annee, "produit", "74x", moitie, 1, financeurs[0][1].format(lieu=demande.lieu))
        reste -= moitie
    if reste:
        yield Ligne(annee, "produit", PROPRES, reste)


def demander_moins(budget: Budget) -> Budget:
    """Le même coût, un dixième de moins demandé au département : l’organisme le prend sur ses ressources."""
    propres = {ligne.annee: ligne.montant for ligne in budget.lignes if ligne.compte == PROPRES}
    lignes = [ligne for ligne in budget.lignes if ligne.compte not in {PROPRES, DEPARTEMENT}]
    for ligne in budget.lignes:
        if ligne.compte == DEPARTEMENT:
            moins = _rond(ligne.montant // 10)
            lignes.append(replace(ligne, montant=ligne.montant - moins))
            lignes.append(Ligne(ligne.annee, "produit", PROPRES, propres.get(ligne.annee, 0) + moins))
    return replace(budget, lignes=_ranger([ligne for ligne in lignes if ligne.montant]))


def saisies_du_budget(budget: Budget) -> dict[str, str]:
    """Ce que le porteur aurait tapé pour ce budget."""
    saisies: dict[str, str] = {}
    for ligne in budget.lignes:
        saisies[cle_montant(ligne.compte, ligne.annee, ligne.rang)] = str(ligne.montant // CENT)
        if ligne.rang:
            saisies[f"precision_{cle_ligne(ligne.compte, ligne.rang)}"] = ligne.precision
            saisies[f"nombre_{ligne.compte}"] = str(ligne.rang)
        if (ligne.compte, ligne.rang) in budget.acquis:
            saisies[f"etat_{cle_ligne(ligne.compte, ligne.rang)}"] = "acquis"
    return saisies


def _ranger(lignes: list[Ligne]) -> tuple[Ligne, ...]:
    """Dans l’ordre du formulaire."""
    return tuple(sorted(lignes, key=lambda ligne: (ligne.annee, RANGS_DES_POSTES[ligne.compte], ligne.rang)))


def _rang(nom: str) -> int:
    """Un financeur nommé a une ligne à lui, de rang 1."""
    return 1 if nom else 0


def _partager(total: int, poids: Mapping[str, int]) -> dict[str, int]:
    return repartir(total, {cle: part for cle, part in poids.items() if part}, unite=PAS)


def _rond(centimes: int) -> int:
    return centimes // PAS * PAS
