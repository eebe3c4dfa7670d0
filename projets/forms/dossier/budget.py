"""L’étape « Budget et cofinancements » : un montant par ligne du Cerfa 12156 et par année, en euros entiers.

Les noms de saisie sont dans `projets.rules.lignes_cerfa`, plus `budget_excedent` et `budget_insuffisance` (« oui »
si l’écart de l’année passe par la ligne du Cerfa). Ajouter un financeur, c’est saisir `nombre_<compte>` ; le retirer,
c’est saisir `retire_<ligne>` : ce qui y était tapé reste gardé, et se rétablit.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms

from config.socle.dessins import Dessin
from projets.forms.dossier.champs_budget import RANG_MAXIMUM, EurosField, Place
from projets.forms.dossier.donnees import DonneesDuProjet
from projets.forms.dossier.etape import OBLIGATOIRE, EtapeForm, Manque
from projets.forms.dossier.tableau_budget import Tableau, dessin_des_produits, tableau
from projets.rules.budget import Budget, BudgetVerifie, Ligne
from projets.rules.controles_budget import (
    ANCRES,
    EQUILIBRE,
    Avertissement,
    Constat,
    Financeur,
    avertissements,
    constat,
    refus,
)
from projets.rules.fusion import Valeur
from projets.rules.lignes_cerfa import (
    CHARGE,
    CHARGE_NATURE,
    NATURES,
    NOMMEES,
    POSTES,
    PRODUIT,
    PRODUIT_NATURE,
    Poste,
    cle_ligne,
    cle_montant,
    nom_du_financeur,
)

LONGUEUR_D_UNE_PRECISION = 120  # la taille de la colonne
ACQUIS = "acquis"
EN_NATURE = {CHARGE_NATURE, PRODUIT_NATURE}


def _case(libelle: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=libelle, required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input", "value": "oui"})
    )


class BudgetForm(EtapeForm):
    """Une colonne par année de l’appel. Un budget qui n’est pas fini n’est pas une faute : il ne se dépose pas."""

    ancre_generale = (EQUILIBRE, "Budget")
    budget_excedent = _case("Nous prévoyons un excédent")
    budget_insuffisance = _case("Notre organisme prend l’insuffisance à sa charge (autofinancement)")

    def __init__(self, donnees: DonneesDuProjet, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(donnees, valeurs)
        self.annees = tuple(donnees.annees)
        self.places = [place for poste in POSTES if poste.est_saisi for place in self._places(poste)]
        for place in self.places:
            self._ajouter_les_champs(place)
        for poste in POSTES:
            if poste.est_multiple:
                nombre = forms.IntegerField(
                    label=f"Nombre de lignes ({poste.libelle})",
                    required=False,
                    min_value=0,
                    max_value=RANG_MAXIMUM,
                    widget=forms.HiddenInput,
                )
                self.fields[f"nombre_{poste.compte}"] = nombre

    def brut(self, nom: str) -> str:
        """Ce qui est tapé, rogné."""
        return str(self.data.get(nom, "")).strip()

    def nombre(self, compte: str) -> int:
        """Combien de lignes ce compte a déjà eues, retirées comprises."""
        brut = self.brut(f"nombre_{compte}")
        return min(int(brut), RANG_MAXIMUM) if brut.isascii() and brut.isdecimal() else 0

    def _places(self, poste: Poste) -> list[Place]:
        nommee = not poste.est_multiple or poste.compte in NOMMEES
        places = [Place(poste, 0, NOMMEES.get(poste.compte, poste.libelle))] if nommee else []
        if poste.est_multiple:
            for rang in range(1, self.nombre(poste.compte) + 1):
                cle = cle_ligne(poste.compte, rang)
                nom = nom_du_financeur(poste.compte, rang, self.brut(f"precision_{cle}"))
                places.append(Place(poste, rang, nom, bool(self.brut(f"retire_{cle}"))))
        return places

    def _ajouter_les_champs(self, place: Place) -> None:
        cle, poste = place.cle, place.poste
        if place.est_precisee:
            libelle = f"Retrait de la ligne {place.nom}"
            self.fields[f"retire_{cle}"] = forms.CharField(label=libelle, required=False, widget=forms.HiddenInput)
        if place.est_retiree:
            return
        if place.est_precisee:
            self.fields[f"precision_{cle}"] = forms.CharField(
                label=nom_du_financeur(poste.compte, place.rang, ""),
                required=False,
                widget=forms.TextInput(
                    attrs={
                        "class": "form-control",
                        "placeholder": NATURES[poste.compte].invite,
                        "aria-label": f"{NATURES[poste.compte].nom}, nom du financeur {place.rang}",
                    }
                ),
            )
        if place.a_un_etat:
            self.fields[f"etat_{cle}"] = forms.ChoiceField(
                label=f"{place.nom}, état",
                required=False,
                choices=[("", "sollicité"), (ACQUIS, "acquis")],
                widget=forms.Select(attrs={"class": "form-select", "aria-label": f"{place.nom}, état de l’aide"}),
            )
        for annee in self.annees:
            donnees = {"data-cote": poste.cote, "data-groupe": poste.groupe, "data-ligne": cle, "data-annee": annee}
            self.fields[cle_montant(poste.compte, annee, place.rang)] = EurosField(f"{place.nom} {annee}", **donnees)

    def ouvertes(self) -> list[Place]:
        """Les lignes où l’on peut taper."""
        return [place for place in self.places if not place.est_retiree]

    def champs_utiles(self) -> dict[str, forms.Field]:
        """Ceux qu’on voit : ni le nombre de lignes, ni les retraits."""
        return {nom: champ for nom, champ in self.fields.items() if not champ.widget.is_hidden}

    def clean(self) -> dict[str, Any]:
        """Les contrôles d’ensemble. Ce qui dit seulement que le budget n’est pas fini se range parmi les oublis."""
        for place in self.ouvertes():
            if len(self.brut(f"precision_{place.cle}")) > LONGUEUR_D_UNE_PRECISION:
                texte = f"Ce nom dépasse {LONGUEUR_D_UNE_PRECISION} caractères."
                self.add_error(f"precision_{place.cle}", forms.ValidationError(texte, code="long"))
        self._budget = self._lire_le_budget()
        self._refus = refus(self._budget, self.financeurs)
        for un in self._refus:
            d_ensemble = un.champ in ANCRES
            texte = f"{un.libelle} : {un.texte}" if d_ensemble else un.texte
            code = "contradiction" if un.est_une_faute else OBLIGATOIRE
            self.add_error(None if d_ensemble else un.champ, forms.ValidationError(texte, code=code))
        return self.cleaned_data

    def _lire_le_budget(self) -> Budget:
        """Ce qui est lisible ; un montant illisible compte pour zéro, comme à la frappe."""
        lignes = tuple(
            Ligne(annee, place.poste.cote, place.poste.compte, montant, place.rang, self._precision(place))
            for annee in self.annees
            for place in self.ouvertes()
            if (montant := self.cleaned_data.get(cle_montant(place.poste.compte, annee, place.rang)))
        )
        acquis = {(p.poste.compte, p.rang) for p in self.ouvertes() if self.brut(f"etat_{p.cle}") == ACQUIS}
        return Budget(
            self.annees,
            lignes,
            frozenset(acquis),
            excedent_assume=bool(self.cleaned_data.get("budget_excedent")),
            insuffisance_assumee=bool(self.cleaned_data.get("budget_insuffisance")),
        )

    def _precision(self, place: Place) -> str:
        return self.brut(f"precision_{place.cle}")[:LONGUEUR_D_UNE_PRECISION]

    @cached_property
    def financeurs(self) -> list[Financeur]:
        """Les lignes où l’on nomme un financeur."""
        return [Financeur(p.poste.compte, p.rang, self._precision(p)) for p in self.ouvertes() if p.est_precisee]

    @property
    def budget(self) -> Budget:
        """Le budget tel que tapé, juste ou non."""
        self.is_valid()  # lit les champs, une fois
        return self._budget

    def verifie(self) -> BudgetVerifie:
        """De quoi écrire le budget au dépôt. `ValueError` si le formulaire n’est pas valide."""
        if not self.is_valid():
            raise ValueError("le budget n’est pas complet")
        return self.budget.verifie()

    @cached_property
    def tableaux(self) -> list[Tableau]:
        """Les charges, puis les produits."""
        return [tableau(self, CHARGE), tableau(self, PRODUIT)]

    @cached_property
    def tableaux_en_nature(self) -> list[Tableau]:
        """Les comptes 86 et 87."""
        return [tableau(self, CHARGE_NATURE), tableau(self, PRODUIT_NATURE)]

    def champs_de_la_copie(self) -> dict[str, forms.Field]:
        """Aucun : la copie montre le budget en tableaux (`copie_budget`)."""
        return {}

    @property
    def contributions_sont_ouvertes(self) -> bool:
        """Vrai s’il y a quelque chose à voir dans les contributions volontaires."""
        return any(
            self.brut(nom) for nom, champ in self.fields.items() if champ.widget.attrs.get("data-cote") in EN_NATURE
        )

    def dessin(self) -> Dessin | None:
        """Les produits par financeur et par année."""
        return dessin_des_produits(self.budget)

    def constat(self) -> Constat:
        """Ce que dit le bandeau d’équilibre."""
        return constat(self.budget)

    def avertissements(self) -> list[Avertissement]:
        """Ce qui mérite une explication, sans rien empêcher."""
        return avertissements(self.budget, self.financeurs, a_des_salaries=self._a_des_salaries())

    def _a_des_salaries(self) -> bool:
        """Des équivalents temps plein sont déclarés à l’étape « L’action »."""
        return any(chiffre in "123456789" for chiffre in self.brut("etp"))

    def manques(self, etape: str) -> list[Manque]:
        """Ceux des champs, puis ceux de l’ensemble, chacun avec l’endroit de la page où y remédier."""
        des_champs = [m for m in super().manques(etape) if m.ancre not in ANCRES]
        return des_champs + [Manque(etape, un.champ, un.libelle, un.texte) for un in self._refus if un.champ in ANCRES]
