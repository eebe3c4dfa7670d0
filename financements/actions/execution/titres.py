"""Le titre de recette : émis, recouvré, ou annulé (CGCT L1617-5)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.versions import exiger_la_version
from financements.actions.execution.acces import exiger_de_pouvoir_liquider, exiger_un_jour_venu, verrouiller_l_action
from financements.models import TitreDeRecette
from financements.states.execution import CYCLE_TITRE


@transaction.atomic
def emettre_un_titre(
    *, auteur: Personne | None, titre: TitreDeRecette, numero: str, emis_le: date, version: int
) -> TitreDeRecette:
    """Constate l’émission. Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `ValidationError`."""
    verrouille = _franchir(auteur, titre, "emettre", version)
    if not numero.strip():
        raise ValidationError({"numero": "Donnez le numéro du titre."})
    exiger_un_jour_venu(emis_le=emis_le)
    verrouille.numero, verrouille.emis_le = numero.strip(), emis_le
    return _enregistrer(auteur, verrouille, "emettre_un_titre")


@transaction.atomic
def recouvrer_un_titre(
    *, auteur: Personne | None, titre: TitreDeRecette, recouvre_le: date, version: int
) -> TitreDeRecette:
    """Constate le recouvrement. Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `ValidationError`."""
    verrouille = _franchir(auteur, titre, "recouvrer", version)
    if verrouille.emis_le and recouvre_le < verrouille.emis_le:
        raise ValidationError({"recouvre_le": f"Le titre est émis le {verrouille.emis_le:%d/%m/%Y}\u00a0: pas avant."})
    exiger_un_jour_venu(recouvre_le=recouvre_le)
    verrouille.recouvre_le = recouvre_le
    return _enregistrer(auteur, verrouille, "recouvrer_un_titre")


@transaction.atomic
def annuler_un_titre(*, auteur: Personne | None, titre: TitreDeRecette, version: int) -> TitreDeRecette:
    """Annule un titre pas encore recouvré. Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`."""
    return _enregistrer(auteur, _franchir(auteur, titre, "annuler", version), "annuler_un_titre")


def _franchir(auteur: Personne | None, titre: TitreDeRecette, acte: str, version: int) -> TitreDeRecette:
    exiger_de_pouvoir_liquider(auteur)
    verrouiller_l_action(titre.action)
    lignes = TitreDeRecette.objects.select_for_update(of=("self",)).select_related("action__projet")
    verrouille = lignes.get(pk=titre.pk)
    exiger_la_version(verrouille, version)
    verrouille.etat = CYCLE_TITRE.franchir(acte, verrouille.etat)
    return verrouille


def _enregistrer(auteur: Personne | None, titre: TitreDeRecette, acte: str) -> TitreDeRecette:
    titre.version += 1
    titre.save(update_fields=["etat", "numero", "emis_le", "recouvre_le", "version"])
    dits = {"reference": titre.reference, "montant": str(titre.montant), "numero": titre.numero}
    journaliser(auteur=auteur, acte=acte, objet=titre.action, apres=dits)
    return titre
