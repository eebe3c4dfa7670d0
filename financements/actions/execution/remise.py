"""Noter le jour où l’organisme a reçu la lettre d’une procédure contradictoire, quand aucun courriel ne la lui dit."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.execution.acces import exiger_de_pouvoir_executer, exiger_un_jour_venu
from financements.models import ProcedureContradictoire


@transaction.atomic
def noter_la_remise(
    *, auteur: Personne, procedure: ProcedureContradictoire, remise_le: date, version: int
) -> ProcedureContradictoire:
    """Le délai de l’organisme repart entier de ce jour ; une date fausse se corrige tant que rien n’est décidé.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse` (conclue, ou avertie par courriel), `ValidationError`.
    """
    exiger_de_pouvoir_executer(auteur)
    lignes = ProcedureContradictoire.objects.select_for_update(of=("self",)).select_related("action")
    verrouillee = lignes.get(pk=procedure.pk)
    exiger_la_version(verrouillee, version)
    if not (verrouillee.est_en_cours and verrouillee.par_lettre):
        raise PassageRefuse("Cette procédure n’attend pas de date de remise\u00a0: avertie par courriel, ou conclue.")
    exiger_un_jour_venu(remise_le=remise_le)
    if remise_le < verrouillee.engagee_le:
        raise ValidationError({"remise_le": "La lettre ne peut pas être remise avant l’ouverture de la procédure."})
    avant, delai = verrouillee.remise_le, timedelta(days=verrouillee.delai)
    verrouillee.remise_le, verrouillee.repondre_avant = remise_le, remise_le + delai
    verrouillee.version += 1
    verrouillee.save(update_fields=["remise_le", "repondre_avant", "version"])
    journaliser(
        auteur=auteur,
        acte="noter_la_remise",
        objet=verrouillee.action,
        avant={"remise_le": avant} if avant else {},
        apres={"remise_le": remise_le, "repondre_avant": verrouillee.repondre_avant},
    )
    return verrouillee
