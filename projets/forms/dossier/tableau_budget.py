"""Le budget tel que la page le montre : groupes, lignes, totaux écrits, dessin des produits par financeur."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.forms import BoundField

from config.socle import dessins
from projets.forms.dossier.champs_budget import RANG_MAXIMUM, Place
from projets.rules.budget import Budget
from projets.rules.controles_budget import euros
from projets.rules.lignes_cerfa import (
    CHARGE,
    CHARGE_NATURE,
    DEPARTEMENT,
    EXCEDENT,
    FSE,
    INSUFFISANCE,
    NATURES,
    NOMMEES,
    PAR_COMPTE,
    PRODUIT,
    PRODUIT_NATURE,
    Poste,
    cle_montant,
    nom_du_financeur,
    postes_de,
)

if TYPE_CHECKING:
    from projets.forms.dossier.budget import BudgetForm

PREMIERS_FINANCEURS = 5  # nommés au dessin ; les suivants s’y ajoutent ensemble
TITRES = {
    CHARGE: ("Charges", "Total des charges"),
    PRODUIT: ("Produits", "Total des produits"),
    CHARGE_NATURE: ("Emplois des contributions volontaires", "Total du compte 86"),
    PRODUIT_NATURE: ("Contributions volontaires", "Total du compte 87"),
}
LES_AUTRES = {
    DEPARTEMENT: "Autre(s) conseil(s) départemental(aux) (préciser)",
    FSE: "Autres fonds européens : FEDER, etc. (préciser)",
}
ECARTS = {CHARGE: (EXCEDENT, "budget_excedent"), PRODUIT: (INSUFFISANCE, "budget_insuffisance")}


@dataclass(frozen=True, slots=True)
class Somme:
    """Un total écrit ; `cle` : ce que `static/js/budget.js` recalcule à la frappe. `annee` : 0 pour toutes."""

    cle: str
    texte: str
    annee: int = 0


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une ligne où l’on tape."""

    place: Place
    numero: str
    cellules: list[tuple[int, BoundField]]
    total: Somme
    precision: BoundField | None = None
    etat: BoundField | None = None
    retrait: BoundField | None = None


@dataclass(slots=True)
class Rubrique:
    """Un total de compte parent, une ligne seule, ou un compte à plusieurs financeurs avec ses lignes.

    `sommes` : vides sauf pour un compte parent. `nommees` : les lignes qui ont un nom ; `precisees` : celles où on le
    tape. `nombre` : le champ caché du nombre de lignes d’un compte multiple ; `prochain` : le rang de la ligne à
    ajouter, 0 s’il y en a assez.
    """

    poste: Poste
    numero: str
    sommes: list[Somme] = field(default_factory=list)
    nombre: BoundField | None = None
    prochain: int = 0
    nommees: list[Rangee] = field(default_factory=list)
    precisees: list[Rangee] = field(default_factory=list)
    retirees: list[tuple[BoundField, str]] = field(default_factory=list)

    @property
    def libelle(self) -> str:
        """Le libellé du formulaire, ou ce qui reste quand une ligne porte un nom."""
        return LES_AUTRES.get(self.poste.compte, self.poste.libelle)

    @property
    def ajout(self) -> str:
        """Le nom court de ce qui s’ajoute, pour qui n’entend que le bouton."""
        return NATURES[self.poste.compte].nom


@dataclass(frozen=True, slots=True)
class Tableau:
    """Un côté du budget. `ecart` : la case qui fait compter l’excédent ou l’insuffisance, et ses montants."""

    cote: str
    titre: str
    annees: tuple[int, ...]
    rubriques: list[Rubrique]
    libelle_du_total: str
    sommes: list[Somme]
    ecart: BoundField | None
    libelle_de_l_ecart: str
    sommes_de_l_ecart: list[Somme]


def tableau(form: "BudgetForm", cote: str) -> Tableau:
    """Le tableau d’un côté du budget."""
    titre, total = TITRES[cote]
    budget = form.budget
    compte, case = ECARTS.get(cote, ("", ""))
    calcul = budget.excedent if compte == EXCEDENT else budget.insuffisance
    return Tableau(
        cote=cote,
        titre=titre,
        annees=form.annees,
        rubriques=[_rubrique(form, poste) for poste in postes_de(cote) if _se_montre(poste)],
        libelle_du_total=total,
        sommes=_sommes(f"cote/{cote}", form.annees, [budget.du_cote(cote, annee) for annee in form.annees]),
        ecart=form[case] if case else None,
        libelle_de_l_ecart=PAR_COMPTE[compte].libelle if compte else "",
        sommes_de_l_ecart=_sommes(f"calcul/{compte}", form.annees, [calcul(a) for a in form.annees]) if case else [],
    )


def _se_montre(poste: Poste) -> bool:
    """L’écart se calcule au pied ; les comptes 86 et 87 ont un tableau chacun, dont le pied est déjà le total."""
    return poste.genre != "calculé" and not (poste.genre == "non" and poste.cote in {CHARGE_NATURE, PRODUIT_NATURE})


