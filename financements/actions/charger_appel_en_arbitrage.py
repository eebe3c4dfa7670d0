"""Charger le programme de 2016 rejoué au moment de l’arbitrage : demandes notées, avis rendus, rien de décidé.

Ses organismes ne sont pas ceux du programme voté. Avec les mêmes, chaque projet doublerait une aide déjà attribuée
(même SIREN, même intitulé, mêmes années) : contrôles, aides de l’organisme et projets du porteur d’essai compteraient
deux fois. Écarter l’appel de chaque compte demanderait une exception à chacun ; d’autres SIREN n’en demandent aucune.
Ses projets n’ont ni date de dépôt ni copie figée, car rien n’a été déposé ici : aucun délai n’y court.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from random import Random

from django.db import transaction

from comptes.models import Organisme, Personne
from comptes.states import Role
from config.socle.montants import en_euros
from financements.actions.affecter_la_demonstration import affecter_les_projets
from financements.actions.charger_appel_en_instruction import instructeurs_par_territoire
from financements.actions.comparer_la_demonstration import comparer_a_2015
from financements.actions.controler_la_demonstration import controler_les_projets
from financements.actions.domicilier_la_demonstration import domicilier
from financements.actions.ecrire_projets_deposes import Contexte, Ecrit, cofinancements, ecrire_les_projets
from financements.actions.noter_la_demonstration import (
    Jury,
    dans_l_ordre,
    ecrire_les_avis,
    ecrire_les_notations,
    total_des_notes,
)
from financements.actions.voter_enveloppe import repartir_enveloppe, voter_enveloppe
from financements.demonstration.appel_suivant import SERVICE
from financements.demonstration.arbitrage import reglages
from financements.demonstration.arbitrage.demandes import DemandeDemo, tirer_les_demandes, votes_par_annee
from financements.demonstration.arbitrage.notes import tirer_les_notes
from financements.demonstration.lignes import ANNEES, AXES, LigneDemo, OrganismeDemo
from financements.demonstration.reglages import QUI_PEUT_REPONDRE, poser_les_reglages
from projets.actions.creer_appel import NouvelAxe, creer_appel
from projets.models import AppelAProjets, AvisInstruction, Cofinancement, Critere, ExerciceProjet, Projet
from projets.states import EtatAppel, EtatProjet, SensDeLAvis, Volet
from territoires.actions.charger_nord import charger_nord
from territoires.models import Commune, ReleveEffectifs

PARTS = {SensDeLAvis.FAVORABLE: 100, SensDeLAvis.RESERVE: reglages.PART_RESERVEE, SensDeLAvis.DEFAVORABLE: 0}  # %


@transaction.atomic
def charger_appel_en_arbitrage(
    *,
    nombre: int = reglages.NOMBRE,
    slug: str = reglages.SLUG_EN_ARBITRAGE,
    prefixe: str = reglages.PREFIXE,
    lignes: Sequence[LigneDemo] | None = None,
) -> AppelAProjets:
    """L’appel et ses `nombre` projets, de 60 (essais) à des milliers (mesures) ; laissé tel quel s’il existe.

    Attend deux instructeurs et un pilote. Son enveloppe est ce que le programme de 2016 a voté à ces projets ; ils en
    demandent une fois et demie, à peu près. `lignes` : le programme voté, s’il est déjà tiré.
    """
    existant = AppelAProjets.objects.filter(slug=slug).first()
    if existant:
        return existant
    demandes = tirer_les_demandes(nombre, lignes)
    appel = _appel(slug, prefixe, demandes)
    _enveloppe(appel, charger_nord(auteur=None), demandes)
    comparer_a_2015(appel)
    organismes = _organismes([une.organisme for une in demandes])
    domicilier(organismes.values())
    contexte = Contexte(
        appel=appel,
        organismes=organismes,
        comptes={},
        documents={},
        instructeurs=instructeurs_par_territoire(),
        est_leger=True,
        est_repris=True,
    )
    ecrits = ecrire_les_projets(contexte, [une.projet for une in demandes])
    Cofinancement.objects.bulk_create(
        autre for ecrit in ecrits for autre in cofinancements(ecrit.projet, ecrit.demo.budget.verifie())
    )
    controler_les_projets(contexte, ecrits)
    _noter(contexte, ecrits, demandes)
    _presenter(contexte, ecrits, demandes)
    return appel


def _appel(slug: str, prefixe: str, demandes: Sequence[DemandeDemo]) -> AppelAProjets:
    """L’appel, en instruction : c’est là que les notes et les avis s’écrivent."""
    appel = AppelAProjets(
        slug=slug,
        prefixe=prefixe,
        intitule=reglages.INTITULE,
        presentation=reglages.PRESENTATION,
        qui_peut_repondre=QUI_PEUT_REPONDRE,
        annee_debut=ANNEES[0],
        annee_fin=ANNEES[-1],
        ouvre_le=reglages.OUVRE_LE,
        ferme_le=reglages.FERME_LE,
        comite_le=reglages.COMITE_LE,
        deliberation_le=reglages.DELIBERATION_LE,
        etat=EtatAppel.INSTRUCTION,
        montant_total=en_euros(sum(votes_par_annee(demandes).values())),
        part_pro_cible=Decimal(59),
        annee_reference=2015,
        part_pro_reference=Decimal(34),
        notations_attendues=reglages.NOTATIONS_ATTENDUES,
        ecart_de_troisieme_avis=Decimal(reglages.ECART_DE_TROISIEME_AVIS),
        contact="insertion@exemple.fr",
        est_fictif=True,
        **SERVICE,
    )
    cree = creer_appel(
        auteur=None, appel=appel, axes=[NouvelAxe(axe.numero, axe.intitule, Volet(axe.volet)) for axe in AXES]
    )
    poser_les_reglages(cree)
    return cree


def _enveloppe(appel: AppelAProjets, releve: ReleveEffectifs, demandes: Sequence[DemandeDemo]) -> None:
    """L’AE, ses CP et leur répartition au prorata, par les actes qui les votent."""
    enveloppe = voter_enveloppe(
        auteur=None,
        appel=appel,
        credits_annuels={annee: en_euros(total) for annee, total in votes_par_annee(demandes).items()},
        deliberation=reglages.DELIBERATION_DE_L_ENVELOPPE,
        votee_le=reglages.ENVELOPPE_VOTEE_LE,
    )
    repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=releve)


def _organismes(organismes: Sequence[OrganismeDemo]) -> Mapping[str, Organisme]:
    """Ceux des demandes, par SIRET, créés au besoin."""
    voulus = {un.siret: un for un in organismes}
    communes = dict(Commune.objects.values_list("code_insee", "pk"))
    Organisme.objects.bulk_create(
        (
            Organisme(
                siret=un.siret,
                rna=un.rna or None,
                nom=un.nom,
                forme_juridique=un.forme_juridique,
                commune_id=communes[un.code_commune],
            )
            for un in voulus.values()
        ),
        ignore_conflicts=True,
    )
    return {str(organisme.siret): organisme for organisme in Organisme.objects.filter(siret__in=voulus)}


def _noter(contexte: Contexte, ecrits: Sequence[Ecrit], demandes: Sequence[DemandeDemo]) -> None:
    """Deux notations rendues et un avis pour chaque projet instruit."""
    criteres = list(contexte.appel.criteres.order_by("ordre"))
    instructeurs = list(Personne.objects.filter(role=Role.INSTRUCTEUR, is_active=True).order_by("pk"))
    alea = Random(reglages.GRAINE)  # noqa: S311 (des données inventées, toujours les mêmes)
    instruits = {
        ecrit.projet.pk: (ecrit, une)
        for ecrit, une in zip(ecrits, demandes, strict=True)
        if ecrit.projet.etat == EtatProjet.INSTRUIT
    }
    jurys = []
    for ecrit, une in instruits.values():
        qui = dans_l_ordre(contexte, ecrit, instructeurs)[: reglages.NOTATIONS_ATTENDUES]
        jurys.append(_jury(ecrit, qui, tirer_les_notes(alea, une.niveau, _poids(criteres)), criteres))
    ecrire_les_notations(alea, jurys, criteres)
    ecrire_les_avis(contexte, jurys, partial(_proposer, {pk: une for pk, (_, une) in instruits.items()}))


def _poids(criteres: Sequence[Critere]) -> list[int]:
    return [int(critere.poids) for critere in criteres]


def _jury(ecrit: Ecrit, qui: Sequence[Personne], notes: Sequence[list[int]], criteres: Sequence[Critere]) -> Jury:
    de_chacun = dict(zip(qui, notes, strict=True))
    return Jury(ecrit, de_chacun, [total_des_notes(criteres, siennes) for siennes in de_chacun.values()])


def _proposer(demandes: Mapping[int, DemandeDemo], rendu: AvisInstruction, exercice: ExerciceProjet) -> Decimal:
    """Le montant favorable, réduit si l’avis est réservé (à la dizaine d’euros), nul s’il est défavorable."""
    favorable = demandes[exercice.projet_id].propositions[exercice.annee]
    part = PARTS[SensDeLAvis(rendu.sens)]
    return en_euros(favorable if part == 100 else favorable * part // 100_000 * 1_000)  # noqa: PLR2004 (cent pour cent)


def _presenter(contexte: Contexte, ecrits: Sequence[Ecrit], demandes: Sequence[DemandeDemo]) -> None:
    """Les projets passent en comité ; ceux qui attendent encore ont leur chef de file ; l’appel passe en arbitrage."""
    presentes = [
        ecrit.projet.pk for ecrit, une in zip(ecrits, demandes, strict=True) if une.etat == EtatProjet.PRESENTE
    ]
    Projet.objects.filter(pk__in=presentes).update(etat=EtatProjet.PRESENTE)
    affecter_les_projets(
        contexte,
        (ecrit for ecrit, une in zip(ecrits, demandes, strict=True) if une.etat == EtatProjet.INSTRUIT),
    )
    contexte.appel.etat = EtatAppel.ARBITRAGE
    contexte.appel.save(update_fields=["etat"])
