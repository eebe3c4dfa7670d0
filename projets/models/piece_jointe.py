"""Ce qu’un projet joint : un document de la bibliothèque, à une pièce demandée ou en plus."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Document, Personne
from projets.models.projet import Projet
from projets.models.reglages import PieceDemandee


class PieceJointeQuerySet(models.QuerySet["PieceJointe"]):
    """Les pièces jointes et leurs requêtes."""


class PiecesActuelles(models.Manager.from_queryset(PieceJointeQuerySet)):  # type: ignore[misc]
    """Celles qui n’ont pas été retirées : les seules que l’on montre et que l’on dépose."""

    def get_queryset(self) -> PieceJointeQuerySet:
        """Sans les retirées."""
        return super().get_queryset().filter(retiree_le__isnull=True)  # type: ignore[no-any-return]


class PieceJointe(models.Model):
    """`piece` nulle : une pièce libre. Après un dépôt, une pièce retirée garde sa ligne : le document a servi."""

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="pieces_jointes", verbose_name="projet")
    piece = models.ForeignKey(
        PieceDemandee, models.PROTECT, null=True, blank=True, related_name="jointes", verbose_name="pièce demandée"
    )
    document = models.ForeignKey(Document, models.PROTECT, related_name="pieces_jointes", verbose_name="document")
    jointe_par = models.ForeignKey(
        Personne, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="jointe par"
    )
    jointe_le = models.DateTimeField("jointe le", default=timezone.now)
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)

    objects = PiecesActuelles()

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["jointe_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "piece", "document"],
                condition=Q(retiree_le__isnull=True),
                nulls_distinct=False,
                name="piece_jointe_une_fois",
                violation_error_message="Ce document est déjà joint à cette pièce.",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="piece_jointe_du_meme_organisme",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("projet_id", "piece_id", "document_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM projets_projet p JOIN comptes_document d ON d.organisme_id = p.organisme_id
                        WHERE p.id = NEW.projet_id AND d.id = NEW.document_id
                    ) THEN
                        RAISE EXCEPTION 'Un projet ne joint que les documents de son organisme.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'piece_jointe_du_meme_organisme';
                    END IF;
                    IF NEW.piece_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM projets_projet p JOIN projets_piecedemandee d ON d.appel_id = p.appel_id
                        WHERE p.id = NEW.projet_id AND d.id = NEW.piece_id
                    ) THEN
                        RAISE EXCEPTION 'La pièce demandée est une pièce de l’appel du projet.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'piece_jointe_du_meme_appel';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="piece_jointe_figee_au_depot",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("etat_du_projet", "text"), ("cible", "bigint")],
                func="""
                    cible := CASE WHEN TG_OP = 'DELETE' THEN OLD.projet_id ELSE NEW.projet_id END;
                    SELECT etat INTO etat_du_projet FROM projets_projet WHERE id = cible;
                    IF etat_du_projet NOT IN ('brouillon', 'incomplet') THEN
                        RAISE EXCEPTION 'Les pièces d’un projet déposé ne changent plus.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'piece_jointe_figee_au_depot';
                    END IF;
                    IF TG_OP = 'DELETE' THEN
                        IF EXISTS (SELECT 1 FROM projets_depot WHERE projet_id = cible) THEN
                            RAISE EXCEPTION 'Une pièce qui a été déposée se retire, elle ne s’efface pas.'
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'piece_jointe_deja_deposee';
                        END IF;
                        RETURN OLD;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.piece or 'pièce libre'})"

    @property
    def defaut(self) -> str:
        """Pourquoi ce document ne répond pas à la pièce, en une phrase ; vide s’il y répond."""
        document, piece = self.document, self.piece
        if document.est_ecarte:
            return f"Écarté\u00a0: ce fichier {document.raison} Retirez-le et joignez-en un autre."
        if not document.est_utilisable:
            return "En cours de contrôle\u00a0: le projet se dépose dès que c’est fini."
        return piece.refus(document.format, document.taille) if piece else ""