def _sommes(cle: str, annees: Iterable[int], montants: list[int]) -> list[Somme]:
    """Une somme par année, puis celle de toutes."""
    par_annee = [Somme(f"{cle}/{a}", euros(m), a) for a, m in zip(annees, montants, strict=True)]
    return [*par_annee, Somme(cle, euros(sum(montants)))]


def _rubrique(form: "BudgetForm", poste: Poste) -> Rubrique:
    rubrique = Rubrique(poste, _numero(poste.compte))
    if poste.genre == "non":
        montants = [form.budget.du_groupe(poste.compte, annee) for annee in form.annees]
        rubrique.sommes = _sommes(f"groupe/{poste.compte}", form.annees, montants)
        return rubrique
    places = [place for place in form.places if place.poste == poste]
    rangees = [_rangee(form, place) for place in places if not place.est_retiree]
    rubrique.nommees = [rangee for rangee in rangees if not rangee.place.est_precisee]
    rubrique.precisees = [rangee for rangee in rangees if rangee.place.est_precisee]
    rubrique.retirees = [
        (form[f"retire_{place.cle}"], place.nom if form.brut(f"precision_{place.cle}") else "")
        for place in places
        if place.est_retiree
    ]
    if poste.est_multiple:
        nombre = form.nombre(poste.compte)
        rubrique.nombre = form[f"nombre_{poste.compte}"]
        rubrique.prochain = nombre + 1 if nombre < RANG_MAXIMUM else 0
    return rubrique


def _rangee(form: "BudgetForm", place: Place) -> Rangee:
    compte, cle = place.poste.compte, place.cle
    return Rangee(
        place=place,
        numero=_numero(compte),
        cellules=[(annee, form[cle_montant(compte, annee, place.rang)]) for annee in form.annees],
        total=Somme(f"ligne/{cle}", euros(form.budget.de_la_ligne(compte, place.rang))),
        precision=form[f"precision_{cle}"] if place.est_precisee else None,
        etat=form[f"etat_{cle}"] if place.a_un_etat else None,
        retrait=form[f"retire_{cle}"] if place.est_precisee else None,
    )


def _numero(compte: str) -> str:
    """Le numéro du plan comptable : « 74com » donne « 74 », « IND1 » rien."""
    trouve = re.match(r"\d+", compte)
    return trouve[0] if trouve else ""


def dessin_des_produits(budget: Budget) -> dessins.Dessin | None:
    """Les produits par financeur et par année, en barres ; None si aucun n’est chiffré."""
    series = list(_series(budget))
    if not series:
        return None
    total = euros(budget.du_cote(PRODUIT))
    return dessins.barres_empilees(
        titre=f"Produits par financeur et par année, {total} en tout : le détail est dans le tableau des produits",
        categories=[str(annee) for annee in budget.annees],
        series=series,
        hauteur=280,
        format_montant=dessins.EN_EUROS,
    )


def _series(budget: Budget) -> Iterator[dessins.Serie]:
    """Le département, les premiers cofinanceurs, les autres ensemble, puis les recettes propres."""
    par_ligne: dict[tuple[str, int], tuple[str, list[int]]] = {}
    propres = [0] * len(budget.annees)
    for ligne in budget.lignes:
        rang = budget.annees.index(ligne.annee)
        if ligne.compte in NATURES:
            nom = _nom_au_dessin(ligne.compte, ligne.rang, ligne.precision)
            par_ligne.setdefault((ligne.compte, ligne.rang), (nom, [0] * len(budget.annees)))[1][rang] += ligne.montant
        elif ligne.cote == PRODUIT:
            propres[rang] += ligne.montant
    propres = [m + budget.insuffisance(a) for m, a in zip(propres, budget.annees, strict=True)]
    if demande := par_ligne.pop((DEPARTEMENT, 0), None):
        yield dessins.Serie("Département", tuple(demande[1]), ton="bleu")
    autres = sorted(par_ligne.values(), key=lambda serie: -sum(serie[1]))
    for rang, (nom, montants) in enumerate(autres[:PREMIERS_FINANCEURS], 1):
        yield dessins.Serie(nom, tuple(montants), ton=f"axe-{rang}")
    if reste := [montants for _, montants in autres[PREMIERS_FINANCEURS:]]:
        yield dessins.Serie("Autres financeurs", tuple(map(sum, zip(*reste, strict=True))), ton="attente")
    if any(propres):
        yield dessins.Serie("Recettes et fonds propres", tuple(propres), ton="neutre")


def _nom_au_dessin(compte: str, rang: int, precision: str) -> str:
    if compte in NOMMEES and not rang:
        return NOMMEES[compte]
    return precision or (nom_du_financeur(compte, rang, "") if rang else NATURES[compte].nom)
