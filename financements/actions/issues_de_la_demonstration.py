"""Ce qui tourne mal dans la démonstration : une suspension, un reversement et son titre, une procédure en cours."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from comptes.demonstration import PORTEUR_D_ESSAI
from comptes.models import Personne
from config.socle.montants import en_euros
from financements.demonstration.execution import EN_TROP_VERSE, PREMIERE, SUSPENDUE, ExecutionDemo
from financements.models import Action, ProcedureContradictoire, TitreDeRecette
from financements.states.execution import EtatProcedure, EtatTitre, SorteDeProcedure

FERMES = "Les locaux de l’action sont fermés depuis septembre 2017 et aucun allocataire n’y est plus accompagné."
REPRISE = "L’organisme annonce une reprise en janvier 2018 : les versements reprendront sur justificatif d’ouverture."
MOINS_CHER = "Le coût réel de 2016 est de 70 % du coût prévu : l’avance versée dépasse ce qui est dû."
A_RENDRE = "Le bilan de 2016 n’est pas contesté : la différence entre l’avance et le dû est à reverser."
EN_COURS = "Le second semestre de 2017 n’a été mené que deux mois sur six, d’après le relevé de présence transmis."
PART_EN_JEU = 10  # la part de la tranche de 2017 que vise la procédure en cours : un dixième


def ecrire_les_issues(lignes: Mapping[Action, ExecutionDemo], finances: Personne) -> None:
    """Trois procédures, et le titre de celle qui reprend de l’argent."""
    par_numero = {action.projet.numero: action for action in lignes}
    if suspendue := par_numero.get(SUSPENDUE):
        _conclue(suspendue, finances, SorteDeProcedure.SUSPENSION, (FERMES, REPRISE))
    rendues = [par_numero[numero] for numero in sorted(EN_TROP_VERSE) if numero in par_numero]
    for rang, action in enumerate(rendues[:2]):
        solde = lignes[action].solde
        if solde is not None and solde.trop_verse:
            textes = (MOINS_CHER, A_RENDRE)
            procedure = _conclue(action, finances, SorteDeProcedure.REVERSEMENT, textes, solde.trop_verse)
            _titre(procedure, est_emis=rang == 0)
    _en_cours(lignes, finances)


def _conclue(
    action: Action, finances: Personne, sorte: SorteDeProcedure, textes: tuple[str, str], centimes: int = 0
) -> ProcedureContradictoire:
    engagee_le = date(2017, 9, 18)
    montant = en_euros(centimes) if centimes else None
    return ProcedureContradictoire.objects.create(
        action=action,
        sorte=sorte,
        annee=PREMIERE if centimes else None,
        motif=textes[0],
        montant=montant,
        etat=EtatProcedure.DECIDEE,
        engagee_le=engagee_le,
        engagee_par=finances,
        repondre_avant=engagee_le + timedelta(days=21),
        decision=textes[1],
        montant_retenu=montant,
        decidee_le=engagee_le + timedelta(days=30),
        decidee_par=finances,
    )


def _titre(procedure: ProcedureContradictoire, *, est_emis: bool) -> None:
    action = procedure.action
    TitreDeRecette.objects.create(
        action=action,
        reference=f"T{action.projet.appel_id}-{action.projet.numero}-1",
        annee=PREMIERE,
        montant=procedure.montant_retenu or 0,
        motif=procedure.decision,
        procedure=procedure,
        etat=EtatTitre.EMIS if est_emis else EtatTitre.A_EMETTRE,
        numero="2017-T-00018" if est_emis else "",
        emis_le=date(2017, 11, 6) if est_emis else None,
    )


def _en_cours(lignes: Mapping[Action, ExecutionDemo], finances: Personne) -> None:
    """Chez un organisme du porteur d’essai, pour qu’il puisse y répondre ; engagée ces jours-ci."""
    porteur = Personne.objects.filter(email=PORTEUR_D_ESSAI).first()
    siens = set(porteur.organismes.values_list("pk", flat=True)) if porteur else set()
    for action, execution in lignes.items():
        ouverts = sum(un.montant for un in execution.versements if un.echeance.annee == PREMIERE + 1)
        if action.projet.organisme_id not in siens or action.projet.numero == SUSPENDUE or not ouverts:
            continue
        engagee_le = timezone.localdate() - timedelta(days=3)
        ProcedureContradictoire.objects.create(
            action=action,
            sorte=SorteDeProcedure.REDUCTION,
            annee=PREMIERE + 1,
            motif=EN_COURS,
            montant=en_euros(ouverts // PART_EN_JEU),
            engagee_le=engagee_le,
            engagee_par=finances,
            repondre_avant=engagee_le + timedelta(days=21),
        )
        return
