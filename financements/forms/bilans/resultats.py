"""Ce qui a été fait et pour qui : compte rendu qualitatif, indicateurs, personnes accompagnées en agrégats.

Clés de saisie : le nom du champ ; `indicateur_<rang>` ; `effectif_<critère>` et `effectif_indicateur_<rang>`, que
l’acte protège avant de les garder.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from config.socle.montants import format_nombre
from financements.forms.bilans.donnees import DonneesDuBilan
from financements.models import IndicateurDeBilan
from financements.rules.bilan_verifie import Mesure
from financements.rules.effectifs import (
    VIDE,
    Effectif,
    EffectifIllisible,
    lire_effectif,
    refus_de_la_repartition,
    refus_des_sorties,
)
from financements.states.bilans import PAR_AGE, PAR_SEXE, SORTIES, Critere
from projets.forms.dossier.champs import texte_long
from projets.forms.dossier.etape import FormulaireDeSaisies
from projets.forms.fields import DecimalFrField
from projets.rules.fusion import Valeur

AIDE = "Un nombre ; « < 5 » de 1 à 4 ; « nc » si un effectif masqué s’en déduirait."


class EffectifField(forms.CharField):
    """Un effectif ; rend un `Effectif`. De 1 à 4, il devient « moins de 5 »."""

    def __init__(self, libelle: str, *, est_obligatoire: bool = False, aide: str = "") -> None:
        saisie = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
        super().__init__(label=libelle, required=est_obligatoire, help_text=aide, widget=saisie)

    def clean(self, value: Any) -> Any:
        """Lève `ValidationError` avec ce qu’il faut écrire."""
        try:
            return lire_effectif(str(super().clean(value)))
        except EffectifIllisible as raison:
            raise forms.ValidationError(str(raison), code="illisible") from raison


class ResultatsForm(FormulaireDeSaisies):
    """Les textes, les indicateurs figés à l’ouverture, et les effectifs."""

    realisation = texte_long("Ce qui a été fait", "Les étapes, les moyens mis en œuvre, ce qui a changé.", lignes=8)
    resultats = texte_long("Résultats obtenus", "Au regard des objectifs de la demande.", lignes=6)
    difficultes = texte_long("Difficultés rencontrées", est_obligatoire=False, lignes=4)
    perspectives = texte_long("Suites et perspectives", est_obligatoire=False, lignes=4)

    def __init__(self, donnees: DonneesDuBilan, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(valeurs)
        self.donnees = donnees
        self.indicateurs = list(donnees.bilan.indicateurs.all())
        for indicateur in self.indicateurs:
            self.fields[nom_de(indicateur)] = _champ(indicateur)
        for critere in Critere:
            est_total = critere == Critere.ACCOMPAGNES
            libelle = f"{critere.label[0].upper()}{critere.label[1:]}"
            self.fields[f"effectif_{critere}"] = EffectifField(
                libelle, est_obligatoire=est_total, aide=AIDE if est_total else ""
            )

    def clean(self) -> dict[str, Any]:
        """Chaque répartition va avec le total, et aucun effectif masqué ne s’en déduit."""
        total = self._effectif(Critere.ACCOMPAGNES)
        for criteres, refus in (
            (PAR_SEXE, refus_de_la_repartition),
            (PAR_AGE, refus_de_la_repartition),
            (SORTIES, refus_des_sorties),
        ):
            premier = f"effectif_{criteres[0]}"
            if not {f"effectif_{c}" for c in criteres} & self.errors.keys() and (
                texte := refus(total, [self._effectif(c) for c in criteres])
            ):
                self.add_error(premier, forms.ValidationError(texte, code="repartition"))
        return self.cleaned_data

    def _effectif(self, critere: str) -> Effectif:
        lu = self.cleaned_data.get(f"effectif_{critere}")
        return lu if isinstance(lu, Effectif) else VIDE

    def effectifs(self) -> dict[str, Effectif]:
        """Ceux qui sont dits, par critère."""
        lus = {critere.value: self._effectif(critere) for critere in Critere}
        return {critere: effectif for critere, effectif in lus.items() if effectif != VIDE}

    def mesures(self) -> dict[int, Mesure]:
        """Ce que chaque indicateur a atteint, par rang."""
        return {indicateur.rang: self._mesure(indicateur) for indicateur in self.indicateurs}

    def _mesure(self, indicateur: IndicateurDeBilan) -> Mesure:
        lu = self.cleaned_data.get(nom_de(indicateur))
        if isinstance(lu, Effectif):
            return Mesure(None if lu.nombre is None else Decimal(lu.nombre), lu.marque)
        return Mesure(lu)

    def lignes_des_indicateurs(self) -> list[tuple[IndicateurDeBilan, str, forms.BoundField]]:
        """Chaque indicateur, sa cible écrite et son champ."""
        cibles = [format_nombre(un.prevu, 0 if _est_entier(un) else 2) for un in self.indicateurs]
        return [(un, cible, self[nom_de(un)]) for un, cible in zip(self.indicateurs, cibles, strict=True)]

    def repartitions(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Par sexe, par âge, sorties : titre et champs."""
        groupes = (("Par sexe", PAR_SEXE), ("Par âge", PAR_AGE), ("À la sortie de l’action", SORTIES))
        return [(titre, [self[f"effectif_{c}"] for c in criteres]) for titre, criteres in groupes]


def nom_de(indicateur: IndicateurDeBilan) -> str:
    """La clé de saisie d’un indicateur : celle d’un effectif s’il compte des personnes."""
    prefixe = "effectif_" if indicateur.est_un_effectif else ""
    return f"{prefixe}indicateur_{indicateur.rang}"


def _est_entier(indicateur: IndicateurDeBilan) -> bool:
    return indicateur.prevu is None or indicateur.prevu == indicateur.prevu.to_integral_value()


def _champ(indicateur: IndicateurDeBilan) -> forms.Field:
    libelle = f"{indicateur.libelle}, réalisé"
    if indicateur.est_un_effectif:
        return EffectifField(libelle, est_obligatoire=True)
    return DecimalFrField(label=libelle, min_value=0, max_digits=12, decimal_places=2)
