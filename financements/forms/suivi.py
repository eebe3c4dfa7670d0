"""Les filtres de la liste des organismes aidés, gardés dans l’adresse."""

from typing import Any

from django import forms

from comptes.states import FormeJuridique
from config.socle.recherche import cle_de_tri
from financements.chiffres import Perimetre
from financements.chiffres.execution.organismes import Choix
from projets.models import AppelAProjets, Axe
from territoires.models import Territoire


class OrganismesForm(forms.Form):
    """Mots, axe, territoire, forme, reste à mandater. Un champ mal rempli est signalé et ne filtre pas."""

    q = forms.CharField(label="Rechercher un nom, un SIRET", required=False, max_length=100)
    axe = forms.ChoiceField(label="Axe", required=False)
    territoire = forms.ChoiceField(label="Territoire", required=False)
    forme = forms.ChoiceField(
        label="Forme juridique", required=False, choices=[("", "toutes"), *FormeJuridique.choices]
    )
    reste = forms.BooleanField(label="Avec un reste à mandater", required=False)

    def __init__(self, *args: Any, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appel = appel
        self._axes = {str(axe.numero): axe for axe in Axe.objects.filter(appel=appel).order_by("numero")}
        self._territoires = {t.code: t for t in Territoire.objects.defer("contour").order_by("nom_tri")}
        axes = [(numero, f"{axe.numero}. {axe.intitule}") for numero, axe in self._axes.items()]
        self.fields["axe"].choices = [("", "tous"), *axes]  # type: ignore[attr-defined]
        territoires = [(code, t.nom) for code, t in self._territoires.items()]
        self.fields["territoire"].choices = [("", "tous"), *territoires]  # type: ignore[attr-defined]

    @property
    def valeurs(self) -> dict[str, Any]:
        """Les champs bien remplis."""
        self.is_valid()
        return dict(self.cleaned_data)

    @property
    def perimetre(self) -> Perimetre:
        """L’appel, l’axe et le territoire choisis : les montants en sont la part."""
        valeurs = self.valeurs
        return Perimetre(
            self.appel,
            tuple(self.appel.annees),
            self._territoires.get(valeurs.get("territoire", "")),
            self._axes.get(valeurs.get("axe", "")),
        )

    @property
    def choix(self) -> Choix:
        """Les autres filtres."""
        valeurs = self.valeurs
        mots = tuple(cle_de_tri(valeurs.get("q", "")).split())
        return Choix(mots, valeurs.get("forme", ""), reste=bool(valeurs.get("reste")))

    @property
    def est_restreint(self) -> bool:
        """Vrai si un filtre au moins a une valeur."""
        return any(self.valeurs.values())
