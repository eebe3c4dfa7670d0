"""Le même acte sur plusieurs projets : chacun dans sa transaction, fait une fois au plus, et ce qui en est advenu."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from comptes.models import Personne
from config.socle.execution import Suivi
from config.socle.journal import journaliser
from config.socle.refus import phrase_de_la_base
from config.socle.transitions import PassageRefuse
from projets.actions.affecter import affecter, passer
from projets.actions.echanges import COMPLEMENT_SANS_ADRESSE, demander_un_complement
from projets.actions.recevabilite import declarer_recevable
from projets.models import LigneDeLot, Lot, Projet
from projets.models.lot import LIGNES_ADMISES
from projets.states import ActeEnLot

PAS_LE_DROIT = "Vous n’avez pas le droit de faire cela sur ce projet."
REFUS_DE_LA_BASE = "La base a refusé cet acte sur ce projet. Ouvrez sa fiche, puis recommencez."


@transaction.atomic
def creer_le_lot(
    *,
    auteur: Personne,
    acte: ActeEnLot,
    projets: Sequence[int],
    parametres: dict[str, Any],
    lus: Mapping[int, int | None] | None = None,
) -> Lot:
    """Prend note du lot et de ses projets, ceux que l’auteur voit ; les autres sont ignorés.

    `lus` : ce que la page montrait de chacun (`projets.actions.collisions`) ; s’il a avancé, sa ligne est refusée.

    Lève `PassageRefuse` sans projet, ou s’il y en a trop.
    """
    voulus = list(dict.fromkeys(projets))
    if len(voulus) > LIGNES_ADMISES:
        raise PassageRefuse(f"Un lot a {LIGNES_ADMISES} projets au plus ; vous en avez coché {len(voulus)}.")
    vus = set(Projet.objects.visibles_par(auteur).filter(pk__in=voulus).values_list("pk", flat=True))
    lignes = [pk for pk in voulus if pk in vus]
    if not lignes:
        raise PassageRefuse("Cochez au moins un projet.")
    lot = Lot.objects.create(acte=acte, parametres=parametres, demande_par=auteur)
    LigneDeLot.objects.bulk_create(
        LigneDeLot(lot=lot, rang=rang, projet_id=pk, vu=(lus or {}).get(pk)) for rang, pk in enumerate(lignes, 1)
    )
    journaliser(auteur=auteur, acte="creer_le_lot", objet=lot, apres={"acte": acte, "projets": lignes})
    return lot


def faire_les_lignes(lot: Lot, suivi: Suivi) -> None:
    """Les lignes qui restent, dans l’ordre. Interrompu, le lot reprend où il en était."""
    total = lot.lignes.count()
    restantes = list(lot.lignes.filter(est_fait__isnull=True).order_by("rang").values_list("pk", "rang"))
    for pk, rang in restantes:
        _faire_la_ligne(lot, pk)
        suivi.avancer(100 * rang // total, f"{rang} sur {total}")


@transaction.atomic
def _faire_la_ligne(lot: Lot, pk: int) -> None:
    """L’acte et son compte rendu, dans la même transaction ; refusé, seul le compte rendu s’écrit."""
    ligne = LigneDeLot.objects.select_for_update(of=("self",)).select_related("projet").get(pk=pk)
    if ligne.est_fait is not None:
        return
    auteur = cast(Personne, lot.demande_par)  # un lot de la file a toujours un auteur
    try:
        with transaction.atomic():
            ligne.message = _ACTES[ActeEnLot(lot.acte)](auteur, ligne, lot.parametres)
            connection.check_constraints()  # les contraintes différées refusent ici, pas à la fin du lot
        ligne.est_fait = True
    except PermissionDenied:
        ligne.est_fait, ligne.message = False, PAS_LE_DROIT
    except PassageRefuse as refus:
        ligne.est_fait, ligne.message = False, str(refus)
    except ValidationError as erreur:
        ligne.est_fait, ligne.message = False, " ".join(erreur.messages)
    except IntegrityError as refus_de_la_base:
        ligne.est_fait, ligne.message = False, phrase_de_la_base(refus_de_la_base, REFUS_DE_LA_BASE)
    ligne.save(update_fields=["est_fait", "message"])


def _affecter(auteur: Personne, ligne: LigneDeLot, parametres: dict[str, Any]) -> str:
    instructeur = Personne.objects.get(pk=parametres["instructeur"])
    affectation = affecter(auteur=auteur, projet=ligne.projet, instructeur=instructeur, qualite=parametres["qualite"])
    return f"Confié à {instructeur}, {affectation.get_qualite_display()}."


def _demander(auteur: Personne, ligne: LigneDeLot, parametres: dict[str, Any]) -> str:
    echeance = date.fromisoformat(parametres["echeance"])
    texte = parametres["texte"]
    demande = demander_un_complement(auteur=auteur, projet=ligne.projet, texte=texte, echeance=echeance, vu=ligne.vu)
    fait = f"Complément demandé pour le {echeance:%d/%m/%Y}."
    return fait if demande.prevenus else COMPLEMENT_SANS_ADRESSE


def _declarer_recevable(auteur: Personne, ligne: LigneDeLot, parametres: dict[str, Any]) -> str:  # noqa: ARG001 (rien à dire)
    declarer_recevable(auteur=auteur, projet=ligne.projet, vu=ligne.vu)
    return "Déclaré recevable."


def _passer(auteur: Personne, ligne: LigneDeLot, parametres: dict[str, Any]) -> str:
    de, a = (Personne.objects.get(pk=parametres[cle]) for cle in ("de", "a"))
    affectation = passer(auteur=auteur, projet=ligne.projet, de=de, a=a)
    return f"Passé à {a}, {affectation.get_qualite_display()}."


_ACTES: dict[ActeEnLot, Callable[[Personne, LigneDeLot, dict[str, Any]], str]] = {
    ActeEnLot.AFFECTER: _affecter,
    ActeEnLot.DECLARER_RECEVABLE: _declarer_recevable,
    ActeEnLot.DEMANDER_UN_COMPLEMENT: _demander,
    ActeEnLot.PASSER: _passer,
}
