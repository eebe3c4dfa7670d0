"""Les formulaires de l’arbitrage : scénario, saisie d’un projet, opération sur plusieurs."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from comptes.models import Personne
from config.socle.lecture.cellules import ValeurRefusee, lire_montant
from config.socle.saisie import SaisieEntiere
from financements.models import Scenario
from financements.states import Choix, Imposition, OrigineScenario
from projets.models import AppelAProjets

DEPARTS = (
    (OrigineScenario.PROPOSITIONS.value, "Les propositions de l’instruction"),
    (OrigineScenario.COPIE.value, "Un autre scénario"),
    (OrigineScenario.VIDE.value, "Rien : aucun projet retenu"),
)


def lire_euros(texte: str) -> Decimal:
    """« 78 000 », « 78000,50 € » → euros ; vide vaut zéro. Lève `ValidationError` avec ce qui était attendu."""
    if not texte.strip():
        return Decimal(0)
    try:
        return lire_montant(texte)
    except ValeurRefusee as refus:
        raise ValidationError(f"Il faut {refus.attendu}.") from refus


class ScenarioForm(SaisieEntiere, forms.ModelForm):  # type: ignore[type-arg]
    """Nommer, décrire, partager un scénario."""

    class Meta:
        model = Scenario
        fields = ("nom", "description", "est_partage")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class NouveauScenarioForm(ScenarioForm):
    """Créer un scénario : son nom et d’où il part."""

    origine = forms.ChoiceField(label="Partir de", choices=DEPARTS, widget=forms.RadioSelect, initial=DEPARTS[0][0])
    source = forms.ModelChoiceField(
        label="Scénario à copier", queryset=Scenario.objects.none(), required=False, empty_label="aucun"
    )
    field_order = ("nom", "origine", "source", "description", "est_partage")

    def __init__(self, *args: Any, personne: Personne, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.appel, self.instance.auteur = appel, personne
        self.fields["source"].queryset = Scenario.objects.visibles_par(personne).filter(appel=appel)

    def clean(self) -> dict[str, Any]:
        """Copier demande un scénario à copier."""
        valeurs: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            valeurs.get("origine") == OrigineScenario.COPIE
            and not valeurs.get("source")
            and "source" not in self.errors
        ):
            self.add_error("source", "Choisissez le scénario à copier.")
        if valeurs.get("origine") != OrigineScenario.COPIE:
            valeurs["source"] = None
        return valeurs


OPERATIONS = (
    ("retenir", "Retenir"),
    ("mettre_en_attente", "Mettre en liste d’attente"),
    ("ne_pas_retenir", "Ne pas retenir"),
    ("varier", "Varier de … %"),
    ("plafonner", "Plafonner chaque année à … €"),
    ("au_propose", "Ramener au montant proposé"),
    ("au_demande", "Porter au montant demandé"),
    ("imposer", "Pour le calcul : toujours retenir"),
    ("exclure", "Pour le calcul : jamais"),
    ("liberer", "Pour le calcul : libre"),
)
_AVEC_VALEUR = {"varier": "un pourcentage, par exemple −3", "plafonner": "un montant en euros, par exemple 100 000"}
CHOIX_DES_OPERATIONS = {
    "retenir": Choix.RETENU,
    "mettre_en_attente": Choix.ATTENTE,
    "ne_pas_retenir": Choix.NON_RETENU,
}
IMPOSITIONS = {"imposer": Imposition.DEDANS, "exclure": Imposition.DEHORS, "liberer": Imposition.LIBRE}


class LotForm(forms.Form):
    """Une opération sur tous les projets que retiennent les filtres."""

    operation = forms.ChoiceField(label="Sur tous les projets filtrés", choices=OPERATIONS)
    valeur = forms.CharField(label="Valeur (% ou €)", required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        """Varier et plafonner demandent une valeur : `valeur` devient un nombre (%, ou euros)."""
        valeurs: dict[str, Any] = super().clean() or self.cleaned_data
        operation, texte = valeurs.get("operation", ""), valeurs.get("valeur", "")
        if operation not in _AVEC_VALEUR:
            valeurs["valeur"] = None
            return valeurs
        try:
            valeurs["valeur"] = _nombre(texte) if operation == "varier" else lire_montant(texte)
        except (ValeurRefusee, ValueError):
            self.add_error("valeur", f"Il faut {_AVEC_VALEUR[operation]}.")
        return valeurs


def _nombre(texte: str) -> Decimal:
    """« −3 », « -2,5 % » → −2.5 ; entre −100 et +100, deux décimales au plus. Lève `ValueError`."""
    propre = texte.replace("%", "").replace("−", "-").replace(",", ".").replace("\u202f", "").replace("\u00a0", "")
    try:
        nombre = Decimal(propre.strip())
    except ArithmeticError as faute:
        raise ValueError(texte) from faute
    if not nombre.is_finite() or abs(nombre) > 100 or nombre != round(nombre, 2):  # noqa: PLR2004 (pour cent)
        raise ValueError(texte)
    return nombre
