"""L’exécution inventée du programme de 2016 : ce qui est payé, ce qui attend, ce qui est à rendre. Des données."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from financements.rules.solde import Solde, solder, taux_de
from financements.rules.versements import Echeance, Etape, echeancier
from financements.states.execution import EtatBilan, EtatVersement

PREMIERE = 2016  # l’année payée, dont le bilan est rendu
ENGAGE_LE = date(2016, 7, 25)
RENDU_LE, VALIDE_LE = date(2017, 6, 12), date(2017, 7, 10)
PAYE_DEPUIS, SOLDE_DEPUIS = date(2016, 9, 5), date(2017, 9, 4)
BORDEREAU = 40  # mandats par bordereau
NOMS = "80 % puis 20 % sur bilan"
SUSPENDUE, REJETEE = 12, 10  # numéros
EN_TROP_VERSE = frozenset({5, 336, 667})  # le coût réel y est loin sous le prévu
MOINDRE = 3  # dernier chiffre des numéros dont le coût réel est un peu sous le prévu
BILANS = {0: EtatBilan.A_REMPLIR, 1: EtatBilan.DEPOSE, 2: EtatBilan.DEPOSE}  # de vingt en vingt ; les autres, validés
AVANCES = {0: EtatVersement.MANDATE, 1: EtatVersement.LIQUIDE, 2: EtatVersement.PREVU}  # de sept en sept


@dataclass(frozen=True, slots=True)
class ActionDemo:
    """Une action à exécuter : ses tranches et le coût prévu de 2016 (centimes)."""

    numero: int
    tranches: Mapping[int, int]
    cout: int


@dataclass(frozen=True, slots=True)
class VersementDemo:
    """Une échéance et ce qu’elle est devenue (centimes)."""

    echeance: Echeance
    montant: int
    etat: EtatVersement
    jour: date | None = None


@dataclass(frozen=True, slots=True)
class ExecutionDemo:
    """Ce qui est arrivé à une action. `solde` : celui de 2016, si son bilan est validé."""

    bilan: EtatBilan
    cout_reel: int
    taux: Fraction
    solde: Solde | None
    versements: Sequence[VersementDemo]

    @property
    def est_aidee_la_premiere_annee(self) -> bool:
        """Elle a un bilan à rendre."""
        return any(un.echeance.annee == PREMIERE for un in self.versements)

    @property
    def degage(self) -> int:
        """Ce que le solde de 2016 a dégagé (centimes), pris sur l’exercice 2017."""
        return self.solde.a_degager if self.solde else 0


def executer(action: ActionDemo, etapes: Sequence[Etape]) -> ExecutionDemo:
    """Toujours la même pour un même numéro : 2016 payée, 2017 selon le bilan, 2018 encore prévue."""
    echeances = echeancier(action.tranches, etapes)
    attribue = action.tranches.get(PREMIERE, 0)
    bilan, cout_reel = _bilan(action.numero, attribue), _cout_reel(action)
    verse = sum(une.montant for une in echeances if une.exercice == PREMIERE)
    taux, compte = taux_de(attribue or 1, action.cout), None
    if bilan == EtatBilan.VALIDE and attribue:
        compte = solder(attribue=attribue, cout_reel=cout_reel, taux=taux, verse=verse)
    versements = [_versement(action.numero, une, bilan, compte) for une in echeances]
    return ExecutionDemo(bilan, cout_reel, taux, compte, versements)


def _bilan(numero: int, attribue: int) -> EtatBilan:
    """Dix-sept validés sur vingt ; des déposés à lire, des attendus en retard. Rien n’attend d’une année sans aide."""
    if not attribue or numero in {SUSPENDUE, REJETEE, *EN_TROP_VERSE}:
        return EtatBilan.VALIDE
    return BILANS.get(numero % 20, EtatBilan.VALIDE)


def _cout_reel(action: ActionDemo) -> int:
    if action.numero in EN_TROP_VERSE:
        return action.cout * 70 // 100
    return action.cout * 93 // 100 if action.numero % 10 == MOINDRE else action.cout


def _versement(numero: int, une: Echeance, bilan: EtatBilan, compte: Solde | None) -> VersementDemo:
    if une.exercice == PREMIERE:
        return VersementDemo(une, une.montant, EtatVersement.PAYE, PAYE_DEPUIS + timedelta(days=numero % 95))
    if une.annee == PREMIERE and compte is not None:
        return _solde(numero, une, compte)
    if une.annee == une.exercice == PREMIERE + 1 and bilan == EtatBilan.VALIDE:
        return VersementDemo(une, une.montant, *_avance_de_2017(numero))
    return VersementDemo(une, une.montant, _prevu(numero))


def _solde(numero: int, une: Echeance, compte: Solde) -> VersementDemo:
    if not compte.a_payer:
        return VersementDemo(une, 0, EtatVersement.ANNULE)
    est_paye = numero % 3 != 0 and numero != SUSPENDUE
    jour = SOLDE_DEPUIS + timedelta(days=numero % 90) if est_paye else None
    return VersementDemo(une, compte.a_payer, EtatVersement.PAYE if est_paye else _prevu(numero), jour)


def _prevu(numero: int) -> EtatVersement:
    return EtatVersement.SUSPENDU if numero == SUSPENDUE else EtatVersement.PREVU


def _avance_de_2017(numero: int) -> tuple[EtatVersement, date | None]:
    jour = SOLDE_DEPUIS + timedelta(days=numero % 60)
    if numero == SUSPENDUE:
        return EtatVersement.SUSPENDU, None
    if numero == REJETEE:
        return EtatVersement.REJETE, jour
    etat = AVANCES.get(numero % 7, EtatVersement.PAYE)
    return etat, None if etat == EtatVersement.PREVU else jour
