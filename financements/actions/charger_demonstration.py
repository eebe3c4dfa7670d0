"""Charger la démonstration entière : territoires, appel, enveloppe, programme, comptes. Jamais en production."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from comptes.actions.creer_personne import NouvellePersonne, creer_personne
from comptes.demonstration import (
    COMPTES_D_ESSAI,
    INSTRUCTEURS_D_ESSAI,
    MOT_DE_PASSE_D_ESSAI,
    PORTEUR_D_ESSAI,
)
from comptes.models import Organisme, Personne
from comptes.states import Role
from config.socle.montants import en_euros
from config.socle.sceaux import sceller_le_journal
from financements.actions.bilans.remplir_la_demonstration import remplir_les_bilans_de_la_demonstration
from financements.actions.charger_appel_en_arbitrage import charger_appel_en_arbitrage
from financements.actions.charger_appel_en_instruction import charger_appel_en_instruction
from financements.actions.charger_appel_suivant import charger_appel_suivant
from financements.actions.comparer_la_demonstration import comparer_a_2015
from financements.actions.equiper_la_demonstration import equiper_la_demonstration
from financements.actions.executer_la_demonstration import executer_la_demonstration
from financements.actions.importer_programme import importer_programme
from financements.actions.imputer_la_demonstration import imputer_la_demonstration
from financements.actions.notifier_la_demonstration import notifier_la_demonstration
from financements.actions.voter_enveloppe import repartir_enveloppe, voter_enveloppe
from financements.demonstration.appel_suivant import SERVICE
from financements.demonstration.fichier import ecrire_xlsx
from financements.demonstration.generer import generer_programme
from financements.demonstration.lignes import ANNEES, AXES, TOTAL, VOTE_LE, LigneDemo
from financements.demonstration.reglages import QUI_PEUT_REPONDRE, poser_les_reglages
from financements.models import Action, Enveloppe
from projets.actions.creer_appel import NouvelAxe, creer_appel
from projets.models import AppelAProjets
from projets.states import EtatAppel, Volet
from territoires.actions.charger_nord import charger_nord
from territoires.models import ReleveEffectifs, Territoire

SLUG = "nord-2016-2018"
NOM_DU_FICHIER = "programme-de-demonstration.xlsx"
VERROU = 2016_2018  # un seul chargement à la fois sur la base
PARIS = ZoneInfo("Europe/Paris")
TERRITOIRES_DE_L_INSTRUCTEUR = ("DOU", "VAL")
ORGANISMES_DU_PORTEUR = 2
PRESENTATION = (
    "Programme départemental d’insertion des allocataires du RSA. Les totaux par axe et le nombre d’actions sont ceux "
    "que le Département du Nord a publiés le 25 juillet 2016 ; tout le reste (actions, organismes, montants par année "
    "et par territoire, effectifs) est inventé pour la démonstration."
)


class DemonstrationRefusee(Exception):
    """La démonstration ne se charge pas ici ; le message dit pourquoi."""


@dataclass(frozen=True, slots=True)
class Bilan:
    """Ce que la base contient après le chargement. `est_charge` : faux si elle devait être vide et ne l’était pas."""

    est_charge: bool
    actions: int = 0
    organismes: int = 0
    total: Decimal = Decimal(0)


def refuser_la_base_d_autrui() -> None:
    """Lève `DemonstrationRefusee` si la base a des personnes ou des appels, et pas l’appel de démonstration.

    Une base sans tables, ou aux tables vides, convient. Ne lit que la base.
    """
    tables = set(connection.introspection.table_names())
    if not {AppelAProjets._meta.db_table, Personne._meta.db_table} <= tables:
        return
    if _est_occupee() and not AppelAProjets.objects.filter(slug=SLUG, est_fictif=True).exists():
        raise DemonstrationRefusee(
            "Cette base a déjà des personnes ou des appels, et n’est pas celle d’une démonstration : rien n’y est "
            "chargé. Choisissez une base vide (DATABASE_URL), ou les serveurs embarqués (sans DATABASE_URL)."
        )


def _est_occupee() -> bool:
    return AppelAProjets.objects.exists() or Personne.objects.exists()


def charger_demonstration(*, si_vide: bool = False) -> Bilan:
    """Charge ce qui manque de la démonstration, tout ou rien ; deux chargements valent un seul.

    `si_vide` : ne rien faire si la base a déjà un appel ou une personne.
    Lève `DemonstrationRefusee` hors du mode de démonstration, dans une base occupée par autre chose que la
    démonstration, ou si l’import du programme trouve une erreur.
    """
    if not settings.MODE_DEMONSTRATION:
        raise DemonstrationRefusee(
            "La démonstration crée des comptes dont le mot de passe est public : elle ne se charge que dans le mode "
            "de démonstration (config.settings.demo), jamais en production."
        )
    with transaction.atomic():
        bilan = _charger(si_vide=si_vide)
    if bilan.est_charge:  # ses actes ont des dates passées : leurs jours se scellent, comme chaque nuit l’aurait fait
        sceller_le_journal(instant=timezone.now())
    return bilan


def _charger(*, si_vide: bool) -> Bilan:
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
    if si_vide and _est_occupee():
        return Bilan(est_charge=False)
    refuser_la_base_d_autrui()
    lignes = generer_programme()
    releve = charger_nord(auteur=None)
    appel = _appel()
    _enveloppe(appel, releve, lignes)
    comparer_a_2015(appel)
    _importer(appel, lignes)
    _comptes(lignes)
    porteur = Personne.objects.filter(email=PORTEUR_D_ESSAI).first()
    if porteur is not None:
        charger_appel_suivant(appel, porteur)
        charger_appel_en_instruction(lignes, porteur)
    charger_appel_en_arbitrage(lignes=lignes)
    imputer_la_demonstration()
    executer_la_demonstration(appel)
    notifier_la_demonstration(appel)
    equiper_la_demonstration(appel)
    remplir_les_bilans_de_la_demonstration(appel)
    return Bilan(
        est_charge=True,
        actions=Action.objects.filter(projet__appel=appel).count(),
        organismes=Organisme.objects.filter(projets__appel=appel).distinct().count(),
        total=appel.enveloppe.montant_ae,
    )


def _appel() -> AppelAProjets:
    """L’appel de 2016, déjà voté : il entre en cours d’exécution, sans passer par les étapes qui l’y ont mené."""
    existant = AppelAProjets.objects.filter(slug=SLUG).first()
    if existant:
        return existant
    appel = AppelAProjets(
        slug=SLUG,
        intitule="Insertion des allocataires du RSA 2016-2018",
        presentation=PRESENTATION,
        qui_peut_repondre=QUI_PEUT_REPONDRE,
        annee_debut=ANNEES[0],
        annee_fin=ANNEES[-1],
        ouvre_le=datetime(2016, 4, 1, 9, tzinfo=PARIS),
        ferme_le=datetime(2016, 4, 29, 17, tzinfo=PARIS),
        deliberation_le=VOTE_LE,
        etat=EtatAppel.EXECUTION,
        montant_total=en_euros(TOTAL),
        part_pro_cible=Decimal(59),
        annee_reference=2015,
        part_pro_reference=Decimal(34),
        contact="insertion@exemple.fr",
        est_fictif=True,
        **SERVICE,
    )
    axes = [NouvelAxe(axe.numero, axe.intitule, Volet(axe.volet)) for axe in AXES]
    cree = creer_appel(auteur=None, appel=appel, axes=axes)
    poser_les_reglages(cree)
    return cree


def _enveloppe(appel: AppelAProjets, releve: ReleveEffectifs, lignes: list[LigneDemo]) -> None:
    """L’AE votée, ses CP par année (la somme des tranches) et leur répartition au prorata des effectifs."""
    if Enveloppe.objects.filter(appel=appel).exists():
        return
    credits_annuels = {annee: en_euros(sum(ligne.montants.get(annee, 0) for ligne in lignes)) for annee in ANNEES}
    enveloppe = voter_enveloppe(
        auteur=None,
        appel=appel,
        credits_annuels=credits_annuels,
        deliberation="DLES/2016/211",
        votee_le=VOTE_LE,
    )
    repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=releve)


def _importer(appel: AppelAProjets, lignes: list[LigneDemo]) -> None:
    """Le programme passe par le même import que le fichier d’un service. Des actions déjà là sont laissées telles."""
    if Action.objects.filter(projet__appel=appel).exists():
        return
    with TemporaryDirectory() as dossier:
        chemin = Path(dossier) / NOM_DU_FICHIER
        ecrire_xlsx(lignes, chemin)
        rendu = importer_programme(auteur=None, appel=appel, chemin=chemin)
    if rendu.erreurs:
        premiere = rendu.erreurs[0]
        raise DemonstrationRefusee(
            f"Le programme de démonstration ne s’importe pas dans l’appel « {appel} » ({len(rendu.erreurs)} erreurs). "
            f"Ligne {premiere.ligne}, {premiere.colonne} : « {premiere.valeur} » ; attendu : {premiere.attendu}."
        )


def _comptes(lignes: list[LigneDemo]) -> None:
    """Un compte par rôle, et des collègues de l’instructeur ; ceux qui existent restent tels qu’ils sont."""
    sirets = [
        siret for siret, _ in Counter(ligne.organisme.siret for ligne in lignes).most_common(ORGANISMES_DU_PORTEUR)
    ]
    organismes = list(Organisme.objects.filter(siret__in=sirets))
    territoires = list(Territoire.objects.filter(code__in=TERRITOIRES_DE_L_INSTRUCTEUR))
    existants = set(Personne.objects.values_list("email", flat=True))
    for compte in COMPTES_D_ESSAI:
        if compte.email in existants:
            continue
        nouvelle = NouvellePersonne(
            compte.email,
            compte.prenom,
            compte.nom,
            compte.role,
            territoires=territoires if compte.role == Role.INSTRUCTEUR else (),
            organismes=organismes if compte.role == Role.PORTEUR else (),
        )
        creer_personne(auteur=None, nouvelle=nouvelle, mot_de_passe=MOT_DE_PASSE_D_ESSAI)
    for collegue in INSTRUCTEURS_D_ESSAI:
        if collegue.email not in existants:
            leurs = list(Territoire.objects.filter(code__in=collegue.territoires))
            nouvelle = NouvellePersonne(
                collegue.email, collegue.prenom, collegue.nom, Role.INSTRUCTEUR, territoires=leurs
            )
            creer_personne(auteur=None, nouvelle=nouvelle, mot_de_passe=MOT_DE_PASSE_D_ESSAI)
