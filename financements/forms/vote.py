"""Les formulaires du vote : la délibération, les amendements de la séance, les dates qui la rendent exécutoire."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.socle.montants import en_centimes
from config.socle.saisie import SaisieEntiere
from financements.actions.vote.voter import Amendement, Vote
from financements.forms.arbitrage import lire_euros
from financements.models import Deliberation
from financements.states import Choix, Organe
from projets.forms.fields import JourField
from projets.models import AppelAProjets, Projet

VOIX_AU_PLUS = 1000  # aucune assemblée n’en compte autant
AMENDEMENTS = 5  # lignes offertes d’abord ; « ?amendements= » en offre plus
AU_PLUS = 60
DEPORTS = "Un par ligne : intérêt dans un organisme bénéficiaire (CGCT L1111-6)."


def nombre_d_amendements(demande: str) -> int:
    """Combien de lignes offrir, d’après l’adresse ou le formulaire : de cinq à soixante."""
    return min(max(int(demande), AMENDEMENTS), AU_PLUS) if demande.isdecimal() and len(demande) <= 2 else AMENDEMENTS  # noqa: PLR2004


class VoteForm(SaisieEntiere, forms.Form):
    """La délibération qui vote les propositions."""

    reference = forms.CharField(label="Référence de la délibération", max_length=60)
    adoptee_le = JourField(label="Adoptée le")
    organe = forms.ChoiceField(
        label="Votée par",
        choices=Organe.choices,
        help_text="La commission permanente n’attribue que dans l’autorisation d’engagement votée à cette date : une "
        "dérogation n’y suffit pas.",
    )
    pour = forms.IntegerField(label="Voix pour", min_value=0, max_value=VOIX_AU_PLUS)
    contre = forms.IntegerField(label="Voix contre", min_value=0, max_value=VOIX_AU_PLUS, initial=0)
    abstentions = forms.IntegerField(label="Abstentions", min_value=0, max_value=VOIX_AU_PLUS, initial=0)
    deports = forms.CharField(
        label="Élus qui n’ont pas pris part au vote",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, deports: Sequence[str] = (), tus: int = 0, **kwargs: Any) -> None:
        """`deports` : ceux que le comité a notés, un par ligne ; `tus` : combien il en tait à la personne."""
        super().__init__(*args, initial={"deports": "\n".join(deports)}, **kwargs)
        aides = [DEPORTS]
        if deports:
            aides.append("Repris du comité : à relire.")
        if tus:
            aides.append(f"Déports du comité non repris, d’un projet dont vous vous êtes déporté : {tus}.")
        self.fields["deports"].help_text = " ".join(aides)

    def clean_adoptee_le(self) -> Any:
        """Un vote ne se date pas de demain."""
        jour = self.cleaned_data["adoptee_le"]
        if jour > timezone.localdate():
            raise ValidationError("Cette date est à venir\u00a0: une délibération s’enregistre une fois adoptée.")
        return jour

    def clean(self) -> dict[str, Any]:
        """Adoptée : plus de voix pour que contre."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        pour, contre = lues.get("pour"), lues.get("contre")
        if pour is not None and contre is not None and pour <= contre:
            self.add_error("pour", "Les propositions ne sont adoptées que si les voix pour l’emportent.")
        return lues

    def vote(self) -> Vote:
        """Ce que l’acte attend."""
        lues = self.cleaned_data
        return Vote(
            reference=lues["reference"],
            adoptee_le=lues["adoptee_le"],
            pour=lues["pour"],
            contre=lues["contre"],
            abstentions=lues["abstentions"],
            organe=Organe(lues["organe"]),
            deports=lues["deports"],
        )


