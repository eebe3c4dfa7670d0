"""Noter un projet : enregistrer au fil de l’eau, rendre sa notation, la reprendre tant qu’elle est seule rendue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from projets.chiffres.notation import lignes_de_la_regle
from projets.models import Notation, Note, Projet
from projets.permissions import note
from projets.rules.notation import ce_qui_manque
from projets.states import NOTABLES, NOTES_ARRETEES, EtatProjet

RENDUE = "Votre notation est rendue\u00a0: reprenez-la d’abord pour la changer."
DEJA_LISIBLES = (
    "Un autre instructeur a rendu sa notation\u00a0: la vôtre ne se reprend plus. "
    "Si votre appréciation a changé, écrivez-le dans une note interne."
)


@dataclass(frozen=True, slots=True)
class Saisie:
    """Ce qui est tapé. `notes` : identifiant de critère → (note ou None, justification)."""

    notes: Mapping[int, tuple[int | None, str]] = field(default_factory=dict)
    commentaire: str = ""


@transaction.atomic
def enregistrer_notes(*, auteur: Personne, projet: Projet, saisie: Saisie, version: int) -> Notation:
    """Garde un brouillon de notation, incomplet s’il le faut. `version` : celle de la page, 0 pour la première fois.

    Rien au journal : un brouillon n’engage pas, la notation rendue y va entière. Lève `PermissionDenied`,
    `PassageRefuse` (pas en instruction, notes arrêtées, déjà rendue), `VersionPerimee` si une autre page a enregistré,
    `ValidationError` si une note dépasse son critère.
    """
    verrouille = _verrouiller(auteur, projet)
    _exiger_que_l_on_note(verrouille)
    return _garder(auteur, verrouille, saisie, version)


@transaction.atomic
def rendre_la_notation(*, auteur: Personne, projet: Projet, saisie: Saisie, version: int) -> Notation:
    """Enregistre, puis rend : chaque critère a sa note et sa justification. Mêmes refus, et ce qui manque s’il manque.

    Dès lors l’auteur voit les notations des autres, et la sienne ne change plus.
    """
    verrouille = _verrouiller(auteur, projet)
    _exiger_que_l_on_note(verrouille)
    notation = _garder(auteur, verrouille, saisie, version)
    notes = {n.critere_id: (n.valeur, n.justification) for n in notation.notes.all()}
    if manque := ce_qui_manque(lignes_de_la_regle(verrouille.appel.criteres.order_by("ordre"), notes)):
        raise ValidationError(f"La notation n’est pas rendue\u00a0: {manque}.")
    notation.rendue_le = timezone.now()
    notation.version += 1
    notation.save()
    journaliser(auteur=auteur, acte="rendre_la_notation", objet=notation, apres=_photographie(notation))
    return notation


@transaction.atomic
def reprendre_la_notation(*, auteur: Personne, projet: Projet) -> Notation:
    """Rouvre sa notation, tant qu’aucun avis n’est rendu ni aucune autre notation ; le journal garde ce qu’elle était.

    Qui a pu lire un collègue ne change plus la sienne. Lève `PermissionDenied`, `PassageRefuse` si un avis ou une
    autre notation est rendu, ou si elle n’est pas rendue.
    """
    verrouille = _verrouiller(auteur, projet)
    _exiger_que_l_on_note(verrouille)
    if verrouille.etat != EtatProjet.RECEVABLE:
        raise PassageRefuse("Un avis est rendu sur ce projet\u00a0: les notations qu’il suit ne se reprennent plus.")
    notation = Notation.objects.rendues().filter(projet=verrouille, instructeur=auteur).first()
    if notation is None:
        raise PassageRefuse("Vous n’avez pas de notation rendue sur ce projet.")
    if Notation.objects.rendues().filter(projet=verrouille).exclude(pk=notation.pk).exists():
        raise PassageRefuse(DEJA_LISIBLES)
    avant = _photographie(notation)
    notation.rendue_le = None
    notation.version += 1
    notation.save()
    journaliser(
        auteur=auteur,
        acte="reprendre_la_notation",
        objet=notation,
        avant=avant,
        apres={"projet": verrouille.pk, "version": notation.version},
    )
    return notation


def _verrouiller(auteur: Personne, projet: Projet) -> Projet:
    verrouille = Projet.objects.verrouille(projet.pk)
    if not note(auteur, verrouille):
        raise PermissionDenied
    return verrouille


def _exiger_que_l_on_note(projet: Projet) -> None:
    if projet.etat not in NOTABLES:
        raise PassageRefuse(
            f"Ce projet ne se note pas\u00a0: il est «\u00a0{projet.get_etat_display()}\u00a0», "
            "il faudrait «\u00a0recevable\u00a0»."
        )
    if projet.appel.etat in NOTES_ARRETEES:
        raise PassageRefuse("Les notes sont arrêtées\u00a0: l’appel est en arbitrage ou au-delà.")


def _garder(auteur: Personne, projet: Projet, saisie: Saisie, version: int) -> Notation:
    notation = Notation.objects.filter(projet=projet, instructeur=auteur).first()
    if notation is None:
        notation = Notation(projet=projet, instructeur=auteur, version=0)
    if notation.rendue_le:
        raise PassageRefuse(RENDUE)
    if notation.version != version and not _dit_deja(notation, saisie):
        raise VersionPerimee(notation)
    criteres = {critere.pk: critere for critere in projet.appel.criteres.all()}
    for pk, (valeur, _) in saisie.notes.items():
        if pk not in criteres:
            raise ValidationError("Ce critère n’est pas de cet appel.")
        if valeur is not None and not 0 <= valeur <= criteres[pk].note_maximale:
            raise ValidationError({f"note_{pk}": f"La note va de 0 à {criteres[pk].note_maximale}."})
    notation.version += 1
    notation.commentaire = saisie.commentaire.strip()
    notation.save()
    Note.objects.bulk_create(
        [
            Note(notation=notation, critere_id=pk, valeur=valeur, justification=texte.strip())
            for pk, (valeur, texte) in saisie.notes.items()
        ],
        update_conflicts=True,
        unique_fields=["notation", "critere"],
        update_fields=["valeur", "justification"],
    )
    return notation


def _dit_deja(notation: Notation, saisie: Saisie) -> bool:
    """La page n’apporte rien de neuf : un enregistrement automatique, parti avant le clic, l’a devancée."""
    gardees = {n.critere_id: (n.valeur, n.justification) for n in notation.notes.all()}
    tapees = {pk: (valeur, texte.strip()) for pk, (valeur, texte) in saisie.notes.items()}
    return (gardees, notation.commentaire) == (tapees, saisie.commentaire.strip())


def _photographie(notation: Notation) -> dict[str, Any]:
    """La notation entière, pour le journal : ce que chacun a noté n’y est lu que par qui peut le lire."""
    return {
        "projet": notation.projet_id,
        "version": notation.version,
        "commentaire": notation.commentaire,
        "notes": {
            str(rang): {"critere": n.critere.intitule, "note": n.valeur, "justification": n.justification}
            for rang, n in enumerate(notation.notes.select_related("critere").order_by("critere__ordre"), 1)
        },
    }
