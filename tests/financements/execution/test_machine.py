"""Après toute suite d’actes, permis ou refusés : payé ≤ engagé ≤ affecté ≤ AE, Σ CP = AE."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.socle.transitions import PassageRefuse
from financements.actions.execution.constater import Retour, constater
from financements.actions.execution.engager import engager_l_action, engager_les_actions
from financements.actions.execution.liquider import liquider, revenir_sur_la_liquidation
from financements.actions.execution.modifier import changer_les_montants
from financements.actions.execution.procedures import Grief, decider, engager_une_procedure, observer
from financements.actions.execution.reporter import reporter_l_exercice
from financements.actions.execution.solder import arreter_le_solde
from financements.chiffres.execution.liquidation import cp_libres
from financements.imports.echeances import Raison
from financements.models import (
    AffectationDeCredits,
    Bilan,
    CreditAnnuel,
    Enveloppe,
    MouvementDEngagement,
    TitreDeRecette,
    Tranche,
    Versement,
)
from financements.states.execution import NatureDeMouvement, SorteDeProcedure
from tests.comptes.fabriques import CompteBancaireFactory, PersonneFactory, ResponsableFactory
from tests.financements.execution.fabriques import affecter, programme, regle

pytestmark = pytest.mark.django_db
REFUS = (PassageRefuse, ValidationError, IntegrityError)
ACTES = ("affecter", "engager", "avenant", "liquider", "revenir", "payer", "rejeter", "solder", "retirer", "reporter")
PAS = st.tuples(st.sampled_from(ACTES), st.integers(0, 11), st.integers(0, 12_000))
VERSES = ("liquide", "mandate", "paye", "rejete")


class Monde:
    """Deux actions de 10 000 € par an, une AE juste assez large, et qui agit."""

    def __init__(self) -> None:
        self.actions = programme(2, cp="21000.00")
        self.appel = self.actions[0].projet.appel
        regle(self.appel, "80-20")
        self.finances = PersonneFactory(role="finances")
        self.porteurs = [ResponsableFactory(organisme=a.projet.organisme).personne for a in self.actions]
        for action in self.actions:
            CompteBancaireFactory(organisme=action.projet.organisme)

    def versement(self, rang: int) -> Versement:
        """Un versement, s’il y en a."""
        lignes = Versement.objects.select_related("action__projet__appel").order_by("pk")
        tous = list(lignes)
        if not tous:
            raise PassageRefuse("Rien n’est prévu.")
        return tous[rang % len(tous)]

    def affecter(self, _rang: int, montant: int) -> None:
        affecter(self.actions[0], f"{montant - 3_000}.00")

    def engager(self, rang: int, _montant: int) -> None:
        if rang % 2:
            engager_les_actions(auteur=self.finances, appel=self.appel)
        else:
            engager_l_action(auteur=self.finances, action=self.actions[rang % 4 // 2])

    def avenant(self, rang: int, montant: int) -> None:
        raison = Raison(NatureDeMouvement.AVENANT, self.finances, "Avenant")
        montants = {2016 + rang % 3: Decimal(montant)}
        changer_les_montants(action=self.actions[rang % 2], montants=montants, raison=raison)

    def liquider(self, rang: int, _montant: int) -> None:
        versement = self.versement(rang)
        versement.pieces.update(recue_le=date(2017, 1, 1), verifiee_par=self.finances)
        liquider(auteur=self.finances, versement=versement, version=versement.version)

    def revenir(self, rang: int, _montant: int) -> None:
        versement = self.versement(rang)
        revenir_sur_la_liquidation(auteur=self.finances, versement=versement, version=versement.version)

    def payer(self, rang: int, _montant: int) -> None:
        self._constater(rang, Retour("payer", "M1", "B1", date(2016, 9, 1), date(2016, 9, 9)))

    def rejeter(self, rang: int, _montant: int) -> None:
        self._constater(rang, Retour("rejeter", motif="RIB clôturé."))

    def _constater(self, rang: int, retour: Retour) -> None:
        versement = self.versement(rang)
        constater(auteur=self.finances, versement=versement, retour=retour, version=versement.version)

    def solder(self, rang: int, montant: int) -> None:
        champs = {"etat": "valide", "cout_reel": montant * 2, "valide_le": timezone.now(), "depose_le": timezone.now()}
        action, annee = self.actions[rang % 2], 2016 + rang % 3
        defauts = {"du_le": date(annee + 1, 6, 30), **champs}
        bilan, _ = Bilan.objects.update_or_create(action=action, annee=annee, defaults=defauts)
        arreter_le_solde(auteur=self.finances, bilan=bilan)

    def retirer(self, rang: int, montant: int) -> None:
        sorte = (SorteDeProcedure.RETRAIT, SorteDeProcedure.REDUCTION, SorteDeProcedure.REVERSEMENT)[rang % 3]
        action, porteur = self.actions[rang % 2], self.porteurs[rang % 2]
        grief = Grief(sorte, "Motif.", Decimal(montant), annee=2016 if rang % 4 else None)
        procedure = engager_une_procedure(auteur=self.finances, action=action, grief=grief)
        procedure = observer(auteur=porteur, procedure=procedure, observations="Non.")
        decider(
            auteur=self.finances,
            procedure=procedure,
            decision="Vu.",
            montant_retenu=Decimal(montant),
            version=procedure.version,
        )

    def reporter(self, rang: int, _montant: int) -> None:
        exercice = 2016 + rang % 4
        libres = Decimal(cp_libres(self.appel).get(exercice, 0)) / 100
        reporter_l_exercice(auteur=self.finances, appel=self.appel, exercice=exercice, montant=libres, motif="Clôture")

    def verifier(self) -> None:
        """Les invariants, recalculés ici sans rien demander au code éprouvé."""
        somme = {"s": Sum("montant")}
        ae = Enveloppe.objects.get().montant_ae
        assert CreditAnnuel.objects.aggregate(s=Sum("montant_cp"))["s"] == ae
        affecte = AffectationDeCredits.objects.aggregate(**somme)["s"] or 0
        engage = MouvementDEngagement.objects.aggregate(**somme)["s"] or 0
        assert 0 <= engage <= affecte <= ae or (engage == 0 and affecte <= ae)
        engages = MouvementDEngagement.objects.order_by().values_list("action", "exercice").annotate(**somme)
        par_exercice = {(action, exercice): montant for action, exercice, montant in engages if montant}
        vivants = Versement.objects.exclude(etat="annule").order_by()
        prevus = vivants.values_list("action", "exercice").annotate(**somme)
        assert {(a, e): s for a, e, s in prevus if s} == par_exercice
        verses = Versement.objects.filter(etat__in=VERSES).order_by()
        for action, exercice, verse in verses.values_list("action", "exercice").annotate(**somme):
            assert verse <= par_exercice[action, exercice]
        assert min(cp_libres(self.appel).values()) >= 0
        for action in self.actions:
            attribue = Tranche.objects.filter(action=action).aggregate(**somme)["s"] or 0
            assert sum(m for (a, _), m in par_exercice.items() if a == action.pk) <= attribue
            partis = Versement.objects.filter(action=action, etat__in=("mandate", "paye")).aggregate(**somme)["s"] or 0
            repris = TitreDeRecette.objects.filter(action=action).aggregate(**somme)["s"] or 0
            assert repris <= partis
        connection.check_constraints()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PAS, min_size=4, max_size=14))
def test_apres_toute_suite_d_actes_l_argent_tient(suite):
    with transaction.atomic():
        monde = Monde()
        affecter(monde.actions[0], "60000.00")
        engager_les_actions(auteur=monde.finances, appel=monde.appel)
        for acte, rang, montant in suite:
            with suppress(*REFUS), transaction.atomic():
                getattr(monde, acte)(rang, montant)
                connection.check_constraints()
            monde.verifier()
        transaction.set_rollback(True)
