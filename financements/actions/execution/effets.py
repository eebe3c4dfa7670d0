"""Ce qu’une procédure décidée change : versements suspendus, tranches réduites, titre de recette."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import F, Sum

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes, en_euros, format_euros
from config.socle.transitions import PassageRefuse
from financements.actions.execution.modifier import changer_les_montants
from financements.imports.echeances import Raison
from financements.models import Action, ProcedureContradictoire, TitreDeRecette, Tranche, Versement
from financements.rules.reductions import reduire
from financements.states.execution import (
    CYCLE_VERSEMENT,
    VERSEMENTS_FIGES,
    VERSEMENTS_MANDATES,
    EtatTitre,
    EtatVersement,
    NatureDeMouvement,
    SorteDeProcedure,
)

A_SUSPENDRE = CYCLE_VERSEMENT.passage("suspendre").depuis


def appliquer_la_decision(procedure: ProcedureContradictoire, auteur: Personne) -> None:
    """À appeler dans la transaction qui décide, l’action verrouillée. Lève `PassageRefuse`."""
    if procedure.sorte == SorteDeProcedure.SUSPENSION:
        suspendre(procedure.action, procedure.decision, auteur)
        return
    retenu = en_centimes(procedure.montant_retenu or Decimal(0))
    if procedure.sorte == SorteDeProcedure.REVERSEMENT:
        ecrire_le_titre(procedure, retenu)
        return
    a_rendre = _reduire(procedure, retenu, auteur)
    if a_rendre:
        ecrire_le_titre(procedure, a_rendre)


def suspendre(action: Action, motif: str, auteur: Personne | None) -> int:
    """Les versements prévus ou rejetés de l’action ne se liquident plus ; rend leur nombre."""
    prevus = Versement.objects.filter(action=action, etat__in=A_SUSPENDRE)
    suspendus = prevus.update(etat=EtatVersement.SUSPENDU, motif=motif[:2000], version=F("version") + 1)
    journaliser(auteur=auteur, acte="suspendre_les_versements", objet=action, apres={"versements": suspendus})
    return suspendus


def _reduire(procedure: ProcedureContradictoire, retenu: int, auteur: Personne) -> int:
    """Réduit ce qui n’est pas versé ; rend ce que l’organisme doit rendre (centimes)."""
    action = procedure.action
    tranches = {t.annee: en_centimes(t.montant) for t in Tranche.objects.filter(action=action)}
    verses = _par_annee(action, VERSEMENTS_FIGES)
    annees = [procedure.annee] if procedure.annee else sorted(tranches, reverse=True)
    apres, a_rendre = reduire(tranches, verses, annees, retenu)
    changees = {annee: en_euros(montant) for annee, montant in apres.items() if montant != tranches[annee]}
    if changees:
        nature = NatureDeMouvement.REDUCTION
        motif = f"{procedure.get_sorte_display().capitalize()} du {procedure.decidee_le:%d/%m/%Y}"
        changer_les_montants(action=action, montants=changees, raison=Raison(nature, auteur, motif))
    return a_rendre


def _par_annee(action: Action, etats: frozenset[str]) -> Mapping[int, int]:
    lignes = Versement.objects.filter(action=action, etat__in=etats).order_by()
    return {annee: en_centimes(somme) for annee, somme in lignes.values_list("annee").annotate(somme=Sum("montant"))}


def ecrire_le_titre(procedure: ProcedureContradictoire, centimes: int) -> TitreDeRecette:
    """Un titre à émettre, d’au plus ce qui est parti chez le comptable. Lève `PassageRefuse`."""
    action = procedure.action
    partis = sum(_par_annee(action, VERSEMENTS_MANDATES).values())
    vivants = action.titres.exclude(etat=EtatTitre.ANNULE)
    deja = en_centimes(vivants.aggregate(somme=Sum("montant"))["somme"] or Decimal(0))
    if centimes > partis - deja:
        raise PassageRefuse(
            f"Seuls {format_euros(en_euros(partis - deja))} sont mandatés et pas encore repris\u00a0: annulez "
            "d’abord les liquidations qui ne sont pas mandatées."
        )
    projet, rang = action.projet, action.titres.count() + 1
    return TitreDeRecette.objects.create(
        action=action,
        reference=f"T{projet.appel_id}-{projet.numero}-{rang}",
        annee=procedure.annee,
        montant=en_euros(centimes),
        motif=procedure.decision,
        procedure=procedure,
    )
