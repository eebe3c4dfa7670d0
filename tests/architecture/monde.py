"""Le petit monde sur lequel la table des accès se vérifie : un objet de chaque sorte, une personne de chaque rôle."""

from django.db import transaction

from comptes.models import Personne
from comptes.states import Role
from financements.models import EnvoiDesNotifications, PlanificationDeRapport
from projets.models import Lot, VueEnregistree
from projets.states import EtatAppel
from tests.architecture.acces import ROLES
from tests.comptes.fabriques import (
    AdhesionFactory,
    CompteBancaireFactory,
    CourrielFactory,
    DemandeEntreeFactory,
    DocumentFactory,
    InvitationFactory,
    PersonneFactory,
    ResponsableFactory,
)
from tests.financements.arbitrage.comites import comites_de
from tests.financements.bilans.monde import bilans_de
from tests.financements.conventions.monde import conventions_du_monde
from tests.financements.echanges.fabriques import echanges_de
from tests.financements.execution.monde import execution_de
from tests.financements.fabriques import (
    CalculFactory,
    DeliberationFactory,
    ImportProgrammeFactory,
    ImputationFactory,
    RapportFactory,
    ScenarioFactory,
    action_votee,
    enveloppe_repartie,
    rapport_produit_de,
)
from tests.financements.lettres.objets import lettres_du_monde
from tests.projets.dossiers import appel_ouvert, brouillon
from tests.projets.fabriques import (
    AffectationFactory,
    AppelFactory,
    AvisExterneFactory,
    AxeFactory,
    NoteFactory,
    PointFactory,
    ProjetFactory,
    absence_de,
    deport_de,
    export_du_journal,
    instructeur_de,
    irrecevabilite_de,
    recepisse_de,
)
from tests.projets.pieces import depot_avec, piece_jointe
from tests.territoires.fabriques import TerritoireFactory


