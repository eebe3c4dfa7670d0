"""Un objet de chaque sorte de l’exécution, pour la table des accès."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from financements.models import Action, Bilan, PieceDeVersement, ProcedureContradictoire
from financements.states.execution import EtatVersement
from tests.financements.execution.fabriques import affecter, bilan, engager, programme, regle, titre, versement


def procedure(action: Action) -> ProcedureContradictoire:
    """Une procédure de réduction, engagée hier."""
    hier = timezone.localdate() - timedelta(days=1)
    return ProcedureContradictoire.objects.create(
        action=action,
        sorte="reduction",
        annee=2018,
        motif="Effectif moindre.",
        montant=Decimal("100.00"),
        engagee_le=hier,
        repondre_avant=hier + timedelta(days=20),
    )


def execution_de(action: Action) -> dict[str, object]:
    """L’action engagée, un versement prévu et sa pièce, un payé et son titre ; les mêmes dans un autre appel."""
    affecter(action, "30000.00")
    engager(action, {2016: "10000.00", 2017: "10000.00", 2018: "10000.00"})
    prevu = versement(action, "8000.00")
    versement(action, "100.00", EtatVersement.PAYE)
    piece = PieceDeVersement.objects.create(versement=prevu, libelle="Décompte", recue_le=date(2017, 1, 5))
    if not Bilan.objects.filter(action=action, annee=2016).exists():
        bilan(action)
    (autre,) = programme()
    engager(autre)
    paye = versement(autre, "100.00", EtatVersement.PAYE)
    sienne = regle(action.projet.appel)
    regle(action.projet.appel, "annuel", est_par_defaut=False)
    return {
        "versement": prevu.pk,
        "versement_d_autrui": paye.pk,
        "piece_versee": piece.pk,
        "titre_de_recette": titre(action, "50.00").pk,
        "titre_d_autrui": titre(autre, "50.00").pk,
        "procedure": procedure(action).pk,
        "procedure_d_autrui": procedure(autre).pk,
        "regle": sienne.pk,
        "regle_d_un_autre_appel": regle(autre.projet.appel).pk,
    }
