"""Un programme de démonstration écrit en bloc, de 988 actions ou d’un multiple, pour les mesures."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection, transaction

from comptes.models import Organisme
from config.socle.montants import en_centimes, en_euros
from financements.actions.voter_enveloppe import repartir_enveloppe, voter_enveloppe
from financements.demonstration.generer import generer_programme
from financements.demonstration.lignes import ANNEES, AXES, LigneDemo
from financements.models import Action, ContrepartieFse, Deliberation, PartTranche, Tranche
from projets.actions.creer_appel import NouvelAxe, creer_appel
from projets.models import AppelAProjets, ExerciceProjet, PartProjet, Projet
from projets.states import EtatAppel, EtatProjet, Volet
from territoires.actions.charger_nord import charger_nord
from territoires.models import Commune, Territoire
from territoires.rules.plus_forts_restes import repartir

LOT = 1000  # actions écrites ensemble


@transaction.atomic
def charger_programme(facteur: int = 1, serie: str = "mesures") -> AppelAProjets:
    """L’appel `<serie>-<facteur>` et ses 988 × facteur actions, comme l’import les écrirait."""
    releve = charger_nord(auteur=None)
    lignes = generer_programme(facteur=facteur)
    appel = _appel(facteur, serie)
    cp = {annee: en_euros(sum(ligne.montants.get(annee, 0) for ligne in lignes)) for annee in ANNEES}
    enveloppe = voter_enveloppe(auteur=None, appel=appel, credits_annuels=cp)
    repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=releve)
    _ecrire(appel, lignes)
    mesurer_les_tables()
    return appel


def mesurer_les_tables() -> None:
    """Comme l’import : sans statistiques, PostgreSQL joindrait en boucles, et ses contrôles liraient tout."""
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE")


def _appel(facteur: int, serie: str) -> AppelAProjets:
    appel = AppelAProjets(
        slug=f"{serie}-{facteur}",
        intitule="Insertion des allocataires du RSA 2016-2018",
        annee_debut=ANNEES[0],
        annee_fin=ANNEES[-1],
        ouvre_le=datetime(2016, 4, 1, 7, tzinfo=UTC),
        ferme_le=datetime(2016, 5, 13, 15, tzinfo=UTC),
        etat=EtatAppel.EXECUTION,
        montant_total=en_euros(sum(axe.total for axe in AXES) * facteur),
        part_pro_cible=Decimal(59),
        annee_reference=2015,
        part_pro_reference=Decimal(34),
        est_fictif=True,
    )
    axes = [NouvelAxe(axe.numero, axe.intitule, Volet(axe.volet)) for axe in AXES]
    return creer_appel(auteur=None, appel=appel, axes=axes)


def organismes_du_programme(lignes: Sequence[LigneDemo]) -> dict[str, Organisme]:
    communes = {commune.code_insee: commune for commune in Commune.objects.all()}
    voulus = {ligne.organisme.siret: ligne.organisme for ligne in lignes}
    Organisme.objects.bulk_create(
        (
            Organisme(
                siret=organisme.siret,
                nom=organisme.nom,
                forme_juridique=organisme.forme_juridique,
                commune=communes[organisme.code_commune],
            )
            for organisme in voulus.values()
        ),
        ignore_conflicts=True,
    )
    return {str(organisme.siret): organisme for organisme in Organisme.objects.filter(siret__in=voulus)}


def _ecrire(appel: AppelAProjets, lignes: Sequence[LigneDemo]) -> None:
    axes = {axe.numero: axe for axe in appel.axes.all()}
    organismes = organismes_du_programme(lignes)
    projets = Projet.objects.bulk_create(
        Projet(
            appel=appel,
            numero=ligne.numero,
            axe=axes[ligne.axe],
            organisme=organismes[ligne.organisme.siret],
            intitule=ligne.intitule,
            sous_type=ligne.sous_type,
            etat=EtatProjet.RETENU,
            allocataires_prevus=ligne.allocataires_prevus,
        )
        for ligne in lignes
    )
    actions = Action.objects.bulk_create(
        Action(projet=projet, deliberation=_deliberation(ligne)) for projet, ligne in zip(projets, lignes, strict=True)
    )
    mesurer_les_tables()
    tout = list(zip(projets, actions, lignes, strict=True))
    for debut in range(0, len(tout), LOT):
        _ecrire_les_montants(tout[debut : debut + LOT])


def _deliberation(ligne: LigneDemo) -> Deliberation:
    return Deliberation.objects.get_or_create(reference=ligne.deliberation, adoptee_le=ligne.date_deliberation)[0]


def _ecrire_les_montants(lot: Sequence[tuple[Projet, Action, LigneDemo]]) -> None:
    territoires = {territoire.code: territoire for territoire in Territoire.objects.all()}
    PartProjet.objects.bulk_create(
        PartProjet(projet=projet, territoire=territoires[code], pourcentage=part)
        for projet, _, ligne in lot
        for code, part in ligne.parts
    )
    ExerciceProjet.objects.bulk_create(exercice for projet, _, ligne in lot for exercice in _exercices(projet, ligne))
    tranches = Tranche.objects.bulk_create(
        Tranche(action=action, annee=annee, montant=en_euros(centimes))
        for _, action, ligne in lot
        for annee, centimes in ligne.montants.items()
    )
    parts_de = {action.pk: dict(ligne.parts) for _, action, ligne in lot}
    PartTranche.objects.bulk_create(
        PartTranche(tranche=tranche, territoire=territoires[code], montant=en_euros(centimes))
        for tranche in tranches
        for code, centimes in repartir(en_centimes(tranche.montant), parts_de[tranche.action_id]).items()
    )
    ContrepartieFse.objects.bulk_create(
        ContrepartieFse(action=action, montant_fse=en_euros(ligne.montant_fse))
        for _, action, ligne in lot
        if ligne.montant_fse
    )


def _exercices(projet: Projet, ligne: LigneDemo) -> Iterator[ExerciceProjet]:
    """Le coût du projet se partage entre ses années comme l’aide."""
    for annee, cout in repartir(ligne.cout_total, {str(a): m for a, m in ligne.montants.items()}).items():
        demande = en_euros(min(ligne.montants[int(annee)], cout))
        yield ExerciceProjet(projet=projet, annee=int(annee), cout=en_euros(cout), montant_demande=demande)