@transaction.atomic
def monde() -> tuple[dict[str, object], dict[str, Personne]]:
    """Les objets que les exemples désignent, et une personne par rôle."""
    appel, _brouillon = AppelFactory(slug="nord"), AppelFactory(slug="brouillon", etat=EtatAppel.BROUILLON)
    val, dou = TerritoireFactory(code="VAL", nom="Valenciennois"), TerritoireFactory(code="DOU", nom="Douaisis")
    axe = AxeFactory(appel=appel, numero=1)
    action = action_votee(axe=axe, parts={val: 100}, numero=1)
    PointFactory(appel=appel)  # sans réponse : aucun projet ne devient recevable en chemin
    autre = ProjetFactory(axe=axe, territoires={dou: 100}, numero=2)
    repartition = enveloppe_repartie(appel, dict.fromkeys(appel.annees, "20000.00"), {val: 600, dou: 400})
    rapport = RapportFactory(appel=appel)  # demandé par personne : seul un pilote peut le conduire
    recepisse_de(action.projet)
    piece, piece_d_autrui = piece_jointe(action.projet), piece_jointe(autre)
    depot_avec(action.projet, piece.document, version=2)
    depot_avec(autre, piece_d_autrui.document)
    personnes = {role: PersonneFactory(role=Role(role)) for role in ROLES}
    personnes["instructeur"].territoires.add(val)
    adhesion = AdhesionFactory(personne=personnes["porteur"], organisme=action.projet.organisme)
    comptes = {
        "organisme": adhesion.organisme_id,
        "organisme_d_autrui": autre.organisme_id,
        "adhesion": adhesion.pk,
        "compte_bancaire": CompteBancaireFactory(organisme=adhesion.organisme).pk,
        "compte_d_autrui": CompteBancaireFactory().pk,
        "adhesion_d_autrui": AdhesionFactory().pk,
        "document": DocumentFactory(organisme=adhesion.organisme).pk,
        "document_d_autrui": DocumentFactory().pk,
        "demande": DemandeEntreeFactory(organisme=ResponsableFactory(organisme=adhesion.organisme).organisme).pk,
        "demande_d_autrui": DemandeEntreeFactory().pk,
        "invitation": InvitationFactory(organisme=adhesion.organisme).pk,
        "invitation_d_autrui": InvitationFactory().pk,
        "courriel": CourrielFactory(destinataire=personnes["porteur"].email).pk,
        "courriel_d_autrui": CourrielFactory().pk,
    }
    instruction = {
        "vue": VueEnregistree.objects.create(personne=personnes["instructeur"], nom="Mes urgences").pk,
        "lot": Lot.objects.create(acte="affecter", demande_par=personnes["instructeur"]).pk,
        "lot_d_autrui": Lot.objects.create(acte="affecter", demande_par=personnes["pilote"]).pk,
        "absence": absence_de(personnes["instructeur"]).pk,
        "absence_d_autrui": absence_de(instructeur_de(dou)).pk,
        "affectation": AffectationFactory(projet=action.projet, instructeur=personnes["instructeur"]).pk,
        "affectation_d_autrui": AffectationFactory(projet=autre, instructeur=instructeur_de(dou)).pk,
        "deport_d_autrui": deport_de(instructeur_de(val), action.projet).pk,
        "deport_du_pilote": deport_de(personnes["pilote"], ProjetFactory(axe=axe, territoires={dou: 100})).pk,
    }
    partage = ScenarioFactory(appel=appel, est_partage=True)
    arbitrage = {
        "scenario": ScenarioFactory(appel=appel, auteur=personnes["pilote"]).pk,
        "scenario_partage": partage.pk,
        "calcul": CalculFactory(appel=appel, demande_par=personnes["pilote"]).pk,
        "calcul_partage": CalculFactory(appel=appel, scenario=partage).pk,
        "calcul_d_autrui": CalculFactory(appel=appel).pk,
        "scenario_d_autrui": ScenarioFactory(appel=appel).pk,
    } | comites_de(appel, action.projet, val, personnes["pilote"])
    deliberation = DeliberationFactory(appel=appel, reference="DLES/2016/200")
    arbitrage |= {
        "deliberation": deliberation.pk,
        "deliberation_d_un_autre_appel": DeliberationFactory(appel=AppelFactory(), reference="DLES/2016/201").pk,
        "rapport_produit": rapport_produit_de(partage).pk,
        "imputation": ImputationFactory(appel=appel).pk,
        "imputation_d_un_autre_appel": ImputationFactory().pk,
        "rapport_planifie": PlanificationDeRapport.objects.create(appel=appel).pk,
        "envoi": EnvoiDesNotifications.objects.create(deliberation=deliberation).pk,
    }
    arbitrage |= lettres_du_monde(appel, action.projet, autre)
    arbitrage |= bilans_de(action, action_votee(axe=axe, parts={dou: 100}, numero=9001, montant_fse="100.00"))
    arbitrage |= conventions_du_monde(action)
    imports = {"import": ImportProgrammeFactory(appel=appel).pk, "releve": repartition.releve_id}
    return comptes | echanges_de(action) | {
        "axe": axe.pk,
        "projet": action.projet.pk,
        "projet_d_autrui": autre.pk,
        "export_du_journal": export_du_journal(action.projet, personnes["instructeur"]).pk,
        "brouillon": brouillon(adhesion, appel_ouvert(slug="ouvert")).pk,
        "piece": piece.pk,
        "piece_d_autrui": piece_d_autrui.pk,
        "avis_externe": AvisExterneFactory(projet=action.projet).pk,
        "avis_externe_d_autrui": AvisExterneFactory(projet=autre).pk,
        "jeton": AvisExterneFactory(projet=ProjetFactory(etat="recevable")).jeton,
        "note": NoteFactory(projet=action.projet).pk,
        "note_d_autrui": NoteFactory(projet=autre).pk,
        "irrecevabilite": irrecevabilite_de(action.projet).pk,
        "irrecevabilite_d_autrui": irrecevabilite_de(autre).pk,
        "rapport": rapport.pk,
    } | imports | instruction | arbitrage | execution_de(action), personnes
