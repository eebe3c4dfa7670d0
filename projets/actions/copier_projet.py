"""Copier un de ses projets en un brouillon neuf, du même appel ou d’un autre, pièces comprises."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from projets.actions.saisir import creer_projet
from projets.models import AppelAProjets, Axe, PieceJointe, Projet, Question, Saisie
from projets.rules.fusion import Valeur
from projets.rules.transposition import annees_en_regard, transposer

REECRITS = frozenset({"intitule", "axe"})


@transaction.atomic
def copier_projet(
    *, auteur: Personne, source: Projet, appel: AppelAProjets, axe: Axe, intitule: str, jeton: UUID | None = None
) -> Projet:
    """Le brouillon neuf, pour le même organisme. Le numéro, le dépôt et les messages ne se copient pas.

    Lève ce que lève `creer_projet`, et `ValidationError` si l’axe n’est pas de l’appel.
    """
    if axe.appel_id != appel.pk:
        raise ValidationError({"axe": "Choisissez un axe de cet appel."})
    projet = creer_projet(
        auteur=auteur, appel=appel, organisme=source.organisme, axe=axe, intitule=intitule, jeton=jeton
    )
    if projet.version > 1 or projet.pk == source.pk:  # le même envoi, arrivé deux fois
        return projet
    meme_appel = source.appel_id == appel.pk
    reprises = transposer(
        {**_saisies_des_donnees(source), **{s.champ: s.valeur for s in source.saisies.all()}},
        annees=annees_en_regard(source.appel.annees, appel.annees),
        questions=_questions_en_regard(source.appel, appel),
        meme_appel=meme_appel,
    )
    _ecrire(projet, reprises, auteur)
    _joindre_les_pieces(projet, source, auteur)
    journaliser(
        auteur=auteur, acte="copier_projet", objet=projet, apres={"source": source.pk, "champs": len(reprises)}
    )
    return projet


def _saisies_des_donnees(source: Projet) -> dict[str, Valeur]:
    """Ce que l’on sait d’un projet venu d’un import, qui n’a pas de saisies : publics et parts des territoires."""
    saisies: dict[str, Valeur] = {
        f"part_{part.territoire.code}": f"{part.pourcentage:f}".rstrip("0").rstrip(".").replace(".", ",")
        for part in source.parts.select_related("territoire")
    }
    if source.allocataires_prevus:
        saisies |= {f"allocataires_{annee}": str(source.allocataires_prevus) for annee in source.appel.annees}
    return saisies


def _questions_en_regard(depart: AppelAProjets, arrivee: AppelAProjets) -> dict[int, int]:
    """Les questions de même texte et de même sorte ; dans le même appel, chacune en face d’elle-même."""
    if depart.pk == arrivee.pk:
        return {pk: pk for pk in Question.objects.filter(appel=arrivee).values_list("pk", flat=True)}
    nouvelles = {(q.intitule, q.sorte): q.pk for q in Question.objects.filter(appel=arrivee)}
    anciennes = Question.objects.filter(appel=depart)
    return {q.pk: nouvelles[q.intitule, q.sorte] for q in anciennes if (q.intitule, q.sorte) in nouvelles}


def _ecrire(projet: Projet, reprises: dict[str, Valeur], auteur: Personne) -> None:
    instant = timezone.now()
    projet.version += 1
    Saisie.objects.bulk_create(
        [
            Saisie(
                projet=projet,
                champ=champ,
                valeur=valeur,
                auteur=auteur,
                saisie_le=instant,
                version=projet.version,
            )
            for champ, valeur in reprises.items()
            if champ not in REECRITS
        ],
        update_conflicts=True,
        unique_fields=["projet", "champ"],
        update_fields=["valeur", "auteur", "saisie_le", "version"],
    )
    projet.modifie_le = instant
    projet.save(update_fields=["version", "modifie_le"])


def _joindre_les_pieces(projet: Projet, source: Projet, auteur: Personne) -> None:
    """Les mêmes documents, sur la pièce de même intitulé ; sans pièce de ce nom, comme pièce libre.

    Un document archivé ou écarté ne se joint plus : il n’est pas repris.
    """
    demandees = {piece.intitule: piece for piece in projet.appel.pieces.all() if piece.axe_id in {None, projet.axe_id}}
    jointes = source.pieces_jointes.select_related("piece", "document")
    PieceJointe.objects.bulk_create(
        [
            PieceJointe(
                projet=projet,
                piece=demandees.get(jointe.piece.intitule) if jointe.piece else None,
                document=jointe.document,
                jointe_par=auteur,
            )
            for jointe in jointes
            if not (jointe.document.est_archive or jointe.document.est_ecarte)
        ],
        ignore_conflicts=True,
    )
