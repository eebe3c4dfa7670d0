"""Faire d’un coup pour toute une délibération : éditer ses conventions, ou enregistrer leurs signatures."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Func, JSONField, QuerySet, Value
from django.utils import timezone

from comptes.models import Personne
from config.socle.execution import EchecDit, Suivi
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.conventions.commun import exiger_le_droit
from financements.actions.conventions.rediger import editer, preparer
from financements.actions.conventions.signer import Signatures, signer
from financements.actions.conventions.tirages import demander_le_tirage_du_lot
from financements.chiffres.conventions import actions_obligees
from financements.models import Action, Convention, Deliberation, ExemplaireSigne, LotDeConventions
from financements.states.execution import EtatConvention, SorteDeLotDeConventions, SorteDeTirage
from projets.models import AppelAProjets


@transaction.atomic
def demander_un_lot(*, auteur: Personne, deliberation: Deliberation, facultatives: bool = False) -> LotDeConventions:
    """Prend note du lot d’édition ; `planning.lancer_le_lot_de_conventions` le met dans la file.

    Lève `PermissionDenied`, `PassageRefuse` (rien à faire, ou un lot est déjà en cours).
    """
    exiger_le_droit(auteur)
    nombre = a_editer(auteur, deliberation, facultatives=facultatives).count()
    if not nombre:
        raise PassageRefuse("Toutes les conventions de cette délibération sont éditées\u00a0: il n’y a rien à faire.")
    return _creer(auteur, LotDeConventions(deliberation=deliberation, facultatives=facultatives), nombre)


@transaction.atomic
def demander_les_signatures(
    *, auteur: Personne, deliberation: Deliberation, signatures: Signatures, seulement_revenues: bool = True
) -> LotDeConventions:
    """Prend note des signatures à enregistrer : les mêmes dates pour toutes celles qui sont à signer.

    `seulement_revenues` : celles dont un exemplaire signé est revenu entier. Chacune se juge à son tour comme à part.
    Lève `PermissionDenied`, `PassageRefuse` (rien à faire, un lot déjà en cours), `ValidationError` (date à venir).
    """
    exiger_le_droit(auteur)
    _refuser_demain(signatures)
    nombre = a_signer(auteur, deliberation, seulement_revenues=seulement_revenues).count()
    if not nombre:
        raise PassageRefuse(
            "Aucune convention de cette délibération n’est à signer ainsi\u00a0: il n’y a rien à faire."
        )
    lot = LotDeConventions(
        deliberation=deliberation,
        sorte=SorteDeLotDeConventions.SIGNATURE,
        seulement_revenues=seulement_revenues,
        signatures={
            "organisme_le": signatures.organisme_le.isoformat(),
            "departement_le": signatures.departement_le.isoformat(),
            "par_departement": signatures.par_departement,
        },
    )
    return _creer(auteur, lot, nombre)


def _refuser_demain(signatures: Signatures) -> None:
    jour = timezone.localdate()
    dates = {"organisme_le": signatures.organisme_le, "departement_le": signatures.departement_le}
    if venues := {champ: "Cette date n’est pas encore venue." for champ, le in dates.items() if le > jour}:
        raise ValidationError(venues)


def _creer(auteur: Personne, lot: LotDeConventions, nombre: int) -> LotDeConventions:
    lot.demande_par = auteur
    try:
        with transaction.atomic():
            lot.save()
    except IntegrityError as deja:
        raise PassageRefuse("Un lot est déjà en cours pour cette délibération.") from deja
    journaliser(
        auteur=auteur,
        acte="demander_un_lot_de_conventions",
        objet=lot.deliberation,
        apres={"projets": nombre, "sorte": str(SorteDeLotDeConventions(lot.sorte).label)},
    )
    return lot


def a_editer(auteur: Personne, deliberation: Deliberation, *, facultatives: bool) -> QuerySet[Action]:
    """Les actions de la délibération, sauf déport, sans convention éditée ; celles que la loi oblige, ou toutes."""
    toutes = Action.objects.visibles_par(auteur).filter(deliberation=deliberation)
    if not facultatives:
        appels = AppelAProjets.objects.filter(projets__action__deliberation=deliberation).distinct()
        obligees = [actions_obligees(appel).values("pk") for appel in appels]
        toutes = toutes.filter(pk__in=obligees[0].union(*obligees[1:])) if obligees else toutes.none()
    sans = toutes.filter(convention__isnull=True) | toutes.filter(convention__etat=EtatConvention.PREPARATION)
    return sans.order_by("projet__numero")


def a_signer(auteur: Personne, deliberation: Deliberation, *, seulement_revenues: bool) -> QuerySet[Action]:
    """Celles dont la convention est à signer, sauf déport ; toutes, ou celles revenues entières."""
    visibles = Action.objects.visibles_par(auteur)
    editees = visibles.filter(deliberation=deliberation, convention__etat=EtatConvention.EDITEE)
    if seulement_revenues:
        entiers = ExemplaireSigne.objects.filter(avenant=None, manquantes=[], en_double=[])
        editees = editees.filter(convention__in=entiers.values("convention"))
    return editees.order_by("projet__numero")


def faire_le_lot(lot: LotDeConventions, suivi: Suivi) -> None:
    """Édite ou signe, une transaction par action : une qui échoue se dit, les autres se font.

    Repris après une interruption, il ne refait pas celles qui le sont, et redit les autres. Lève `TravailAnnule`.
    """
    auteur = lot.demande_par
    if not isinstance(auteur, Personne):
        raise EchecDit("Personne n’a demandé ce lot.")
    if lot.sorte == SorteDeLotDeConventions.SIGNATURE:
        choisies = a_signer(auteur, lot.deliberation, seulement_revenues=lot.seulement_revenues)
        _avancer(lot, suivi, choisies, _signeur(auteur, lot))
        return
    choisies = a_editer(auteur, lot.deliberation, facultatives=lot.facultatives)
    _avancer(lot, suivi, choisies, _editeur(auteur))
    if lot.faites:
        demander_le_tirage_du_lot(auteur=auteur, deliberation=lot.deliberation, sorte=SorteDeTirage.ARCHIVE)


def _avancer(
    lot: LotDeConventions, suivi: Suivi, actions: QuerySet[Action], faire: Callable[[Action], object]
) -> None:
    restent = list(actions.select_related("projet", "convention"))
    for rang, action in enumerate(restent, start=1):
        lot.compte_rendu.append(_faire_et_dire(lot, action, faire))
        suivi.avancer(100 * rang // len(restent), f"{rang} conventions sur {len(restent)}")


def _editeur(auteur: Personne) -> Callable[[Action], object]:
    def faire(action: Action) -> object:
        convention = Convention.objects.filter(action=action).first() or preparer(auteur=auteur, action=action)
        return editer(auteur=auteur, convention=convention, avec_le_pdf=False)

    return faire


def _signeur(auteur: Personne, lot: LotDeConventions) -> Callable[[Action], object]:
    lues = lot.signatures or {}
    signatures = Signatures(
        date.fromisoformat(lues["organisme_le"]),
        date.fromisoformat(lues["departement_le"]),
        par_departement=lues["par_departement"],
    )

    def faire(action: Action) -> object:
        convention = action.convention
        return signer(auteur=auteur, convention=convention, signatures=signatures, version=convention.version)

    return faire


def _faire_et_dire(lot: LotDeConventions, action: Action, faire: Callable[[Action], object]) -> list[Any]:
    """La ligne du compte rendu, écrite avec ce qu’elle dit : un arrêt brutal n’a jamais l’un sans l’autre."""
    numero = action.projet.numero or 0
    try:
        with transaction.atomic():
            faire(action)
            return _ajouter(lot, [numero, True, ""])
    except PassageRefuse as refus:
        phrase = str(refus)
    except ValidationError as refus:
        phrase = " ".join(refus.messages)
    except VersionPerimee:
        phrase = "Cette convention a changé pendant le lot\u00a0: relisez-la."
    except PermissionDenied:
        phrase = "La personne qui a demandé ce lot n’en a plus le droit."
    return _ajouter(lot, [numero, False, phrase])


def _ajouter(lot: LotDeConventions, ligne: list[Any]) -> list[Any]:
    """À la suite de celles que la base a déjà : on n’envoie que celle-ci, le compte rendu entier coûterait n²."""
    nouvelle = Value([ligne], JSONField())
    suite = Func(F("compte_rendu"), nouvelle, template="%(expressions)s", arg_joiner=" || ", output_field=JSONField())
    LotDeConventions.objects.filter(pk=lot.pk).update(compte_rendu=suite)
    return ligne
