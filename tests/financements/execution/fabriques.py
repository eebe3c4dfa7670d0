"""Un petit programme voté et son exécution : une enveloppe, des actions, leurs affectations et engagements."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone

from config.socle.montants import en_euros
from financements.actions.execution.constater import Retour, constater
from financements.actions.execution.engager import engager as engager_en_lot
from financements.actions.execution.liquider import liquider
from financements.models import (
    Action,
    AffectationDeCredits,
    Bilan,
    Convention,
    Enveloppe,
    EtapeDeVersement,
    MouvementDEngagement,
    RegleDeVersement,
    TitreDeRecette,
    Versement,
)
from financements.rules.versements import MODELES
from financements.states.execution import (
    EtatBilan,
    EtatConvention,
    EtatVersement,
    NatureDeMouvement,
    NatureDeVersement,
)
from projets.models import AppelAProjets
from tests.comptes.fabriques import CompteBancaireFactory
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

ANNEES = (2016, 2017, 2018)


def programme(nombre: int = 1, montant: str = "10000.00", cp: str = "100000.00", **projet: object) -> list[Action]:
    """`nombre` actions votées de `montant` par an, dans une enveloppe de `cp` par an ; rien d’affecté."""
    appel = AppelFactory(annee_debut=2016, annee_fin=2018)
    axe, territoire = AxeFactory(appel=appel), TerritoireFactory()
    enveloppe_repartie(appel, dict.fromkeys(ANNEES, cp), {territoire: 100})
    return [
        action_votee(axe=axe, parts={territoire: 100}, montants=dict.fromkeys(ANNEES, montant), **projet)
        for _ in range(nombre)
    ]


def affecter(action: Action, montant: str) -> AffectationDeCredits:
    """Affecte `montant` à l’axe de l’action."""
    projet = action.projet
    enveloppe = Enveloppe.objects.get(appel=projet.appel)
    return AffectationDeCredits.objects.create(enveloppe=enveloppe, axe=projet.axe, montant=Decimal(montant))


def engager(action: Action, montants: Mapping[int, str] | None = None) -> list[MouvementDEngagement]:
    """Engage l’action : `montants` par exercice, à défaut ceux de ses tranches, affectés d’abord."""
    if montants is None:
        montants = {tranche.annee: str(tranche.montant) for tranche in action.tranches.all()}
        affecter(action, str(sum(map(Decimal, montants.values()))))
    return MouvementDEngagement.objects.bulk_create(
        MouvementDEngagement(action=action, exercice=an, montant=Decimal(m), nature=NatureDeMouvement.INITIAL)
        for an, m in montants.items()
    )


def convention(action: Action, etat: EtatConvention = EtatConvention.SIGNEE, **champs: object) -> Convention:
    """La convention de l’action, signée à défaut."""
    signee = etat not in (EtatConvention.PREPARATION, EtatConvention.EDITEE)
    editee = {"numero": f"CONV-{action.pk}", "contenu": {"articles": []}, "jeton": f"{action.pk:032d}"}
    signatures = {"signee_organisme_le": date(2016, 7, 1), "signee_departement_le": date(2016, 7, 12)}
    valeurs: dict[str, object] = {
        "debut_le": date(2016, 1, 1),
        "fin_le": date(2018, 12, 31),
        **({} if etat == EtatConvention.PREPARATION else editee),
        **(signatures if signee else {}),
        **champs,
    }
    return Convention.objects.create(action=action, etat=etat, **valeurs)


def versement(
    action: Action, montant: str = "8000.00", etat: EtatVersement = EtatVersement.PREVU, **champs
) -> Versement:
    """Un versement de 2016 ; mandaté ou payé, il porte ce qu’il faut."""
    rang = action.versements.count() + 1
    emis = etat in (EtatVersement.MANDATE, EtatVersement.PAYE)
    valeurs: dict[str, object] = {
        "reference": f"V-{action.pk}-{rang}",
        "annee": 2016,
        "exercice": 2016,
        "rang": rang,
        "nature": NatureDeVersement.AVANCE,
        "prevu_le": date(2016, 9, 1),
        **({"numero_de_mandat": f"M{rang}", "mandate_le": date(2016, 9, 12)} if emis else {}),
        **({"paye_le": date(2016, 9, 20)} if etat == EtatVersement.PAYE else {}),
        **(
            {"motif": "Motif."} if etat in (EtatVersement.SUSPENDU, EtatVersement.REJETE, EtatVersement.ANNULE) else {}
        ),
        **champs,
    }
    return Versement.objects.create(action=action, montant=Decimal(montant), etat=etat, **valeurs)


def titre(action: Action, montant: str, **champs: object) -> TitreDeRecette:
    """Un titre à émettre."""
    rang = action.titres.count() + 1
    valeurs = {"reference": f"T-{action.pk}-{rang}", "motif": "Trop versé.", **champs}
    return TitreDeRecette.objects.create(action=action, montant=Decimal(montant), **valeurs)


def bilan(action: Action, annee: int = 2016, etat: EtatBilan = EtatBilan.A_REMPLIR, **champs: object) -> Bilan:
    """Le bilan d’une année ; validé, son coût réel est le double de l’aide."""
    valide = {"cout_reel": Decimal("20000.00"), "valide_le": timezone.now()} if etat == EtatBilan.VALIDE else {}
    depose = {} if etat == EtatBilan.A_REMPLIR else {"depose_le": timezone.now()}
    depose |= {"correction": "Le compte 64."} if etat == EtatBilan.A_CORRIGER else {}
    return Bilan.objects.create(
        action=action, annee=annee, etat=etat, **{"du_le": date(annee + 1, 6, 30), **depose, **valide, **champs}
    )


def regle(appel: AppelAProjets, modele: str = "80-20", **champs: object) -> RegleDeVersement:
    """La règle par défaut de l’appel, d’un modèle (« 80-20 », « 50-30-20 », « annuel »…)."""
    nom, etapes = MODELES[modele]
    creee = RegleDeVersement.objects.create(appel=appel, nom=nom, **{"est_par_defaut": True, **champs})
    EtapeDeVersement.objects.bulk_create(
        EtapeDeVersement(
            regle=creee,
            rang=etape.rang,
            nature=etape.nature,
            part=en_euros(etape.part),
            decalage=etape.decalage,
            mois=etape.mois,
            attend_la_convention=etape.attend_la_convention,
            attend_le_bilan_precedent=etape.attend_le_bilan_precedent,
            attend_le_bilan=etape.attend_le_bilan,
            pieces=list(etape.pieces),
        )
        for etape in etapes
    )
    return creee


def engagees(nombre: int = 1, modele: str = "80-20", **options: object) -> list[Action]:
    """Des actions engagées par l’acte, d’après une règle, dont les organismes ont un compte bancaire."""
    actions = programme(nombre, **options)
    appel = actions[0].projet.appel
    regle(appel, modele)
    affecter(actions[0], str(sum(t.montant for action in actions for t in action.tranches.all())))
    engager_en_lot(auteur=None, appel=appel, cles=[action.pk for action in actions])
    for action in actions:
        CompteBancaireFactory(organisme=action.projet.organisme)
    return actions


def du(action: Action, annee: int = 2016, rang: int = 1) -> Versement:
    """Le versement de cette tranche, relu."""
    lignes = Versement.objects.select_related("action__projet__appel", "action__projet__organisme")
    return lignes.get(action=action, annee=annee, rang=rang)


def payer(action: Action, annee: int = 2016, rang: int = 1) -> Versement:
    """Liquidé puis payé, par les actes."""
    versement = du(action, annee, rang)
    versement = liquider(auteur=None, versement=versement, version=versement.version)
    retour = Retour("payer", mandat="M1", mandate_le=date(2016, 9, 12), paye_le=date(2016, 9, 20))
    return constater(auteur=None, versement=versement, retour=retour, version=versement.version)
