"""Fabriques des appels et des projets."""

from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from projets.models import AppelAProjets, Axe, ExerciceProjet, PartProjet, Projet
from projets.states import EtatAppel, EtatProjet, Volet
from tests.comptes.fabriques import OrganismeFactory
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
