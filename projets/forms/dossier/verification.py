"""Le dépôt : les déclarations à accepter, et le dossier vérifié que l’acte reçoit."""

from typing import Any

from django import forms
from django.utils import timezone

from comptes.states import FormeJuridique
from projets.forms.dossier.copie import avec_les_attestations, copie
from projets.forms.dossier.dossier import Dossier
from projets.models import Projet
from projets.rules.depot import Attestation, DossierVerifie, attestations


def attestations_de(projet: Projet) -> list[Attestation]:
    """Celles que ce projet demande, selon la forme de l’organisme et la date de l’appel."""
    return attestations(
        est_association=projet.organisme.forme_juridique == FormeJuridique.ASSOCIATION,
        ouverture=timezone.localtime(projet.appel.ouvre_le).date(),
    )


class DepotForm(forms.Form):
    """Une case par déclaration, toutes à cocher, et la version vérifiée."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, projet: Projet, data: Any = None) -> None:
        super().__init__(data, initial={"version": projet.version})
        self.attestations = attestations_de(projet)
        for attestation in self.attestations:
            self.fields[attestation.code] = forms.BooleanField(
                label=attestation.texte,
                error_messages={"required": "Cochez cette déclaration pour déposer."},
            )


def verifier(dossier: Dossier, version: int) -> DossierVerifie:
    """Le dossier typé, à n’appeler que s’il ne lui manque rien. `version` : celle que la personne a vérifiée."""
    assert not dossier.manques, "un dossier incomplet ne se dépose pas"  # noqa: S101 (contrat entre pièces)
    publics: Any = dossier.enregistres["publics"]
    budget: Any = dossier.enregistres["budget"]
    return DossierVerifie(
        version=version,
        intitule=dossier.projet.intitule,
        allocataires=publics.allocataires_par_an(),
        parts=publics.parts(),
        budget=budget.verifie(),
        contenu=avec_les_attestations(copie(dossier), attestations_de(dossier.projet)),
    )
