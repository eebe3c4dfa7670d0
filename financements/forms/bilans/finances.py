"""Le compte rendu financier : un réalisé par ligne du Cerfa 15059, à côté du prévu, et l’explication des écarts.

Les noms de saisie sont ceux du budget (`c_601_2016`, `precision_74com_2`), plus `explication_<poste>`,
`charges_indirectes` et `resultat_assume` (« oui » si l’écart entre produits et charges est le résultat de l’action).
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django import forms

from config.socle.montants import en_euros, format_euros
from financements.forms.bilans.donnees import DonneesDuBilan
from financements.rules.bilan import TOTAL, CompteRendu, LigneDuBilan, a_expliquer
from financements.rules.bilan_verifie import LigneVerifiee
from projets.forms.dossier.champs import texte_long
from projets.forms.dossier.champs_budget import EurosField, Place
from projets.forms.dossier.etape import OBLIGATOIRE, FormulaireDeSaisies
from projets.rules.fusion import Valeur
from projets.rules.lignes_cerfa import (
    CHARGE,
    EXCEDENT,
    INSUFFISANCE,
    NATURES,
    NOMMEES,
    PAR_COMPTE,
    POSTES,
    PRODUIT,
    Poste,
    cle_montant,
    nom_du_financeur,
)

LONGUEUR_D_UNE_PRECISION = 120  # la taille de la colonne
LONGUEUR_D_UNE_EXPLICATION = 3000
INDIRECTES = "CHARGINDIRECT"
RESULTAT = "resultat_assume"


class FinancesForm(FormulaireDeSaisies):
    """Les lignes de l’année. Un compte rendu qui n’est pas fini n’est pas une faute : il ne se dépose pas."""

    ancre_generale = ("equilibre", "Compte rendu financier")
    charges_indirectes = texte_long(
        "Règles de répartition des charges indirectes",
        "Par exemple : au temps passé par les salariés, à la surface occupée.",
        est_obligatoire=False,
        lignes=3,
        longueur=LONGUEUR_D_UNE_EXPLICATION,
    )
    resultat_assume = forms.BooleanField(
        label="L’écart entre les produits et les charges est le résultat de l’action",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input", "value": "oui"}),
    )

    def __init__(self, donnees: DonneesDuBilan, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(valeurs)
        self.donnees, self.annee = donnees, donnees.bilan.annee
        self.places = [place for poste in POSTES if poste.est_saisi for place in self._places(poste)]
        for place in self.places:
            self._ajouter_les_champs(place)
        for cle, libelle in self._postes_explicables():
            self.fields[f"explication_{cle}"] = texte_long(
                f"Explication de l’écart : {libelle}",
                est_obligatoire=False,
                lignes=2,
                longueur=LONGUEUR_D_UNE_EXPLICATION,
            )

    def brut(self, nom: str) -> str:
        """Ce qui est tapé, rogné."""
        return str(self.data.get(nom, "")).strip()

    def _places(self, poste: Poste) -> Iterator[Place]:
        """Les lignes prévues, et pour un compte à plusieurs financeurs une de plus, à nommer."""
        if not poste.est_multiple or poste.compte in NOMMEES:
            yield Place(poste, 0, NOMMEES.get(poste.compte, poste.libelle))
        if poste.est_multiple:
            prevus = [rang for compte, rang in self.donnees.prevues if compte == poste.compte and rang]
            for rang in sorted(prevus):
                ligne = self.donnees.prevues[poste.compte, rang]
                yield Place(poste, rang, nom_du_financeur(poste.compte, rang, ligne.precision))
            rang = max(prevus, default=0) + 1
            yield Place(poste, rang, f"{NATURES[poste.compte].nom}, non prévu")

    def est_libre(self, place: Place) -> bool:
        """Vrai pour la ligne d’un financeur qui n’était pas prévu : on y tape son nom."""
        return place.rang > 0 and (place.poste.compte, place.rang) not in self.donnees.prevues

    def _ajouter_les_champs(self, place: Place) -> None:
        poste, cle = place.poste, place.cle
        if self.est_libre(place):
            self.fields[f"precision_{cle}"] = forms.CharField(
                label=f"{NATURES[poste.compte].nom}, financeur non prévu",
                required=False,
                widget=forms.TextInput(
                    attrs={
                        "class": "form-control",
                        "placeholder": NATURES[poste.compte].invite,
                        "aria-label": f"{NATURES[poste.compte].nom}, nom du financeur non prévu",
                    }
                ),
            )
        donnees = {"data-cote": poste.cote, "data-groupe": poste.groupe, "data-ligne": cle}
        self.fields[cle_montant(poste.compte, self.annee, place.rang)] = EurosField(
            f"{place.nom}, réalisé {self.annee}", **donnees
        )

    def _postes_explicables(self) -> Iterator[tuple[str, str]]:
        """Chaque poste des charges et des produits, et le coût entier quand le budget n’est pas détaillé."""
        vus = set()
        for poste in POSTES:
            if poste.cote in {CHARGE, PRODUIT} and poste.genre != "calculé" and poste.groupe not in vus:
                vus.add(poste.groupe)
                yield poste.groupe, libelle_du_poste(poste.groupe)
        yield TOTAL, libelle_du_poste(TOTAL)

    def clean(self) -> dict[str, Any]:
        """Les contrôles d’ensemble. Ce qui dit seulement que le compte rendu n’est pas fini se range aux oublis."""
        self._compte_rendu = self._lire()
        rendu = self._compte_rendu
        for place in self.places:
            self._verifier_le_financeur(place)
        if not rendu.total(CHARGE):
            self.oublier(cle_montant("601", self.annee), "Tapez les charges de l’année.")
        if rendu.ecart and not self.cleaned_data.get(RESULTAT):
            sens = "dépassent les charges" if rendu.ecart > 0 else "sont inférieurs aux charges"
            combien = en_toutes_lettres(abs(rendu.ecart))
            texte = f"Les produits {sens} de {combien}\u00a0: corrigez, ou cochez que c’est le résultat de l’action."
            self.oublier(RESULTAT, texte)
        if rendu.ecart_en_nature:
            texte = f"Les comptes 86 et 87 diffèrent de {en_toutes_lettres(abs(rendu.ecart_en_nature))}."
            self.oublier(cle_montant("860", self.annee), texte)
        for poste in a_expliquer(rendu, self.explications):
            self.oublier(f"explication_{poste.cle}", "Cet écart dépasse le seuil de l’appel\u00a0: expliquez-le.")
        if any(ligne.realise for ligne in rendu.lignes if ligne.poste == INDIRECTES) and not self.brut(
            "charges_indirectes"
        ):
            self.oublier("charges_indirectes", "Dites comment ces charges ont été réparties.")
        return self.cleaned_data

    def _verifier_le_financeur(self, place: Place) -> None:
        nom = f"precision_{place.cle}"
        if nom not in self.fields:
            return
        if len(self.brut(nom)) > LONGUEUR_D_UNE_PRECISION:
            texte = f"Ce nom dépasse {LONGUEUR_D_UNE_PRECISION} caractères."
            self.add_error(nom, forms.ValidationError(texte, code="long"))
        montant = self.cleaned_data.get(cle_montant(place.poste.compte, self.annee, place.rang))
        if montant and not self.brut(nom):
            self.add_error(nom, forms.ValidationError("Nommez ce financeur.", code=OBLIGATOIRE))

    @property
    def explications(self) -> dict[str, str]:
        """Ce qui est écrit pour chaque poste."""
        return {cle: self.brut(f"explication_{cle}") for cle, _ in self._postes_explicables()}

    def _lire(self) -> CompteRendu:
        """Ce qui est lisible ; un montant illisible compte pour zéro, comme à la frappe."""
        return CompteRendu(
            lignes=(*self._tapees(), *self._prevues_calculees()),
            seuil=self.donnees.bilan.seuil,
            cout_prevu=self.donnees.cout_prevu,
        )

    def _tapees(self) -> Iterator[LigneDuBilan]:
        for place in self.places:
            compte = place.poste.compte
            yield LigneDuBilan(
                cote=place.poste.cote,
                compte=compte,
                poste=place.poste.groupe,
                prevu=self.donnees.prevu(compte, place.rang),
                realise=self.cleaned_data.get(cle_montant(compte, self.annee, place.rang)) or 0,
            )

    def _prevues_calculees(self) -> Iterator[LigneDuBilan]:
        """L’excédent et l’insuffisance du budget : le réalisé, lui, se calcule au dépôt."""
        for compte in (EXCEDENT, INSUFFISANCE):
            if prevu := self.donnees.prevu(compte):
                yield LigneDuBilan(PAR_COMPTE[compte].cote, compte, compte, prevu, 0)

    @property
    def compte_rendu(self) -> CompteRendu:
        """Les montants tels que tapés, justes ou non."""
        self.is_valid()  # lit les champs, une fois
        return self._compte_rendu

    @cached_property
    def excedent(self) -> int:
        """Produits au-delà des charges, s’ils sont dits être le résultat (centimes)."""
        return max(0, self.compte_rendu.ecart) if self.brut(RESULTAT) else 0

    @cached_property
    def insuffisance(self) -> int:
        """Charges au-delà des produits, de même (centimes)."""
        return max(0, -self.compte_rendu.ecart) if self.brut(RESULTAT) else 0

    def lignes_verifiees(self) -> tuple[LigneVerifiee, ...]:
        """Celles qui ont un réalisé, résultat compris."""
        tapees = (
            LigneVerifiee(
                place.poste.cote,
                place.poste.compte,
                self.cleaned_data.get(cle_montant(place.poste.compte, self.annee, place.rang)) or 0,
                place.rang,
                self.precision(place),
            )
            for place in self.places
        )
        calculees = (
            LigneVerifiee(CHARGE, EXCEDENT, self.excedent),
            LigneVerifiee(PRODUIT, INSUFFISANCE, self.insuffisance),
        )
        return tuple(ligne for ligne in (*tapees, *calculees) if ligne.realise)

    def precision(self, place: Place) -> str:
        """Le nom du financeur, prévu ou tapé."""
        if self.est_libre(place):
            return self.brut(f"precision_{place.cle}")[:LONGUEUR_D_UNE_PRECISION]
        ligne = self.donnees.prevues.get((place.poste.compte, place.rang))
        return ligne.precision if ligne else ""

    def champs_de_la_copie(self) -> dict[str, forms.Field]:
        """Aucun : la copie montre les lignes en tableaux."""
        return {}


def libelle_du_poste(cle: str) -> str:
    """« 64, charges de personnel » ; le coût entier ; les charges indirectes."""
    if cle == TOTAL:
        return "coût total de l’action"
    if cle == INDIRECTES:
        return "charges indirectes affectées à l’action"
    poste = PAR_COMPTE[cle]
    numero = f"{cle}, " if cle.isdigit() else ""
    return f"{numero}{poste.libelle[0].lower()}{poste.libelle[1:]}"


def phrase_du_resultat(ecart: int) -> str:
    """Ce que dit le bandeau ; `ecart` : produits moins charges (centimes). `static/js/bilan.js` dit de même."""
    if not ecart:
        return "Les produits égalent les charges."
    if ecart > 0:
        return f"Les produits dépassent les charges de {en_toutes_lettres(ecart)}\u00a0: excédent."
    return f"Les charges dépassent les produits de {en_toutes_lettres(-ecart)}\u00a0: insuffisance."


def en_toutes_lettres(centimes: int) -> str:
    """« 1 234,00 € »."""
    return format_euros(en_euros(centimes))