class AmendementForm(SaisieEntiere, forms.Form):
    """Ce que la séance change d’un projet ; une ligne vide ne compte pas."""

    numero = forms.CharField(label="N° du projet", required=False, max_length=20)
    choix = forms.ChoiceField(label="Décision", choices=Choix.choices, required=False)
    motif = forms.CharField(label="Motif", required=False, max_length=2000)

    def __init__(self, *args: Any, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **kwargs)
        self._appel = appel
        for annee in appel.annees:
            self.fields[f"montant_{annee}"] = forms.CharField(label=f"{annee} (€)", required=False, max_length=20)
        self.order_fields([nom for nom in self.fields if nom != "motif"] + ["motif"])
        self._projet: Projet | None = None

    def clean_numero(self) -> int | None:
        """« 340 », ou la référence entière : « ARB16-0340 »."""
        tape = self.cleaned_data["numero"].strip()
        chiffres = tape.upper().removeprefix(f"{self._appel.prefixe.upper()}-")
        if tape and not (chiffres.isdecimal() and int(chiffres)):
            raise ValidationError("Donnez le numéro d’un projet de cet appel, ou sa référence.")
        return int(chiffres) if tape else None

    def clean(self) -> dict[str, Any]:
        """Un numéro de l’appel, un motif, des montants lisibles."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        numero = lues.get("numero")
        if numero is None:
            if "numero" not in self.errors and self._est_commencee(lues):
                self.add_error("numero", "Donnez le numéro du projet que cet amendement change.")
            return lues
        if not lues.get("choix") and "choix" not in self.errors:
            self.add_error("choix", "Choisissez ce que la séance décide de ce projet.")
        self._projet = Projet.objects.filter(appel=self._appel, numero=numero).first()
        if self._projet is None:
            self.add_error("numero", f"Aucun projet n° {numero} dans cet appel.")
        if not lues.get("motif", "").strip():
            self.add_error("motif", "Dites pourquoi la séance s’écarte des propositions.")
        for annee in self._appel.annees:
            texte = lues.get(f"montant_{annee}", "")
            try:
                lues[f"montant_{annee}"] = lire_euros(texte) if texte.strip() else None  # vide : inchangé
            except ValidationError as refus:
                self.add_error(f"montant_{annee}", refus)
        return lues

    def _est_commencee(self, lues: dict[str, Any]) -> bool:
        """Un motif ou un montant est tapé : la ligne n’est pas vide, même sans numéro."""
        champs = ("motif", *(f"montant_{annee}" for annee in self._appel.annees))
        return any(str(lues.get(champ) or "").strip() for champ in champs)

    def amendement(self) -> Amendement | None:
        """None pour une ligne vide."""
        lues = self.cleaned_data
        if not lues or self._projet is None:
            return None
        tapes = {annee: lues[f"montant_{annee}"] for annee in self._appel.annees}
        return Amendement(
            projet=self._projet.pk,
            choix=Choix(lues["choix"]),
            montants={annee: en_centimes(euros) for annee, euros in tapes.items() if euros is not None},
            motif=lues["motif"],
        )


class DatesForm(SaisieEntiere, forms.Form):
    """Transmission et publication : les deux font l’exécutoire (CGCT L3131-1)."""

    transmise_le = JourField(label="Transmise au contrôle de légalité le", required=False)
    publiee_le = JourField(label="Publiée le", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, deliberation: Deliberation, **kwargs: Any) -> None:
        depart = {
            "transmise_le": deliberation.transmise_le,
            "publiee_le": deliberation.publiee_le,
            "version": deliberation.version,
        }
        super().__init__(*args, initial=depart, **kwargs)
        self._adoptee_le = deliberation.adoptee_le

    def clean(self) -> dict[str, Any]:
        """Ni avant l’adoption, ni demain."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        for nom in ("transmise_le", "publiee_le"):
            jour = lues.get(nom)
            if jour is not None and not self._adoptee_le <= jour <= timezone.localdate():
                self.add_error(nom, f"Il faut un jour entre le {self._adoptee_le:%d/%m/%Y} et aujourd’hui.")
        return lues
