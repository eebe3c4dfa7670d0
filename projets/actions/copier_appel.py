"""Copier un appel passé : axes, pièces, questions, critères, recevabilité et textes, dans un brouillon neuf."""

from django.core.files.base import ContentFile
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from projets.actions.creer_appel import prefixe_libre
from projets.models import AppelAProjets, Axe, Critere, PieceDemandee, PointDeRecevabilite, Question
from projets.rules.publication import COORDONNEES
from projets.states import EtatAppel

TEXTES_REPRIS = ("presentation", "qui_peut_repondre", "contact", *COORDONNEES)


@transaction.atomic
def copier_appel(*, auteur: Personne | None, source: AppelAProjets, appel: AppelAProjets) -> AppelAProjets:
    """Enregistre `appel` (pas encore en base) en brouillon, avec ce que `source` demandait.

    Le règlement ne se copie pas : il est voté pour un appel. Lève `ValidationError` si un champ est mal rempli.
    """
    for champ in TEXTES_REPRIS:
        if not getattr(appel, champ):
            setattr(appel, champ, getattr(source, champ))
    appel.etat = EtatAppel.BROUILLON
    appel.prefixe = prefixe_libre(appel.annee_debut)
    appel.full_clean()
    appel.save()
    axes = {axe.pk: _dupliquer_axe(axe, appel) for axe in source.axes.order_by("numero")}
    for piece in source.pieces.order_by("ordre"):
        _dupliquer_piece(piece, appel, axes.get(piece.axe_id or 0))
    Question.objects.bulk_create(
        Question(
            appel=appel,
            axe=axes.get(question.axe_id or 0),
            ordre=question.ordre,
            intitule=question.intitule,
            aide=question.aide,
            sorte=question.sorte,
            est_obligatoire=question.est_obligatoire,
            choix=question.choix,
        )
        for question in source.questions.order_by("ordre")
    )
    Critere.objects.bulk_create(
        Critere(
            appel=appel,
            ordre=critere.ordre,
            intitule=critere.intitule,
            aide=critere.aide,
            note_maximale=critere.note_maximale,
            poids=critere.poids,
            note_plancher=critere.note_plancher,
        )
        for critere in source.criteres.order_by("ordre")
    )
    PointDeRecevabilite.objects.bulk_create(
        PointDeRecevabilite(
            appel=appel,
            ordre=point.ordre,
            intitule=point.intitule,
            aide=point.aide,
            est_obligatoire=point.est_obligatoire,
        )
        for point in source.points_de_recevabilite.order_by("ordre")
    )
    journaliser(auteur=auteur, acte="copier_appel", objet=appel, apres={"slug": appel.slug, "source": source.slug})
    return appel


def _dupliquer_axe(axe: Axe, appel: AppelAProjets) -> Axe:
    return Axe.objects.create(
        appel=appel, numero=axe.numero, intitule=axe.intitule, volet=axe.volet, description=axe.description
    )


def _dupliquer_piece(piece: PieceDemandee, appel: AppelAProjets, axe: Axe | None) -> None:
    """Le modèle à remplir est recopié : chaque appel a le sien, que l’on peut remplacer."""
    copie = PieceDemandee(
        appel=appel,
        axe=axe,
        ordre=piece.ordre,
        intitule=piece.intitule,
        aide=piece.aide,
        est_obligatoire=piece.est_obligatoire,
        formats=piece.formats,
        taille_maximale=piece.taille_maximale,
    )
    if piece.modele:
        with piece.modele.open("rb") as fichier:
            copie.modele.save(piece.modele_nom, ContentFile(fichier.read()), save=False)
        copie.modele_nom = piece.modele_nom
    copie.save()
