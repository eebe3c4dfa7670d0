"""Voter : les propositions adoptées, amendées en séance s’il le faut, deviennent des décisions figées."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser, journaliser_en_lot
from config.socle.montants import en_euros, format_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.ecriture import Etat
from financements.actions.vote.commission import exiger_l_ae_votee
from financements.actions.vote.ecriture import ecrire_les_actions
from financements.chiffres.arbitrage.donnees import Connu, connus, montants_des_lignes
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.plafonds import Plafonds, plafonds
from financements.imports.credits import affecter_ce_qui_est_vote
from financements.models import Decision, Deliberation, Derogation, Enveloppe, LigneDeScenario, Scenario
from financements.models.deports import projets_fermes_a
from financements.permissions import peut_arbitrer
from financements.rules.depassements import depassements
from financements.rules.saisie import verifier
from financements.states import PROJETS_ARBITRABLES, Choix, EtatScenario, Organe
from projets.actions.conduire_appel import deliberer_appel
from projets.models import AppelAProjets, Projet
from projets.states import CYCLE_PROJET, EtatProjet
from territoires.rules.plus_forts_restes import repartir

ACTES = {Choix.RETENU: "retenir", Choix.ATTENTE: "mettre_en_attente", Choix.NON_RETENU: "ne_pas_retenir"}
Parts = dict[int, dict[int, dict[str, int]]]  # projet → année → territoire → centimes
MONTRES = 5  # numéros de projets cités dans un refus


@dataclass(frozen=True, slots=True)
class Vote:
    """Ce que dit la délibération. `deports` : les élus qui n’ont pas pris part au vote, un par ligne."""

    reference: str
    adoptee_le: date
    pour: int
    contre: int
    abstentions: int
    organe: Organe = Organe.ASSEMBLEE
    deports: str = ""


@dataclass(frozen=True, slots=True)
class Amendement:
    """Ce que la séance change d’un projet : son sort, ses montants (centimes par année), et pourquoi."""

    projet: int
    choix: Choix
    montants: Mapping[int, int]
    motif: str


@dataclass
class _Propositions:
    """Ce qui va être décidé : projet → état, avec de quoi l’écrire."""

    projets: dict[int, Projet]
    etats: dict[int, Etat]
    connus: Mapping[int, Connu]
    amendes: dict[int, Amendement] = field(default_factory=dict)

    @property
    def retenus(self) -> list[int]:
        return [pk for pk, etat in self.etats.items() if etat.choix == Choix.RETENU]

    def total(self, pk: int) -> int:
        return sum(self.etats[pk].montants.values())

    @property
    def par_axe(self) -> dict[int, Decimal]:
        """Axe → euros des projets retenus."""
        sommes: dict[int, int] = defaultdict(int)
        for pk in self.retenus:
            sommes[self.projets[pk].axe_id] += self.total(pk)
        return {axe: en_euros(centimes) for axe, centimes in sommes.items()}


@transaction.atomic
def voter(
    *,
    auteur: Personne,
    appel: AppelAProjets,
    vote: Vote,
    amendements: Sequence[Amendement] = (),
    lu: str | None = None,
) -> Deliberation:
    """Décide de chaque projet du scénario adopté ; écrit actions, tranches et parts de ceux qui sont retenus.

    `lu` : la `marque` du scénario adopté que la page montrait. Lève `VersionPerimee` si un autre est adopté depuis, ou
    le même de nouveau ; `PermissionDenied`, `PassageRefuse` (rien d’adopté, appel pas en arbitrage, un amendement d’un
    projet dont l’auteur s’est déporté, un projet retenu sans montant, une enveloppe dépassée sans dérogation, ou, en
    commission permanente, l’AE votée dépassée), `SaisieRefusee` (un amendement au-delà du demandé), `ValidationError`
    (référence déjà prise, voix).
    """
    if not peut_arbitrer(auteur):
        raise PermissionDenied
    enveloppe = Enveloppe.objects.select_for_update(of=("self",)).filter(appel=appel).first()
    scenario = Scenario.objects.select_for_update(of=("self",)).filter(appel=appel, etat=EtatScenario.ADOPTE).first()
    if scenario is None:
        raise PassageRefuse("Aucun scénario n’est adopté pour cet appel\u00a0: il n’y a rien à voter.")
    if lu is not None and lu != scenario.marque:
        raise VersionPerimee(scenario)
    _refuser_les_projets_fermes(auteur, amendements)
    propositions = _lire(scenario, amendements)
    _refuser_les_retenus_sans_montant(propositions)
    parts = _parts(propositions)
    if vote.organe == Organe.COMMISSION_PERMANENTE:
        exiger_l_ae_votee(enveloppe, vote.adoptee_le, propositions.par_axe)
    _refuser_les_depassements(scenario, propositions, parts, plafonds(appel))
    deliberer_appel(auteur=auteur, appel=appel)
    deliberation = _deliberation(appel, scenario, vote)
    _decider(auteur, deliberation, propositions)
    ecrire_les_actions(deliberation, {pk: parts[pk] for pk in propositions.retenus}, propositions.connus)
    affecter_ce_qui_est_vote(
        auteur=auteur, appel=appel, deliberation=deliberation, motif=f"Vote de {deliberation.reference}"
    )
    journaliser(
        auteur=auteur,
        acte="voter_les_propositions",
        objet=deliberation,
        apres={
            "reference": deliberation.reference,
            "organe": str(deliberation.organe),
            "voix": f"{vote.pour} pour, {vote.contre} contre, {vote.abstentions} abstentions",
            "projets": len(propositions.retenus),
            "montant": str(en_euros(sum(propositions.total(pk) for pk in propositions.retenus))),
            "amendements": len(propositions.amendes),
            **({"deports": deliberation.deports} if deliberation.deports else {}),
        },
    )
    return deliberation


def _lire(scenario: Scenario, amendements: Sequence[Amendement]) -> _Propositions:
    """Les lignes du scénario dont le projet est encore en course, amendées. Verrouille ses projets, puis les relit.

    Celui qui se retire ou se classe à cet instant l’est avant le vote, ou attend et se le voit refuser.
    """
    siens = Projet.objects.filter(pk__in=LigneDeScenario.objects.filter(scenario=scenario).values("projet"))
    list(siens.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    lignes = list(
        LigneDeScenario.objects.filter(scenario=scenario, projet__etat__in=PROJETS_ARBITRABLES)
        .select_related("projet__appel", "projet__axe")
        .order_by("projet__numero")
    )
    lus = connus(ligne.projet_id for ligne in lignes)
    montants = montants_des_lignes(ligne.pk for ligne in lignes)
    etats = {ligne.projet_id: Etat(Choix(ligne.choix), montants.get(ligne.pk, {})) for ligne in lignes}
    amendes = {amendement.projet: amendement for amendement in amendements}
    if len(amendes) < len(amendements):
        raise PassageRefuse("Un projet est amendé deux fois\u00a0: gardez un seul amendement par projet.")
    if inconnus := amendes.keys() - etats.keys():
        raise PassageRefuse(f"{len(inconnus)}\u00a0amendements portent sur un projet qui n’est pas proposé.")
    for pk, amendement in amendes.items():
        if not amendement.motif.strip():
            raise PassageRefuse("Un amendement de séance a un motif.")
        verifier(amendement.montants, lus[pk].demandes)
        etats[pk] = Etat(amendement.choix, {**etats[pk].montants, **amendement.montants})
    return _Propositions({ligne.projet_id: ligne.projet for ligne in lignes}, etats, lus, amendes)


def _refuser_les_projets_fermes(auteur: Personne, amendements: Sequence[Amendement]) -> None:
    """Qui s’est déporté d’un projet n’écrit pas ce que la séance en change."""
    if projets_fermes_a(auteur).filter(projet__in=[amendement.projet for amendement in amendements]).exists():
        raise PassageRefuse(
            "Un amendement porte sur un projet dont vous vous êtes déporté\u00a0: un autre pilote enregistre ce vote."
        )


def _refuser_les_retenus_sans_montant(propositions: _Propositions) -> None:
    vides = [pk for pk in propositions.retenus if not propositions.total(pk)]
    if vides:
        numeros = ", ".join(str(propositions.projets[pk].numero) for pk in vides[:MONTRES])
        suite = "…" if len(vides) > MONTRES else ""
        raise PassageRefuse(
            f"Retenus sans montant\u00a0: n° {numeros}{suite}. Donnez un montant, ou ne les retenez pas."
        )


def _parts(propositions: _Propositions) -> Parts:
    """Projet retenu → année → territoire → centimes. Une année à zéro n’a pas de tranche."""
    return {
        pk: {
            annee: repartir(montant, propositions.connus[pk].parts)
            for annee, montant in sorted(propositions.etats[pk].montants.items())
            if montant
        }
        for pk in propositions.retenus
    }


def _refuser_les_depassements(scenario: Scenario, propositions: _Propositions, parts: Parts, lus: Plafonds) -> None:
    """La dérogation signée à l’adoption couvre chaque dépassement jusqu’au montant signé, séance comprise."""
    trop = depassements(_cellules(propositions, parts), lus.limites)
    signes = _signes(scenario) if trop else {}
    libelles = Panneau(scenario).libelles if signes else {}
    trop = [un for un in trop if un[3] > signes.get((libelles.get(un[:2], ""), un[2]), 0)]
    if trop:
        quoi, cle, annee, centimes = trop[0]
        lequel = f"{quoi} {cle}, {annee}" if quoi != "année" else str(annee)
        raise PassageRefuse(
            f"Le vote dépasse {len(trop)}\u00a0fois une enveloppe, d’abord {lequel}\u00a0: "
            f"{format_euros(en_euros(centimes))} de trop."
        )


def _cellules(propositions: _Propositions, parts: Parts) -> dict[tuple[str, int, int], int]:
    cellules: dict[tuple[str, int, int], int] = defaultdict(int)
    for pk, par_annee in parts.items():
        for annee, par_territoire in par_annee.items():
            for code, centimes in par_territoire.items():
                cellules[code, annee, propositions.projets[pk].axe.numero] += centimes
    return cellules


def _signes(scenario: Scenario) -> dict[tuple[str, int], int]:
    """(libellé de l’enveloppe, année) → centimes au-delà que la dérogation en cours a signés."""
    signes: dict[tuple[str, int], int] = {}
    for derogation in Derogation.objects.filter(scenario=scenario, levee_le__isnull=True):
        for libelle, annee, centimes in derogation.depassements:
            signes[libelle, annee] = min(signes.get((libelle, annee), centimes), centimes)
    return signes


def _deliberation(appel: AppelAProjets, scenario: Scenario, vote: Vote) -> Deliberation:
    deliberation = Deliberation(
        reference=vote.reference.strip(),
        adoptee_le=vote.adoptee_le,
        organe=vote.organe,
        appel=appel,
        scenario=scenario,
        pour=vote.pour,
        contre=vote.contre,
        abstentions=vote.abstentions,
        deports=vote.deports.strip(),
    )
    deliberation.full_clean()
    deliberation.save()
    return deliberation


def _decider(auteur: Personne, deliberation: Deliberation, propositions: _Propositions) -> None:
    """Un projet instruit et jamais présenté l’est par le vote même ; son organisme n’en lit rien encore."""
    Decision.objects.bulk_create(
        (
            Decision(
                deliberation=deliberation,
                projet_id=pk,
                sens=etat.choix,
                amende=pk in propositions.amendes,
                motif=propositions.amendes[pk].motif.strip() if pk in propositions.amendes else "",
                prise_par=auteur,
            )
            for pk, etat in propositions.etats.items()
        ),
        batch_size=1000,
    )
    for choix, acte in ACTES.items():
        projets = [propositions.projets[pk] for pk, etat in propositions.etats.items() if etat.choix == choix]
        avant = {projet.pk: str(projet.etat) for projet in projets}
        for projet in projets:
            if projet.etat == EtatProjet.INSTRUIT:
                projet.etat = CYCLE_PROJET.franchir("presenter", projet.etat)
            projet.etat = CYCLE_PROJET.franchir(acte, projet.etat)
            projet.decision_reservee = True
        Projet.objects.filter(pk__in=avant).update(etat=CYCLE_PROJET.passage(acte).vers, decision_reservee=True)
        journaliser_en_lot(
            auteur=auteur,
            acte=acte,
            lignes=(
                (projet, {"etat": avant[projet.pk]}, {"etat": str(projet.etat), "reference": deliberation.reference})
                for projet in projets
            ),
        )
