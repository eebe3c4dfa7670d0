"""La copie figée de ce qui a été déposé, et son récépissé."""

from dataclasses import dataclass
from datetime import timedelta

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Document, Personne
from config.socle.declencheurs import en_ajout_seul
from projets.models.echanges import DemandeDeComplement
from projets.models.fichiers import chemin_du_recepisse
from projets.models.projet import Projet
from projets.rules.depot import Accuse, accuse

DUREE_DE_L_ATTENTE = timedelta(minutes=10)  # au-delà, la production a un ennui : la page ne la guette plus


@dataclass(frozen=True, slots=True)
class PieceDeposee:
    """Une pièce de la copie figée : son rang, de zéro, à quoi elle répond, son nom, sa taille (octets), son empreinte.

    `document` : None si le fichier n’a jamais été dans la bibliothèque.
    """

    rang: int
    piece: str
    nom: str
    octets: int
    empreinte: str
    document: Document | None

    @property
    def est_telechargeable(self) -> bool:
        """Faux en quarantaine, et pour un document que l’antivirus a écarté depuis."""
        return self.document is not None and self.document.est_utilisable


class Depot(models.Model):
    """Ce qui a été déposé à un instant, entier : formulaire, pièces et leurs empreintes. La base refuse d’y toucher.

    `version` : 1 au dépôt, puis une de plus à chaque complément. `empreinte` : SHA-256 (hexadécimal) du contenu,
    clés triées, sans espaces, en UTF-8.
    """

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="depots", verbose_name="projet")
    version = models.PositiveSmallIntegerField("version", default=1)
    depose_le = models.DateTimeField("déposé le")
    depose_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="déposé par"
    )
    contenu = models.JSONField("contenu", encoder=DjangoJSONEncoder)
    empreinte = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "dépôt"
        ordering = ["projet", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "version"],
                name="depot_version_unique",
                violation_error_message="Cette version du dépôt existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"),
                name="depot_empreinte_forme",
                violation_error_message="Une empreinte SHA-256 a soixante-quatre chiffres hexadécimaux.",
            ),
        ]
        triggers = [
            *en_ajout_seul("depot", "Ce qui a été déposé ne se vide pas."),
            pgtrigger.Trigger(  # ici, pour qu’aucun chemin d’écriture ne l’oublie
                name="depot_garde_ses_documents",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    INSERT INTO projets_documentdepose (depot_id, rang, document_id)
                    SELECT NEW.id, piece.rang - 1, doc.id
                      FROM projets_projet pr
                     CROSS JOIN LATERAL
                           jsonb_array_elements(NEW.contenu -> 'pieces') WITH ORDINALITY AS piece (valeur, rang)
                      JOIN comptes_document doc
                        ON doc.organisme_id = pr.organisme_id AND doc.empreinte = piece.valeur ->> 'empreinte'
                     WHERE pr.id = NEW.projet_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"dépôt {self.version} du projet {self.projet_id}"

    @property
    def est_a_suivre(self) -> bool:
        """Tout récent et sans récépissé encore : la page peut le redemander d’elle-même."""
        return not hasattr(self, "recepisse") and timezone.now() - self.depose_le < DUREE_DE_L_ATTENTE

    @property
    def pieces_deposees(self) -> list[PieceDeposee]:
        """Les pièces de la copie, dans leur ordre, avec ce qu’il faut pour les télécharger. Une requête."""
        documents = {lie.rang: lie.document for lie in self.documents_deposes.select_related("document")}
        return [
            PieceDeposee(rang, piece["piece"], piece["nom"], piece["octets"], piece["empreinte"], documents.get(rang))
            for rang, piece in enumerate(self.contenu["pieces"])
        ]


class DocumentDepose(models.Model):
    """Le document de la pièce de ce rang, de zéro, dans la copie : tant que la ligne existe, il ne s’efface pas.

    La base l’écrit avec le dépôt, à l’empreinte que la copie donne.
    """

    depot = models.ForeignKey(Depot, models.PROTECT, related_name="documents_deposes", verbose_name="dépôt")
    rang = models.PositiveSmallIntegerField("rang dans la copie")
    document = models.ForeignKey(Document, models.PROTECT, related_name="depots", verbose_name="document")

    class Meta:
        verbose_name = "document déposé"
        verbose_name_plural = "documents déposés"
        ordering = ["depot", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["depot", "rang"],
                name="document_depose_rang_unique",
                violation_error_message="Ce rang de la copie a déjà son document.",
            )
        ]
        triggers = [
            *en_ajout_seul("document_depose", "Les documents déposés ne se vident pas."),
            pgtrigger.Trigger(
                name="document_depose_de_la_copie",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM projets_depot de
                          JOIN projets_projet pr ON pr.id = de.projet_id
                          JOIN comptes_document doc ON doc.organisme_id = pr.organisme_id
                         WHERE de.id = NEW.depot_id AND doc.id = NEW.document_id
                           AND de.contenu #>> ARRAY['pieces', NEW.rang::text, 'empreinte'] = doc.empreinte
                    ) THEN
                        RAISE EXCEPTION 'Ce document n’est pas celui que la copie nomme à ce rang.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'document_depose_de_la_copie';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"pièce {self.rang} du {self.depot}"


class Recepisse(models.Model):
    """L’accusé de réception en PDF d’un dépôt (CRPA, art. L112-11 et R112-11-1), produit hors de la requête."""

    depot = models.OneToOneField(Depot, models.PROTECT, related_name="recepisse", verbose_name="dépôt")
    fichier = models.FileField("fichier", upload_to=chemin_du_recepisse, max_length=120)
    empreinte = models.CharField("empreinte", max_length=64)
    produit_le = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "récépissé"
        triggers = en_ajout_seul("recepisse", "Les accusés de réception ne se vident pas.")

    def __str__(self) -> str:
        return f"récépissé du {self.depot}"


def accuse_du_depot(depot: Depot) -> Accuse:
    """Ce que porte l’accusé de réception de ce dépôt ; le délai part du premier dépôt du projet."""
    premier = depot.projet.depose_le or depot.depose_le
    demandes = DemandeDeComplement.objects.filter(projet=depot.projet_id, demandee_le__lt=depot.depose_le)
    return accuse(
        depot.contenu,
        version=depot.version,
        premier_depot=premier,
        empreinte=depot.empreinte,
        suspensions=[demande.suspension for demande in demandes] if depot.version > 1 else [],
    )
