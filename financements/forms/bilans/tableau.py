"""Le compte rendu financier tel que la page le montre : prévu, réalisé, écart, ligne par ligne et poste par poste."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.forms import BoundField

from config.socle import dessins
from config.socle.montants import en_euros, format_pourcent
from financements.forms.bilans.finances import INDIRECTES, FinancesForm, en_toutes_lettres, libelle_du_poste
from financements.rules.bilan import TOTAL, Poste, part_pour_mille
from projets.forms.dossier.champs_budget import Place
from projets.rules.lignes_cerfa import (
    CHARGE,
    CHARGE_NATURE,
    EXCEDENT,
    INSUFFISANCE,
    PAR_COMPTE,
    PRODUIT,
    PRODUIT_NATURE,
    cle_montant,
)

TITRES = {
    CHARGE: ("Charges", "Total des charges"),
    PRODUIT: ("Produits", "Total des produits"),
    CHARGE_NATURE: ("Emplois des contributions volontaires", "Total du compte 86"),
    PRODUIT_NATURE: ("Contributions volontaires", "Total du compte 87"),
}
RESULTATS = {CHARGE: EXCEDENT, PRODUIT: INSUFFISANCE}
LIBELLES_DU_RESULTAT = {EXCEDENT: "Excédent (bénéfice)", INSUFFISANCE: "Insuffisance (déficit), autofinancement"}


@dataclass(frozen=True, slots=True)
class Montants:
    """Prévu et réalisé (centimes), et ce qui s’en écrit. `est_comparable` : faux si le détail prévu est inconnu.

    `cle` : ce que `static/js/bilan.js` recalcule à la frappe.
    """

    prevu: int
    realise: int
    cle: str = ""
    est_comparable: bool = True

    @property
    def prevu_ecrit(self) -> str:
        """« 1 234,00 € » ; un tiret si rien n’était prévu ou si le détail est inconnu."""
        return en_toutes_lettres(self.prevu) if self.est_comparable and self.prevu else "–"

    @property
    def realise_ecrit(self) -> str:
        """« 1 234,00 € »."""
        return en_toutes_lettres(self.realise)

    @property
    def part(self) -> str:
        """« 98,5 % » du prévu ; vide si rien n’était prévu."""
        pour_mille = part_pour_mille(self.realise, self.prevu) if self.est_comparable else None
        return "" if pour_mille is None else format_pourcent(en_euros(pour_mille) * 10)

    @property
    def ecart_ecrit(self) -> str:
        """Réalisé moins prévu, signe écrit ; vide si la ligne l’est."""
        if not self.est_comparable or not (self.prevu or self.realise):
            return ""
        ecart = self.realise - self.prevu
        return f"+{en_toutes_lettres(ecart)}" if ecart > 0 else en_toutes_lettres(ecart)


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une ligne où l’on tape."""

    place: Place
    numero: str
    montants: Montants
    champ: BoundField
    precision: BoundField | None


@dataclass(slots=True)
class Groupe:
    """Un poste : son total, ses lignes, l’explication de son écart. `montants` : None pour une ligne seule."""

    cle: str
    numero: str
    libelle: str = ""
    montants: Montants | None = None
    rangees: list[Rangee] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tableau:
    """Un côté du compte rendu. `resultat` : l’excédent ou l’insuffisance, calculé."""

    cote: str
    titre: str
    groupes: list[Groupe]
    libelle_du_total: str
    total: Montants
    libelle_du_resultat: str
    resultat: Montants | None


@dataclass(frozen=True, slots=True)
class Explication:
    """Le champ où un écart s’explique, montré s’il le faut ou s’il est rempli."""

    cle: str
    libelle: str
    champ: BoundField
    prevu: int
    ecart: str
    est_due: bool

    @property
    def est_montree(self) -> bool:
        """Vrai si l’écart dépasse le seuil, ou si quelque chose y est écrit."""
        return self.est_due or bool(self.champ.value())


def tableaux(form: FinancesForm) -> list[Tableau]:
    """Charges et produits."""
    return [_tableau(form, CHARGE), _tableau(form, PRODUIT)]


def tableaux_en_nature(form: FinancesForm) -> list[Tableau]:
    """Comptes 86 et 87."""
    return [_tableau(form, CHARGE_NATURE), _tableau(form, PRODUIT_NATURE)]


