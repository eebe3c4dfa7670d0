"""Régler un rapport planifié : sa sorte, ce qu’il couvre, sa fréquence, ses destinataires."""

from typing import Any

from django import forms

from comptes.models import Personne
from comptes.states import Role
from financements.actions.suivi.planifier import Reglages
from financements.chiffres import Perimetre
from financements.forms.rapport import ENTIER, PorteeForm
from financements.models import PlanificationDeRapport
from financements.states import Frequence
from projets.models import AppelAProjets

_LECTEURS = (Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR)


class PlanificationForm(PorteeForm):
    """Un rapport planifié sur un appel donné ; `planification` : celui qu’on règle, None pour un nouveau."""

    frequence = forms.ChoiceField(label="Fréquence", choices=Frequence.choices, widget=forms.RadioSelect)
    destinataires = forms.ModelMultipleChoiceField(
        label="Destinataires",
        queryset=Personne.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Les agents qui lisent les financements. Chacun reçoit un courriel avec un lien.",
        error_messages={"required": "Choisir au moins un destinataire."},
    )
    est_active = forms.BooleanField(label="Produire à chaque échéance", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        appel: AppelAProjets,
        planification: PlanificationDeRapport | None = None,
        initial: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        depart = {"frequence": Frequence.MENSUELLE, "est_active": True, **(initial or {})}
        if planification is not None:
            depart |= _reglages_de(planification)
        super().__init__(*args, appel=appel, initial=depart, **kwargs)
        agents = Personne.objects.filter(role__in=_LECTEURS, is_active=True).order_by("nom", "prenom", "pk")
        champ = self.fields["destinataires"]
        assert isinstance(champ, forms.ModelMultipleChoiceField)  # noqa: S101 (déclaré ci-dessus)
        champ.queryset = agents
        if planification is None:
            del self.fields["est_active"], self.fields["version"]

    @property
    def reglages(self) -> Reglages:
        """Ce qu’attendent les actes ; le formulaire doit être valide."""
        territoire, axe = self.portee_choisie
        return Reglages(
            perimetre=Perimetre(self.appel, tuple(self.appel.annees), territoire, axe),
            sorte=self.sorte_demandee,
            frequence=self.cleaned_data["frequence"],
            destinataires=list(self.cleaned_data["destinataires"]),
        )


def _reglages_de(planification: PlanificationDeRapport) -> dict[str, Any]:
    portee = ENTIER
    if planification.territoire:
        portee = f"territoire-{planification.territoire.code}"
    elif planification.axe:
        portee = f"axe-{planification.axe.numero}"
    return {
        "sorte": planification.sorte,
        "portee": portee,
        "frequence": planification.frequence,
        "destinataires": list(planification.destinataires.values_list("pk", flat=True)),
        "est_active": planification.est_active,
        "version": planification.version,
    }
