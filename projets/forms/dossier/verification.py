"""Le dépôt : les déclarations à accepter, et le dossier vérifié que l’acte reçoit."""

from typing import Any

from django import forms
from django.utils import timezone

from comptes.models import Organisme
from comptes.states import FormeJuridique
from projets.actions.deposer import CHANGE
from projets.forms.dossier.copie import avec_les_attestations, copie
from projets.forms.dossier.dossier import Dossier
from projets.models import Projet
from projets.rules.depot import Attestation, DossierVerifie, attestations


def attestations_de(projet: Projet) -> list[Attestation]:
    """Celles que ce projet demande, selon la forme de l’organisme et la date de l’appel."""
    return attestations(
        est_association=_est_une_association(projet.organisme),
        ouverture=timezone.localtime(projet.appel.ouvre_le).date(),
    )


def _est_une_association(organisme: Organisme) -> bool:
    """Seule une association a un numéro RNA : une structure d’insertion qui en a un en est une aussi."""
    return organisme.forme_juridique == FormeJuridique.ASSOCIATION or bool(organisme.rna)


class DepotForm(forms.Form):
    """Une case par déclaration, toutes à cocher, et la version vérifiée."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, projet: Projet, data: Any = None) -> None:
        super().__init__(data, initial={"version": projet.version})
        self.projet = projet
        self.attestations = attestations_de(projet)
        for attestation in self.attestations:
            self.fields[attestation.code] = forms.BooleanField(
                label=attestation.texte,
                error_messages={"required": "Cochez cette déclaration pour déposer."},
            )

    def clean(self) -> dict[str, Any]:
        """La page et ce qui est lu maintenant sont de la même version : on dépose ce que l’on a sous les yeux."""
        if self.cleaned_data.get("version") != self.projet.version:
            self.add_error(None, CHANGE)
        return self.cleaned_data


def verifier(dossier: Dossier) -> DossierVerifie:
    """Le dossier typé, à n’appeler que s’il ne lui manque rien."""
    assert not dossier.manques, "un dossier incomplet ne se dépose pas"  # noqa: S101 (contrat entre pièces)
    publics: Any = dossier.enregistres["publics"]
    budget: Any = dossier.enregistres["budget"]
    return DossierVerifie(
        version=dossier.projet.version,
        intitule=dossier.projet.intitule,
        allocataires=publics.allocataires_par_an(),
        parts=publics.parts(),
        budget=budget.verifie(),
        contenu=avec_les_attestations(copie(dossier), attestations_de(dossier.projet)),
    )
