"""Adopter un scénario : il devient les propositions du rapport. Rien ne dépasse, sauf dérogation signée."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes, format_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.ecriture import scenario_verrouille
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.arbitrage.totaux import QUI_COMPTENT
from financements.models import Derogation, Enveloppe, LigneDeScenario, Scenario
from financements.permissions import peut_arbitrer
from financements.states import APPELS_ARBITRABLES, CYCLE_SCENARIO, EtatScenario

MONTRES = 5  # numéros de projets cités dans un refus
Depassement = tuple[str, int, Decimal]  # libellé de l’enveloppe, année, euros au-delà


class EnveloppeDepassee(Exception):
    """Le scénario prend plus que ses enveloppes ne donnent. `depassements` : lesquelles, et de combien."""

    def __init__(self, depassements: Sequence[Depassement]) -> None:
        self.depassements = list(depassements)
        lus = "; ".join(f"{libelle}, {annee}\u00a0: {format_euros(euros)}" for libelle, annee, euros in depassements)
        super().__init__(f"Ce scénario dépasse {_combien(len(self.depassements))}\u00a0: {lus}.")


@dataclass(frozen=True, slots=True)
class Signature:
    """Ce que signe le pilote qui déroge. `vus` : les dépassements que la page montrait quand il a signé."""

    motif: str
    source: str
    vus: Sequence[Depassement]


@transaction.atomic
def adopter(
    *, auteur: Personne, scenario: Scenario, signature: Signature | None = None, lu: str | None = None
) -> Scenario:
    """Verrouille l’enveloppe, refait les totaux, adopte. Le scénario ne change plus.

    `lu` : la `marque` du scénario que la page montrait. Lève `VersionPerimee` s’il a changé depuis.
    Lève `EnveloppeDepassee` si une enveloppe est dépassée sans signature, ou si les dépassements ne sont plus ceux
    que la page montrait ; `PassageRefuse` (état, rien de réparti, un autre déjà adopté), `PermissionDenied`,
    `ValidationError` (dérogation sans motif ni source).
    """
    Enveloppe.objects.select_for_update(of=("self",)).filter(appel=scenario.appel_id).first()
    verrouille = scenario_verrouille(auteur, scenario)
    if lu is not None and lu != verrouille.marque:
        raise VersionPerimee(verrouille)
    panneau = Panneau(verrouille)
    repartition = panneau.plafonds.repartition
    if repartition is None:
        raise PassageRefuse("L’enveloppe de cet appel n’est pas répartie\u00a0: il n’y a pas de limite à tenir.")
    deja = Scenario.objects.filter(appel=verrouille.appel, etat=EtatScenario.ADOPTE).first()
    if deja is not None:
        raise PassageRefuse(f"«\u00a0{deja.nom}\u00a0» est déjà adopté\u00a0: revenez d’abord sur son adoption.")
    _refuser_les_retenus_sans_montant(verrouille)
    if panneau.depassements:
        _deroger(auteur, verrouille, panneau.depassements, signature)
    verrouille.etat = CYCLE_SCENARIO.franchir("adopter", verrouille.etat)
    verrouille.adopte_le, verrouille.repartition = timezone.now(), repartition
    verrouille.save(update_fields=["etat", "adopte_le", "repartition", "modifie_le"])
    journaliser(
        auteur=auteur,
        acte="adopter_un_scenario",
        objet=verrouille,
        apres={
            "nom": verrouille.nom,
            "projets": panneau.totaux.retenus,
            "montant": str(panneau.total.periode.propose),
            "repartition": repartition.version,
            "depassements": [_lu(depassement) for depassement in panneau.depassements],
        },
    )
    return verrouille


@transaction.atomic
def revenir_sur_l_adoption(*, auteur: Personne, scenario: Scenario, motif: str) -> Scenario:
    """Rend le scénario à l’étude, avant le vote, pour un motif écrit ; la dérogation signée est levée.

    Lève `PermissionDenied`, `PassageRefuse` (pas adopté, appel voté), `ValidationError` sans motif.
    """
    if not peut_arbitrer(auteur):
        raise PermissionDenied
    if not motif.strip():
        raise ValidationError({"motif": "Dites pourquoi l’on revient sur l’adoption."})
    verrouille = Scenario.objects.select_for_update(of=("self",)).get(pk=scenario.pk)
    # `appel` se lit après le verrou : lu avec lui, il serait celui d’avant le vote que l’on a attendu.
    if verrouille.appel.etat not in APPELS_ARBITRABLES:
        raise PassageRefuse("Cet appel n’est plus en arbitrage\u00a0: ses propositions sont arrêtées.")
    verrouille.etat = CYCLE_SCENARIO.franchir("revenir_sur_l_adoption", verrouille.etat)
    verrouille.adopte_le = verrouille.repartition = None
    verrouille.save(update_fields=["etat", "adopte_le", "repartition", "modifie_le"])
    Derogation.objects.filter(scenario=verrouille, levee_le__isnull=True).update(levee_le=timezone.now())
    journaliser(
        auteur=auteur,
        acte="revenir_sur_l_adoption",
        objet=verrouille,
        avant={"etat": EtatScenario.ADOPTE.value},
        apres={"etat": verrouille.etat, "motif": motif.strip()},
    )
    return verrouille


def _refuser_les_retenus_sans_montant(scenario: Scenario) -> None:
    """Le vote ne saurait pas quoi leur attribuer."""
    lignes = LigneDeScenario.objects.filter(scenario=scenario, **QUI_COMPTENT)
    vides = lignes.annotate(total=Sum("parts__montant", default=Decimal(0))).filter(total=0)
    numeros = list(vides.order_by("projet__numero").values_list("projet__numero", flat=True)[: MONTRES + 1])
    if numeros:
        lus = ", ".join(str(numero) for numero in numeros[:MONTRES]) + ("…" if len(numeros) > MONTRES else "")
        raise PassageRefuse(f"Retenus sans montant\u00a0: n° {lus}. Donnez-leur un montant, ou ne les retenez pas.")


def _deroger(
    auteur: Personne, scenario: Scenario, depassements: Sequence[Depassement], signature: Signature | None
) -> None:
    if signature is None or list(signature.vus) != list(depassements):
        raise EnveloppeDepassee(depassements)
    derogation = Derogation(
        scenario=scenario,
        motif=signature.motif.strip(),
        source=signature.source.strip(),
        depassements=[[libelle, annee, en_centimes(euros)] for libelle, annee, euros in depassements],
        signee_par=auteur,
    )
    derogation.full_clean()
    derogation.save()
    journaliser(
        auteur=auteur,
        acte="deroger_a_une_enveloppe",
        objet=scenario,
        apres={
            "motif": derogation.motif,
            "source_de_financement": derogation.source,
            "depassements": [_lu(depassement) for depassement in depassements],
        },
    )


def _lu(depassement: Depassement) -> str:
    libelle, annee, euros = depassement
    return f"{libelle}, {annee}\u00a0: {format_euros(euros)}"


def _combien(nombre: int) -> str:
    return "une enveloppe" if nombre == 1 else f"{nombre}\u00a0enveloppes"