def _tableau(form: FinancesForm, cote: str) -> Tableau:
    rendu = form.compte_rendu
    titre, libelle = TITRES[cote]
    compte = RESULTATS.get(cote, "")
    calcule = {EXCEDENT: form.excedent, INSUFFISANCE: form.insuffisance}.get(compte, 0)
    prevu_du_resultat = form.donnees.prevu(compte) if compte else 0
    connu = rendu.est_detaille or cote == CHARGE
    return Tableau(
        cote=cote,
        titre=titre,
        groupes=list(_groupes(form, cote)),
        libelle_du_total=libelle,
        total=Montants(rendu.prevu(cote) - prevu_du_resultat, rendu.total(cote), f"cote/{cote}", connu),
        libelle_du_resultat=LIBELLES_DU_RESULTAT.get(compte, ""),
        resultat=Montants(prevu_du_resultat, calcule, f"resultat/{compte}", rendu.est_detaille) if compte else None,
    )


def _groupes(form: FinancesForm, cote: str) -> Iterator[Groupe]:
    groupes: dict[str, Groupe] = {}
    for place in form.places:
        if place.poste.cote != cote:
            continue
        cle = place.poste.groupe
        groupe = groupes.setdefault(cle, Groupe(cle, numero(cle)))
        groupe.rangees.append(_rangee(form, place))
    for groupe in groupes.values():
        if len(groupe.rangees) == 1 and groupe.rangees[0].place.poste.compte == groupe.cle:
            yield groupe
            continue
        groupe.montants = Montants(
            *form.compte_rendu.du_poste(cote, groupe.cle),
            f"groupe/{groupe.cle}",
            form.compte_rendu.est_detaille,
        )
        groupe.libelle = PAR_COMPTE[groupe.cle].libelle if groupe.cle in PAR_COMPTE else "Charges indirectes"
        yield groupe


def _rangee(form: FinancesForm, place: Place) -> Rangee:
    compte, cle = place.poste.compte, place.cle
    nom = cle_montant(compte, form.annee, place.rang)
    prevu = form.donnees.prevu(compte, place.rang)
    realise = form.cleaned_data.get(nom) or 0
    return Rangee(
        place=place,
        numero=numero(compte),
        montants=Montants(prevu, realise, f"ligne/{cle}", form.compte_rendu.est_detaille or bool(prevu)),
        champ=form[nom],
        precision=form[f"precision_{cle}"] if f"precision_{cle}" in form.fields else None,
    )


def numero(compte: str) -> str:
    """Le numéro du plan comptable : « 74com » donne « 74 », « IND1 » rien."""
    trouve = re.match(r"\d+", compte)
    return trouve[0] if trouve else ""


def explications(form: FinancesForm) -> list[Explication]:
    """Une par poste ; sans budget détaillé, une seule, pour le coût entier."""
    rendu = form.compte_rendu
    postes = {poste.cle: poste for poste in rendu.postes()}
    cles = [cle for cle in form.explications if (cle != TOTAL) == rendu.est_detaille]
    return [_explication(form, cle, postes.get(cle)) for cle in cles]


def _explication(form: FinancesForm, cle: str, poste: Poste | None) -> Explication:
    prevu, realise = (poste.prevu, poste.realise) if poste else (0, 0)
    montants = Montants(prevu, realise)
    return Explication(
        cle=cle,
        libelle=libelle_du_poste(cle),
        champ=form[f"explication_{cle}"],
        prevu=prevu,
        ecart=f"{montants.realise_ecrit} pour {montants.prevu_ecrit} prévus",
        est_due=poste is not None and poste.est_a_expliquer,
    )


def dessin_des_ecarts(postes: list[Poste]) -> dessins.Dessin | None:
    """Les postes, du prévu au réalisé, en barres ; None s’il n’y a rien à comparer."""
    if not any(poste.prevu for poste in postes):
        return None
    barres = [
        dessins.Barre(
            libelle=libelle_court(poste.cle),
            valeur=poste.realise,
            ton="bleu" if poste.cote == CHARGE else "pro",
            texte=dessins.EN_EUROS.total(poste.realise),
            repere=poste.prevu,
        )
        for poste in postes
    ]
    return dessins.barres_horizontales(
        titre="Réalisé de chaque poste, et son prévu en repère : les montants sont dans les tableaux",
        barres=barres,
        nom_repere="prévu",
    )


def libelle_court(cle: str) -> str:
    """« 64 Charges de personnel », « Coût total de l’action »."""
    libelle = libelle_du_poste(cle)
    if cle == INDIRECTES:
        return "Charges indirectes"
    avant, virgule, apres = libelle.partition(", ")
    texte = f"{avant} {apres}" if virgule and avant.isdigit() else libelle
    return texte if len(texte) < 46 else f"{texte[:44]}…"  # noqa: PLR2004 (deux lignes du dessin)
