"""Arrêter le solde d’une tranche d’après son bilan validé : ce qui reste à payer, à dégager, ou à rendre."""

from fractions import Fraction

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes, en_euros
from config.socle.transitions import PassageRefuse
from financements.actions.execution.acces import verrouiller_l_action
from financements.imports.echeances import Raison, aligner_l_engagement, recaler_l_echeancier
from financements.models import Action, Bilan, Convention, SoldeArrete, TitreDeRecette, Tranche, Versement
from financements.permissions import peut_revoir_les_bilans
from financements.rules.solde import Solde, solder, taux_de
from financements.states.execution import (
    TITRES_COMPTES,
    VERSEMENTS_FIGES,
    EtatBilan,
    EtatConvention,
    EtatTitre,
    NatureDeMouvement,
)
from projets.models import ExerciceProjet


@transaction.atomic
def arreter_le_solde(*, auteur: Personne | None, bilan: Bilan) -> SoldeArrete:
    """min(attribué, coût réel × taux) − versé. Les versements ouverts de l’année le portent, le reste est dégagé.

    À appeler en validant le bilan, ou après. Négatif, rien n’est repris ici : une procédure de reversement le fera.
    Lève `PermissionDenied`, `PassageRefuse` (bilan pas validé, action pas engagée, titre déjà fait pour l’année,
    convention caduque).
    """
    if auteur is not None and not peut_revoir_les_bilans(auteur):
        raise PermissionDenied
    action = verrouiller_l_action(bilan.action)
    bilan = Bilan.objects.get(pk=bilan.pk)
    if bilan.etat != EtatBilan.VALIDE or bilan.cout_reel is None:
        raise PassageRefuse("Le solde s’arrête d’après un bilan validé.")
    if not action.engagements.exists():
        raise PassageRefuse("L’action n’est pas engagée\u00a0: il n’y a pas de solde à arrêter.")
    etats = {*TITRES_COMPTES, EtatTitre.A_EMETTRE.value}
    if TitreDeRecette.objects.filter(action=action, annee=bilan.annee, etat__in=etats).exists():
        raise PassageRefuse(f"Un titre de recette existe déjà pour {bilan.annee}\u00a0: annulez-le d’abord.")
    if Convention.objects.filter(action=action, etat=EtatConvention.CADUQUE).exists():
        raise PassageRefuse("La convention est caduque\u00a0: rien ne se paie plus.")
    taux = taux_de_l_action(action, bilan.annee)
    compte = _compter(action, bilan, taux)
    recaler_l_echeancier(action, {bilan.annee: compte.verse + compte.a_payer})
    motif = f"Solde {bilan.annee}"
    mouvements = aligner_l_engagement(action, Raison(NatureDeMouvement.DEGAGEMENT, auteur, motif))
    arrete = SoldeArrete.objects.create(
        action=action,
        annee=bilan.annee,
        bilan=bilan,
        attribue=en_euros(compte.attribue),
        cout_reel=bilan.cout_reel,
        taux=en_euros(round(taux * 1_000_000)) / 100,
        du=en_euros(compte.du),
        verse=en_euros(compte.verse),
        arrete_par=auteur,
    )
    journaliser(
        auteur=auteur,
        acte="arreter_le_solde",
        objet=action,
        apres={
            "annee": bilan.annee,
            "cout_reel": str(bilan.cout_reel),
            "montant": str(arrete.solde),
            "verse": str(arrete.verse),
            "mouvements": {str(exercice): str(en_euros(c)) for exercice, c in mouvements.items()},
        },
    )
    return arrete


def taux_de_l_action(action: Action, annee: int) -> Fraction:
    """Celui de la convention s’il y est écrit, sinon la part du coût prévu que l’aide de l’année couvre."""
    ecrit = Convention.objects.filter(action=action).values_list("taux", flat=True).first()
    if ecrit is not None:
        return Fraction(ecrit) / 100
    couts = ExerciceProjet.objects.filter(projet=action.projet_id, annee=annee).values_list("cout", flat=True)
    return taux_de(_attribue(action, annee), en_centimes(couts.first() or en_euros(0)))


def _attribue(action: Action, annee: int) -> int:
    montants = Tranche.objects.filter(action=action, annee=annee).values_list("montant", flat=True)
    return en_centimes(montants.first() or en_euros(0))


def _compter(action: Action, bilan: Bilan, taux: Fraction) -> Solde:
    verses = Versement.objects.filter(action=action, annee=bilan.annee, etat__in=VERSEMENTS_FIGES)
    verse = verses.aggregate(somme=Sum("montant"))["somme"]
    return solder(
        attribue=_attribue(action, bilan.annee),
        cout_reel=en_centimes(bilan.cout_reel or en_euros(0)),
        taux=taux,
        verse=en_centimes(verse or en_euros(0)),
    )
