"""Les pièces d’un versement : l’organisme les dépose, le service les vérifie ou les refuse."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.models import Document, Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.execution.acces import exiger_de_pouvoir_executer, verrouiller_les_credits
from financements.models import PieceDeVersement
from financements.permissions import agit_pour_l_action
from financements.states.execution import VERSEMENTS_OUVERTS


@transaction.atomic
def deposer_une_piece(*, auteur: Personne, piece: PieceDeVersement, document: Document) -> PieceDeVersement:
    """L’organisme donne un document de sa bibliothèque. Il peut le remplacer tant que personne ne l’a vérifié.

    Lève `PermissionDenied`, `PassageRefuse` (versement liquidé, pièce vérifiée), `ValidationError` (document écarté,
    ou d’un autre organisme).
    """
    verrouillee = _verrouiller(piece)
    if not agit_pour_l_action(auteur, verrouillee.versement.action):
        raise PermissionDenied
    _exiger_ouverte(verrouillee)
    if document.organisme_id != verrouillee.versement.action.projet.organisme_id:
        raise ValidationError({"document": "Ce document n’est pas de cet organisme."})
    if document.est_ecarte or document.est_archive:
        raise ValidationError({"document": "Ce document ne peut pas servir\u00a0: choisissez-en un autre."})
    verrouillee.document, verrouillee.recue_le = document, timezone.localdate()
    verrouillee.save(update_fields=["document", "recue_le"])
    _noter(auteur, verrouillee, "deposer_une_piece", document=str(document))
    return verrouillee


@transaction.atomic
def verifier_une_piece(*, auteur: Personne, piece: PieceDeVersement) -> PieceDeVersement:
    """Le service l’a lue et la tient pour bonne ; sans document, il l’a reçue sur papier.

    Lève `PermissionDenied`, `PassageRefuse` (versement liquidé, pièce déjà vérifiée, document pas encore examiné).
    """
    exiger_de_pouvoir_executer(auteur)
    verrouillee = _verrouiller(piece)
    _exiger_ouverte(verrouillee)
    if verrouillee.document is not None and not verrouillee.document.est_utilisable:
        raise PassageRefuse("Le document n’a pas fini d’être examiné, ou est écarté.")
    verrouillee.verifiee_par, verrouillee.recue_le = auteur, verrouillee.recue_le or timezone.localdate()
    verrouillee.save(update_fields=["verifiee_par", "recue_le"])
    _noter(auteur, verrouillee, "verifier_une_piece")
    return verrouillee


@transaction.atomic
def refuser_une_piece(*, auteur: Personne, piece: PieceDeVersement, motif: str) -> PieceDeVersement:
    """La pièce ne convient pas : elle est attendue de nouveau, et l’organisme lit pourquoi.

    Lève `PermissionDenied`, `PassageRefuse` (rien de reçu, versement liquidé), `ValidationError` sans motif.
    """
    exiger_de_pouvoir_executer(auteur)
    verrouillee = _verrouiller(piece)
    if verrouillee.versement.etat not in VERSEMENTS_OUVERTS:
        raise PassageRefuse("Le versement est déjà liquidé\u00a0: ses pièces ne changent plus.")
    if verrouillee.recue_le is None:
        raise PassageRefuse("Cette pièce n’est pas reçue\u00a0: il n’y a rien à refuser.")
    if not motif.strip():
        raise ValidationError({"motif": "Dites ce qui ne convient pas."})
    verrouillee.document = verrouillee.recue_le = verrouillee.verifiee_par = None
    verrouillee.refus = motif.strip()[:300]
    verrouillee.save(update_fields=["document", "recue_le", "verifiee_par", "refus"])
    _noter(auteur, verrouillee, "refuser_une_piece", motif=verrouillee.refus)
    return verrouillee


def _verrouiller(piece: PieceDeVersement) -> PieceDeVersement:
    """La pièce relue, l’enveloppe verrouillée avant elle : son versement ne se liquide pas entre-temps."""
    verrouiller_les_credits(piece.versement.action.projet.appel)
    lignes = PieceDeVersement.objects.select_for_update(of=("self",))
    return lignes.select_related("document", "versement__action__projet").get(pk=piece.pk)


def _exiger_ouverte(piece: PieceDeVersement) -> None:
    if piece.versement.etat not in VERSEMENTS_OUVERTS:
        raise PassageRefuse("Le versement est déjà liquidé\u00a0: ses pièces ne changent plus.")
    if piece.verifiee_par_id is not None:
        raise PassageRefuse("Cette pièce est déjà vérifiée.")


def _noter(auteur: Personne, piece: PieceDeVersement, acte: str, **dits: str) -> None:
    apres = {"reference": piece.versement.reference, "piece": piece.libelle, **dits}
    journaliser(auteur=auteur, acte=acte, objet=piece.versement.action, apres=apres)
