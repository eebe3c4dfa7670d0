"""Un appel entier en petit, et qui agit : du vote au titre recouvré. Chaque méthode prépare un acte et le rend."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model, QuerySet, Sum
from django.utils import timezone

from comptes.models import Courriel
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.adopter import adopter
from financements.actions.arbitrage.scenarios import NouveauScenario, creer_un_scenario
from financements.actions.conventions.avenants import (
    Demande,
    abandonner_un_avenant,
    creer_un_avenant,
    editer_un_avenant,
    signer_un_avenant,
)
from financements.actions.conventions.signer import Signatures
from financements.actions.enveloppes.reviser import Revision, reviser_l_enveloppe
from financements.actions.execution.affecter import affecter_les_credits
from financements.actions.execution.constater import Retour, constater
from financements.actions.execution.engager import engager_l_action, engager_les_actions
from financements.actions.execution.liquider import liquider, revenir_sur_la_liquidation
from financements.actions.execution.procedures import Grief, decider, engager_une_procedure, observer
from financements.actions.execution.reporter import reporter_l_exercice
from financements.actions.execution.solder import arreter_le_solde
from financements.actions.execution.titres import annuler_un_titre, emettre_un_titre, recouvrer_un_titre
from financements.actions.vote.executoire import dater_la_deliberation, demander_l_envoi, envoyer_les_notifications
from financements.actions.vote.voter import Amendement, Vote, voter
from financements.chiffres.execution.liquidation import cp_libres
from financements.models import (
    Action,
    AffectationDeCredits,
    Avenant,
    Bilan,
    CreditAnnuel,
    Deliberation,
    Enveloppe,
    MouvementDEngagement,
    PartTranche,
    ReportDeCredits,
    RevisionEnveloppe,
    TitreDeRecette,
    Tranche,
    Versement,
)
from financements.states import Choix, OrigineScenario
from financements.states.execution import EtatAvenant, SorteDeProcedure
from projets.models import AppelAProjets, Projet
from projets.states import EtatAppel, EtatProjet, SensDeLAvis
from tests.comptes.fabriques import CompteBancaireFactory, PersonneFactory, ResponsableFactory
from tests.financements.arbitrage.fabriques import avis_sur
from tests.financements.conventions.fabriques import SansSuivi
from tests.financements.execution.fabriques import ANNEES, affecter, convention, regle
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

Acte = Callable[[], object]
COMPTES = ("liquide", "mandate", "paye", "rejete")
JOUR = date(2016, 6, 13)
_SURVEILLES: list[type[Model]] = [
    *apps.get_app_config("financements").get_models(),
    AppelAProjets,
    Projet,
    Courriel,
    Journal,
]


def photographier() -> dict[str, str]:
    """L’empreinte de chaque table qu’un acte peut écrire."""
    tables = [modele._meta.db_table for modele in _SURVEILLES]
    une = "SELECT '{0}', md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {0} t"
    with connection.cursor() as curseur:
        curseur.execute(" UNION ALL ".join(une.format(table) for table in tables))
        return dict(curseur.fetchall())


def _un(lignes: "QuerySet[Any]", rang: int) -> Any:
    """L’une des lignes, s’il y en a."""
    toutes = list(lignes.order_by("pk"))
    if not toutes:
        raise PassageRefuse("Il n’y en a pas.")
    return toutes[rang % len(toutes)]


class Monde:
    """Deux actions de 10 000 € par an engagées et conventionnées, un projet à voter, une AE de 22 000 € par an."""

    def __init__(self) -> None:
        self.appel = AppelFactory(annee_debut=2016, annee_fin=2018, etat=EtatAppel.ARBITRAGE)
        axe, territoire = AxeFactory(appel=self.appel), TerritoireFactory()
        enveloppe_repartie(self.appel, dict.fromkeys(ANNEES, "22000.00"), {territoire: 100})
        self.finances, self.pilote = PersonneFactory(role="finances"), PersonneFactory(role="pilote")
        regle(self.appel, "80-20")
        self._adopter(axe, {territoire: "100"})
        self.porteurs = {}
        for _ in range(2):
            action = action_votee(axe=axe, parts={territoire: 100}, montants=dict.fromkeys(ANNEES, "10000.00"))
            organisme = action.projet.organisme
            self.porteurs[action.pk] = ResponsableFactory(organisme=organisme).personne
            CompteBancaireFactory(organisme=organisme)
            convention(action)
        affecter(action, "60000.00")
        engager_les_actions(auteur=self.finances, appel=self.appel)
        connection.check_constraints()  # rien de ce monde ne reste à juger avec le premier acte

    def _adopter(self, axe: Any, parts: Any) -> None:
        """Un projet instruit, proposé à 1 000 € par an pour 4 000 € demandés, dans un scénario adopté."""
        budget = dict.fromkeys(ANNEES, ("8000.00", "4000.00"))
        self.projet = ProjetFactory(axe=axe, etat=EtatProjet.INSTRUIT, territoires=parts, budget=budget)
        avis_sur(self.projet, SensDeLAvis.FAVORABLE, dict.fromkeys(ANNEES, "1000.00"), self.pilote)
        nouveau = NouveauScenario("Propositions", OrigineScenario.PROPOSITIONS)
        adopter(auteur=self.pilote, scenario=creer_un_scenario(auteur=self.pilote, appel=self.appel, nouveau=nouveau))

    def _action(self, rang: int) -> Action:
        return _un(Action.objects.select_related("projet__appel", "projet__axe", "deliberation"), rang)

    def _versement(self, rang: int) -> Versement:
        return _un(Versement.objects.select_related("action__projet__appel"), rang)

    def _titre(self, rang: int) -> TitreDeRecette:
        return _un(TitreDeRecette.objects.select_related("action__projet__appel"), rang)

    def voter(self, rang: int, montant: int) -> Acte:
        """Un rang impair amende une année en séance."""
        amende = Amendement(self.projet.pk, Choix.RETENU, {2016 + rang % 3: montant * 100}, "Besoin constaté.")
        vote = Vote("D1", JOUR, 70, 4, 8)
        return partial(
            voter, auteur=self.pilote, appel=self.appel, vote=vote, amendements=[amende] if rang % 2 else []
        )

    def notifier(self, _rang: int, _montant: int) -> Acte:
        """Date la délibération et demande l’envoi ; l’acte notifie, et engage."""
        votee = _un(Deliberation.objects.filter(appel=self.appel), 0)
        votee = dater_la_deliberation(
            auteur=self.pilote, deliberation=votee, transmise_le=JOUR, publiee_le=JOUR, version=votee.version
        )
        return partial(
            envoyer_les_notifications, demander_l_envoi(auteur=self.pilote, deliberation=votee), SansSuivi()
        )

    def reviser(self, rang: int, montant: int) -> Acte:
        """À la hausse ou à la baisse, de −2 000 à +2 000 € sur un ou deux ans ; un rang impair répartit de nouveau."""
        credits_annuels = dict(CreditAnnuel.objects.values_list("annee", "montant_cp"))
        for annee in {2016 + rang % 3, 2016 + rang // 4}:
            credits_annuels[annee] += montant // 3 - 2_000
        revision = Revision(
            credits_annuels,
            deliberation="R1",
            adoptee_le=JOUR,
            motif="Révision.",
            repartir=bool(rang % 2),
            lues=RevisionEnveloppe.objects.count(),
        )
        return partial(reviser_l_enveloppe, auteur=self.pilote, enveloppe=Enveloppe.objects.get(), revision=revision)

    def desequilibrer(self, rang: int, montant: int) -> Acte:
        """L’AE sans ses CP, ou les CP sans leur AE : aucun acte ne l’écrit, la base le refuse."""
        ecart = Decimal(montant + 1)
        if rang % 2:
            return lambda: Enveloppe.objects.update(montant_ae=Enveloppe.objects.get().montant_ae + ecart)
        un = CreditAnnuel.objects.get(annee=2016 + rang % 3)
        return lambda: CreditAnnuel.objects.filter(pk=un.pk).update(montant_cp=un.montant_cp + ecart)

    def affecter(self, _rang: int, _montant: int) -> Acte:
        return partial(affecter_les_credits, auteur=self.finances, appel=self.appel)

    def affecter_de_force(self, _rang: int, montant: int) -> Acte:
        """Une ligne écrite sans acte, de −3 000 à +9 000 €."""
        action = self._action(0)
        return transaction.atomic(lambda: affecter(action, f"{montant - 3_000}.00"))

    def engager(self, rang: int, _montant: int) -> Acte:
        if rang % 2:
            return partial(engager_les_actions, auteur=self.finances, appel=self.appel)
        return partial(engager_l_action, auteur=self.finances, action=self._action(rang // 2))

    def rediger(self, rang: int, montant: int) -> Acte:
        """Crée un avenant, qui remplace celui qui était en cours ; l’acte l’édite, il reste à signer."""
        sienne = self._convention(rang)
        for ancien in sienne.avenants.filter(etat__in=(EtatAvenant.PREPARATION, EtatAvenant.EDITE)):
            abandonner_un_avenant(auteur=self.finances, avenant=ancien)
        demande = Demande("Avenant.", {2016 + rang // 4: montant * 100}, deliberation=sienne.action.deliberation)
        avenant = creer_un_avenant(auteur=self.finances, convention=sienne, demande=demande)
        return partial(editer_un_avenant, auteur=self.finances, avenant=avenant)

    def _convention(self, rang: int) -> Any:
        action = self._action(rang)
        if not hasattr(action, "convention"):
            raise PassageRefuse("Pas de convention.")
        return action.convention

    def signer(self, rang: int, _montant: int) -> Acte:
        avenant = _un(Avenant.objects.filter(etat=EtatAvenant.EDITE).select_related("convention__action"), rang)
        jour = timezone.localdate()
        return partial(
            signer_un_avenant,
            auteur=self.finances,
            avenant=avenant,
            signatures=Signatures(jour, jour),
            version=avenant.version,
        )

    def liquider(self, rang: int, _montant: int) -> Acte:
        versement = self._versement(rang)
        versement.pieces.update(recue_le=date(2017, 1, 1), verifiee_par=self.finances)
        return partial(liquider, auteur=self.finances, versement=versement, version=versement.version)

    def revenir(self, rang: int, _montant: int) -> Acte:
        versement = self._versement(rang)
        return partial(
            revenir_sur_la_liquidation, auteur=self.finances, versement=versement, version=versement.version
        )

    def payer(self, rang: int, _montant: int) -> Acte:
        return self._constater(rang, Retour("payer", "M1", "B1", date(2016, 9, 1), date(2016, 9, 9)))

    def rejeter(self, rang: int, _montant: int) -> Acte:
        return self._constater(rang, Retour("rejeter", motif="RIB clôturé."))

    def _constater(self, rang: int, retour: Retour) -> Acte:
        versement = self._versement(rang)
        return partial(constater, auteur=self.finances, versement=versement, retour=retour, version=versement.version)

    def solder(self, rang: int, montant: int) -> Acte:
        champs = {"etat": "valide", "cout_reel": montant * 2, "valide_le": timezone.now(), "depose_le": timezone.now()}
        action, annee = self._action(rang), 2016 + rang // 4
        defauts = {"du_le": date(annee + 1, 6, 30), **champs}
        bilan, _ = Bilan.objects.update_or_create(action=action, annee=annee, defaults=defauts)
        return partial(arreter_le_solde, auteur=self.finances, bilan=bilan)

    def retirer(self, rang: int, montant: int) -> Acte:
        """Engage une procédure, entend l’organisme ; l’acte décide."""
        sorte = (SorteDeProcedure.RETRAIT, SorteDeProcedure.REDUCTION, SorteDeProcedure.REVERSEMENT)[rang % 3]
        action = _un(Action.objects.filter(pk__in=self.porteurs), rang)
        grief = Grief(sorte, "Motif.", Decimal(montant), annee=2016 if rang % 4 else None)
        procedure = engager_une_procedure(auteur=self.finances, action=action, grief=grief)
        procedure = observer(auteur=self.porteurs[action.pk], procedure=procedure, observations="Non.")
        return partial(
            decider,
            auteur=self.finances,
            procedure=procedure,
            decision="Vu.",
            montant_retenu=Decimal(montant),
            version=procedure.version,
        )

    def emettre(self, rang: int, _montant: int) -> Acte:
        titre, jour = self._titre(rang), date(2017, 9, 1)
        return partial(
            emettre_un_titre, auteur=self.finances, titre=titre, numero="T1", emis_le=jour, version=titre.version
        )

    def recouvrer(self, rang: int, _montant: int) -> Acte:
        titre, jour = self._titre(rang), date(2017, 10, 1)
        return partial(recouvrer_un_titre, auteur=self.finances, titre=titre, recouvre_le=jour, version=titre.version)

    def annuler(self, rang: int, _montant: int) -> Acte:
        titre = self._titre(rang)
        return partial(annuler_un_titre, auteur=self.finances, titre=titre, version=titre.version)

    def reporter(self, rang: int, montant: int) -> Acte:
        """Un rang impair reporte ce montant, un pair tous les crédits libres."""
        exercice = 2016 + rang // 4
        libres = Decimal(cp_libres(self.appel).get(exercice, 0)) / 100
        return partial(
            reporter_l_exercice,
            auteur=self.finances,
            appel=self.appel,
            exercice=exercice,
            montant=Decimal(montant) if rang % 2 else libres,
            motif="Clôture",
        )

    def verifier(self) -> None:
        """Les invariants, recalculés ici sans rien demander au code éprouvé."""
        connection.check_constraints()
        ae, cps = Enveloppe.objects.get().montant_ae, _sommes(CreditAnnuel.objects, "annee", de="montant_cp")
        assert sum(cps.values()) == ae
        engages = _sommes(MouvementDEngagement.objects, "action", "exercice")
        verses = _sommes(Versement.objects.filter(etat__in=COMPTES), "action", "exercice")
        payes = _sommes(Versement.objects.filter(etat="paye"), "action")
        affecte = sum(_sommes(AffectationDeCredits.objects, "axe").values())
        assert sum(payes.values()) <= sum(verses.values()) <= sum(engages.values()) <= affecte <= ae
        prevus = _sommes(Versement.objects.exclude(etat="annule"), "action", "exercice")
        assert prevus == engages
        assert {cle: verse for cle, verse in verses.items() if verse > engages.get(cle, 0)} == {}
        assert min(_credits_libres(cps, verses).values()) >= 0
        attribues = _sommes(Tranche.objects, "action")
        assert {a: m for a, m in _par_action(engages).items() if m > attribues.get(a, 0)} == {}
        assert _sommes(PartTranche.objects, "tranche") == _sommes(Tranche.objects, "pk")
        partis = _sommes(Versement.objects.filter(etat__in=("mandate", "paye")), "action")
        titres = _sommes(TitreDeRecette.objects.exclude(etat="annule"), "action")
        recouvres = _sommes(TitreDeRecette.objects.filter(etat="recouvre"), "action")
        assert {a: m for a, m in titres.items() if m > partis.get(a, 0)} == {}
        assert {a: m for a, m in recouvres.items() if m > titres.get(a, 0)} == {}


def _sommes(lignes: Any, *cles: str, de: str = "montant") -> dict[Any, Decimal]:
    """Clé (ou clés) → somme, sans celles qui sont nulles."""
    lues = lignes.order_by().values_list(*cles).annotate(somme=Sum(de))
    return {(cle[0] if len(cle) == 1 else tuple(cle)): somme for *cle, somme in lues if somme}


def _par_action(sommes: dict[tuple[int, int], Decimal]) -> dict[int, Decimal]:
    return {action: sum(m for (a, _), m in sommes.items() if a == action) for action, _ in sommes}


def _credits_libres(cps: dict[int, Decimal], verses: dict[tuple[int, int], Decimal]) -> dict[int, Decimal]:
    """Exercice → crédits ouverts et reçus, moins ce qui est cédé et versé."""
    libres = dict(cps)
    mouvements = [(exercice, -montant) for (_, exercice), montant in verses.items()]
    for de, vers, montant in ReportDeCredits.objects.values_list("de", "vers", "montant"):
        mouvements += [(de, -montant), (vers, montant)]
    for exercice, montant in mouvements:
        libres[exercice] = libres.get(exercice, Decimal(0)) + montant
    return libres
