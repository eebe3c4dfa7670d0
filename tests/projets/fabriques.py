"""Fabriques des appels et des projets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from comptes.models import Personne
from config.socle.travaux import EtatTravail
from projets.models import (
    Absence,
    Affectation,
    AppelAProjets,
    AvisExterne,
    Axe,
    Commentaire,
    Critere,
    Deport,
    Depot,
    ExerciceProjet,
    ExportDuJournal,
    Irrecevabilite,
    PartProjet,
    PieceDemandee,
    PointDeRecevabilite,
    Projet,
    Prolongation,
    Question,
    Recepisse,
)
from projets.states import EtatAppel, EtatProjet, Volet
from territoires.models import Territoire
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.territoires.fabriques import TerritoireFactory


class AppelFactory(DjangoModelFactory):
    class Meta:
        model = AppelAProjets

    slug = factory.Sequence(lambda n: f"appel-{n}")
    intitule = factory.LazyAttribute(lambda a: f"Insertion {a.annee_debut}-{a.annee_fin}")
    annee_debut = 2016
    annee_fin = 2018
    ouvre_le = datetime(2016, 4, 1, 7, tzinfo=UTC)
    ferme_le = datetime(2016, 5, 13, 15, tzinfo=UTC)
    etat = EtatAppel.EXECUTION
    montant_total = Decimal("1000000.00")


class AxeFactory(DjangoModelFactory):
    class Meta:
        model = Axe

    appel = factory.SubFactory(AppelFactory)
    numero = factory.Sequence(lambda n: n + 1)
    intitule = factory.LazyAttribute(lambda a: f"Intitulé de l’axe {a.numero}")
    volet = Volet.PROFESSIONNEL


class ProjetFactory(DjangoModelFactory):
    """Un projet déposé. `territoires` : {territoire: pourcentage} ; `budget` : {année: (coût, demandé)}."""

    class Meta:
        model = Projet
        skip_postgeneration_save = True

    axe = factory.SubFactory(AxeFactory)
    appel = factory.SelfAttribute("axe.appel")
    numero = factory.Sequence(lambda n: n + 1)
    organisme = factory.SubFactory(OrganismeFactory)
    intitule = factory.Sequence(lambda n: f"Projet d’essai {n}")
    etat = EtatProjet.DEPOSE
    allocataires_prevus = 20

    @factory.post_generation
    def territoires(self, create, extracted, **kwargs):
        for territoire, part in (extracted or {TerritoireFactory(): 100}).items():
            PartProjet.objects.create(projet=self, territoire=territoire, pourcentage=Decimal(part))

    @factory.post_generation
    def budget(self, create, extracted, **kwargs):
        defaut = dict.fromkeys(self.appel.annees, ("20000.00", "10000.00"))
        for annee, (cout, demande) in (extracted or defaut).items():
            ExerciceProjet.objects.create(
                projet=self, annee=annee, cout=Decimal(cout), montant_demande=Decimal(demande)
            )


class PieceFactory(DjangoModelFactory):
    class Meta:
        model = PieceDemandee

    appel = factory.SubFactory(AppelFactory)
    ordre = factory.Sequence(lambda n: n + 1)
    intitule = factory.Sequence(lambda n: f"Pièce {n}")
    formats = factory.LazyFunction(lambda: ["pdf"])


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = Question

    appel = factory.SubFactory(AppelFactory)
    ordre = factory.Sequence(lambda n: n + 1)
    intitule = factory.Sequence(lambda n: f"Question {n}")
    sorte = "texte_long"


class CritereFactory(DjangoModelFactory):
    class Meta:
        model = Critere

    appel = factory.SubFactory(AppelFactory)
    ordre = factory.Sequence(lambda n: n + 1)
    intitule = factory.Sequence(lambda n: f"Critère {n}")
    poids = Decimal(50)


class PointFactory(DjangoModelFactory):
    class Meta:
        model = PointDeRecevabilite

    appel = factory.SubFactory(AppelFactory)
    ordre = factory.Sequence(lambda n: n + 1)
    intitule = factory.Sequence(lambda n: f"Point {n}")


class NoteFactory(DjangoModelFactory):
    class Meta:
        model = Commentaire

    projet = factory.SubFactory("tests.projets.fabriques.ProjetFactory")
    auteur = factory.SubFactory(PersonneFactory)
    texte = "Le budget semble juste."


class ProlongationFactory(DjangoModelFactory):
    class Meta:
        model = Prolongation

    appel = factory.SubFactory(AppelFactory)
    organisme = factory.SubFactory(OrganismeFactory)
    jusqu_au = datetime(2016, 5, 20, 15, tzinfo=UTC)
    motif = "Inondation des locaux"


class AvisExterneFactory(DjangoModelFactory):
    class Meta:
        model = AvisExterne

    projet = factory.SubFactory(ProjetFactory)
    nom = "Zoé Martin"
    email = factory.Sequence(lambda n: f"avis{n}@exemple.fr")
    question = "L’effectif prévu est-il réaliste ?"
    echeance = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))
    demande_par = factory.SubFactory(PersonneFactory, instructeur=True)


CONTENU_DEPOSE = {
    "reference": "AAP16-0001",
    "depose_le": "2016-04-20T10:00:00+00:00",
    "depose_par": {"nom": "Claire Petit", "courriel": "claire@exemple.fr"},
    "intitule": "Projet d’essai",
    "axe": "1. Axe",
    "appel": {"intitule": "Insertion 2016-2018"},
    "organisme": {"nom": "Association", "siret": "", "rna": "", "representant": "", "adresse": "", "commune": ""},
    "etapes": [],
    "budget": [],
    "pieces": [],
    "attestations": [],
}


def recepisse_de(projet: Projet) -> Recepisse:
    """Le récépissé d’un dépôt, fichier compris."""
    depot = Depot.objects.create(
        projet=projet, depose_le=datetime(2016, 4, 20, 10, tzinfo=UTC), contenu=CONTENU_DEPOSE, empreinte="a" * 64
    )
    return Recepisse.objects.create(depot=depot, fichier=ContentFile(PDF_D_ESSAI, "r.pdf"), empreinte="b" * 64)


def export_du_journal(projet: Projet, personne: Personne) -> ExportDuJournal:
    """Un journal en PDF que cette personne a demandé, produit."""
    return ExportDuJournal.objects.create(
        projet=projet,
        demande_par=personne,
        etat=EtatTravail.TERMINE,
        fichier=ContentFile(PDF_D_ESSAI, "j.pdf"),
        nombre=3,
        derniere_ligne=3,
        empreinte="c" * 64,
    )


PDF_D_ESSAI = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n"
    b"startxref\n0\n%%EOF\n"
)


def irrecevabilite_de(projet: Projet) -> Irrecevabilite:
    """Une irrecevabilité levée, lettre comprise : le projet garde son état."""
    agent = PersonneFactory(pilote=True)
    return Irrecevabilite.objects.create(
        projet=projet,
        motif="Hors délai.",
        contenu={},
        prononcee_par=agent,
        prononcee_le=timezone.now(),
        fichier=ContentFile(PDF_D_ESSAI, "lettre.pdf"),
        empreinte="c" * 64,
        levee_par=agent,
        levee_le=timezone.now(),
        motif_de_la_levee="Délai prolongé.",
    )


def appel_pret(**champs: object) -> AppelAProjets:
    """Un brouillon auquel rien ne manque : ouverture demain, clôture dans trente jours, un axe, deux critères."""
    instant = timezone.now().replace(second=0, microsecond=0)
    appel = AppelFactory(
        **{
            "etat": EtatAppel.BROUILLON,
            "annee_debut": 2027,
            "annee_fin": 2029,
            "presentation": "Ce que cherche l’appel.",
            "qui_peut_repondre": "Les associations.",
            "contact": "insertion@exemple.fr",
            "service": "Direction de l’insertion",
            "service_adresse": "1 rue d’Essai, 59000 Lille",
            "service_telephone": "03 20 00 00 00",
            "charge_du_dossier": "Claire Martin, chargée de mission",
            "tribunal": "tribunal administratif de Lille",
            "ouvre_le": instant + timedelta(days=1),
            "ferme_le": instant + timedelta(days=30),
            "reglement": ContentFile(PDF_D_ESSAI, "reglement.pdf"),
            "reglement_nom": "reglement.pdf",
            **champs,
        }
    )
    AxeFactory(appel=appel, numero=1)
    for ordre in (1, 2):
        CritereFactory(appel=appel, ordre=ordre)
    return appel


class AffectationFactory(DjangoModelFactory):
    class Meta:
        model = Affectation

    projet = factory.SubFactory(ProjetFactory)
    instructeur = factory.SubFactory(PersonneFactory, instructeur=True)


def instructeur_de(*territoires: Territoire, **champs: object) -> Personne:
    """Un instructeur de ces territoires."""
    personne = PersonneFactory(instructeur=True, **champs)
    personne.territoires.add(*territoires)
    return personne


def absence_de(personne: Personne, **champs: object) -> Absence:
    """Absente d’hier à dans cinq jours."""
    jour = timezone.localdate()
    voulus = {"du": jour - timedelta(days=1), "au": jour + timedelta(days=5)}
    return Absence.objects.create(personne=personne, **{**voulus, **champs})


def deport_de(personne: Personne, projet: Projet) -> Deport:
    """Un déport en cours."""
    return Deport.objects.create(personne=personne, projet=projet, motif="Un proche y travaille")
