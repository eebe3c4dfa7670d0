"""Contrôler la recevabilité des projets inventés, prononcer les irrecevabilités, s’écrire entre agents."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from comptes.models import Personne
from financements.actions.ecrire_projets_deposes import Contexte, Ecrit, instructeur_de
from financements.actions.inserer import inserer
from financements.demonstration.instruction import textes
from projets.actions.commenter import commenter
from projets.models import ControleDeRecevabilite, Irrecevabilite, PointDeRecevabilite
from projets.models.recevabilite import contenu_de_la_lettre
from projets.rules.recevabilite import NON, OUI
from projets.states import EtatProjet

EXAMINES = (EtatProjet.RECEVABLE, EtatProjet.INSTRUIT, EtatProjet.IRRECEVABLE)
REFUSE = 3  # rang du point qui fait l’irrecevabilité
UNE_NOTE_SUR = 9  # projets recevables


def controler_les_projets(contexte: Contexte, ecrits: Sequence[Ecrit]) -> None:
    """« Oui » à chaque point des projets recevables ; un « non » motivé à ceux qui ne le sont pas, et leur lettre."""
    points = list(PointDeRecevabilite.objects.filter(appel=contexte.appel).order_by("ordre"))
    examines = [ecrit for ecrit in ecrits if ecrit.projet.etat in EXAMINES]
    inserer(
        ControleDeRecevabilite,
        [controle for ecrit in examines for controle in _controles(ecrit, points, instructeur_de(contexte, ecrit))],
    )
    for ecrit in examines:
        if ecrit.projet.etat == EtatProjet.IRRECEVABLE:
            _prononcer(ecrit, instructeur_de(contexte, ecrit))
    _s_ecrire(contexte, [ecrit for ecrit in examines if ecrit.projet.etat == EtatProjet.RECEVABLE])


def _controles(ecrit: Ecrit, points: Sequence[PointDeRecevabilite], par: Personne) -> Iterator[dict[str, Any]]:
    est_refuse = ecrit.projet.etat == EtatProjet.IRRECEVABLE
    le = ecrit.instant(ecrit.demo.parcours.quand or timedelta()) - timedelta(minutes=20)
    for point in points:
        reponse, precision = (NON, _motif(ecrit)) if est_refuse and point.ordre == REFUSE else (OUI, "")
        yield {
            "projet_id": ecrit.projet.pk,
            "point_id": point.pk,
            "reponse": reponse,
            "precision": precision,
            "par_id": par.pk,
            "le": le,
        }


def _motif(ecrit: Ecrit) -> str:
    return textes.IRRECEVABILITES[(ecrit.projet.numero or 0) % len(textes.IRRECEVABILITES)]


def _prononcer(ecrit: Ecrit, par: Personne) -> None:
    instant, motif = ecrit.instant(ecrit.demo.parcours.quand or timedelta()), _motif(ecrit)
    contenu = contenu_de_la_lettre(ecrit.projet, auteur=par, motif=motif, instant=instant)
    Irrecevabilite.objects.create(
        projet=ecrit.projet, motif=motif, contenu=contenu, prononcee_par=par, prononcee_le=instant
    )


def _s_ecrire(contexte: Contexte, recevables: Sequence[Ecrit]) -> None:
    for rang, ecrit in enumerate(recevables[::UNE_NOTE_SUR]):
        texte = textes.NOTES_INTERNES[rang % len(textes.NOTES_INTERNES)]
        commenter(auteur=instructeur_de(contexte, ecrit), projet=ecrit.projet, texte=texte)
