"""Un petit appel en arbitrage : deux territoires, deux axes, quelques projets instruits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from comptes.models import Personne
from financements.actions.arbitrage.scenarios import NouveauScenario, creer_un_scenario
from financements.actions.comite.preparer import Reglages, ouvrir_un_comite, preparer_un_comite
from financements.actions.comite.presents import noter_un_elu_present
from financements.models import Comite, LigneDeScenario, Repartition, Scenario
from financements.states import OrigineScenario
from projets.models import AppelAProjets, AvisInstruction, Notation, Note, Projet, PropositionAnnuelle
from projets.states import EtatAppel, EtatProjet, SensDeLAvis, Volet
from territoires.models import Territoire
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory, CritereFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

ANNEES = (2016, 2017, 2018)


@dataclass(frozen=True)
class PetitArbitrage:
    """L’appel, ses territoires par code, ses projets par numéro, un pilote."""

    appel: AppelAProjets
    repartition: Repartition
    territoires: dict[str, Territoire]
    projets: dict[int, Projet]
    pilote: Personne

    def scenario(
        self, nom: str = "Scénario A", origine: OrigineScenario = OrigineScenario.PROPOSITIONS, **champs: object
    ) -> Scenario:
        """Un scénario du pilote."""
        nouveau = NouveauScenario(nom=nom, origine=origine, **champs)  # type: ignore[arg-type]
        return creer_un_scenario(auteur=self.pilote, appel=self.appel, nouveau=nouveau)


@transaction.atomic
def avis_sur(
    projet: Projet, sens: SensDeLAvis, montants: Mapping[int, str], personne: Personne, version: int = 1
) -> AvisInstruction:
    """L’avis de l’instruction et ses montants proposés."""
    avis = AvisInstruction.objects.create(
        projet=projet, version=version, sens=sens, motif="Motif.", rendu_par=personne
    )
    PropositionAnnuelle.objects.bulk_create(
        PropositionAnnuelle(
            avis=avis,
            annee=exercice.annee,
            montant=Decimal(montants.get(exercice.annee, "0")),
            montant_demande=exercice.montant_demande,
            cout_eligible=exercice.cout,
        )
        for exercice in projet.exercices.all()
    )
    return avis


# numéro, axe (1 pro, 2 social), parts, demandé par an, avis, proposé par an
PROJETS: Sequence[tuple[int, int, dict[str, str], str, SensDeLAvis | None, str]] = (
    (1, 1, {"VAL": "100"}, "10000.00", SensDeLAvis.FAVORABLE, "9000.00"),
    (2, 2, {"DOU": "100"}, "6000.00", SensDeLAvis.RESERVE, "4000.00"),
    (3, 2, {"VAL": "33.33", "DOU": "66.67"}, "1000.00", SensDeLAvis.FAVORABLE, "100.01"),
    (4, 1, {"DOU": "100"}, "5000.00", SensDeLAvis.DEFAVORABLE, "0"),
    (5, 1, {"VAL": "50", "DOU": "50"}, "3000.00", None, "0"),
)


@transaction.atomic
def petit_arbitrage(etat: EtatAppel = EtatAppel.ARBITRAGE, cp: str = "20000.00") -> PetitArbitrage:
    """Cinq projets présentés : favorable, réservé, favorable partagé, défavorable, sans avis."""
    appel = AppelFactory(slug="arbitrage", etat=etat, part_pro_cible=Decimal(59), prefixe="AAP16")
    territoires = {
        "VAL": TerritoireFactory(code="VAL", nom="Valenciennois"),
        "DOU": TerritoireFactory(code="DOU", nom="Douaisis"),
    }
    axes = {
        1: AxeFactory(appel=appel, numero=1, volet=Volet.PROFESSIONNEL),
        2: AxeFactory(appel=appel, numero=2, volet=Volet.SOCIAL),
    }
    pilote = PersonneFactory(role="pilote")
    projets = {}
    for numero, axe, parts, demande, sens, propose in PROJETS:
        projet = ProjetFactory(
            axe=axes[axe],
            numero=numero,
            etat=EtatProjet.INSTRUIT,
            territoires={territoires[code]: part for code, part in parts.items()},
            budget=dict.fromkeys(ANNEES, ("20000.00", demande)),
        )
        if sens:
            avis_sur(projet, sens, dict.fromkeys(ANNEES, propose), pilote)
        projets[numero] = projet
    repartition = enveloppe_repartie(
        appel, dict.fromkeys(ANNEES, cp), {territoires["VAL"]: 600, territoires["DOU"]: 400}
    )
    return PetitArbitrage(appel, repartition, territoires, projets, pilote)


REGLAGES = Reglages(
    tenu_le=date(2016, 10, 12), lieu="Hôtel du département, Lille", preside_par="Mme la vice-présidente"
)
NOTES = {1: "80.00", 2: "75.50", 3: "60.00", 4: "70.00", 5: None}


def noter(scenario: Scenario, notes: Mapping[int, str | None] | None = None) -> None:
    """Les notes de chaque projet, par numéro."""
    for ligne in LigneDeScenario.objects.filter(scenario=scenario).select_related("projet"):
        ligne.note = (notes or NOTES).get(ligne.projet.numero or 0)  # type: ignore[assignment]
        ligne.save(update_fields=["note"])


@transaction.atomic
def comite_prepare(monde: PetitArbitrage, scenario: Scenario | None = None, **champs: object) -> Comite:
    """Un comité en préparation sur un scénario noté, et un élu présent."""
    if scenario is None:
        scenario = monde.scenario()
        noter(scenario)
    reglages = Reglages(**{**{nom: getattr(REGLAGES, nom) for nom in REGLAGES.__slots__}, **champs})  # type: ignore[arg-type]
    comite = preparer_un_comite(auteur=monde.pilote, scenario=scenario, reglages=reglages)
    noter_un_elu_present(
        auteur=monde.pilote, comite=comite, nom="Anne Leroy", qualite="conseillère départementale", canton="Douai"
    )
    return comite


@transaction.atomic
def comite_ouvert(monde: PetitArbitrage, scenario: Scenario | None = None, **champs: object) -> Comite:
    """Le même, ouvert."""
    return ouvrir_un_comite(auteur=monde.pilote, comite=comite_prepare(monde, scenario, **champs))


@transaction.atomic
def noter_les_projets(monde: PetitArbitrage, notes: Mapping[int, int]) -> None:
    """Une notation rendue par projet (numéro → points sur 100), malgré les déclencheurs : les notes sont arrêtées."""
    instructeur = PersonneFactory(role="instructeur")
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL session_replication_role = replica")
        critere = CritereFactory(appel=monde.appel, note_maximale=100, poids=100)
        for numero, valeur in notes.items():
            notation = Notation.objects.create(
                projet=monde.projets[numero], instructeur=instructeur, rendue_le=timezone.now()
            )
            Note.objects.create(notation=notation, critere=critere, valeur=valeur, justification="Vu.")
        curseur.execute("SET LOCAL session_replication_role = origin")
