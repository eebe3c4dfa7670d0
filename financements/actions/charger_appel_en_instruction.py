"""Charger l’appel clos dont les projets sont à l’instruction : des dépôts inventés, à tous les stades."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.utils import timezone

from comptes.models import Adhesion, Document, Organisme, Personne
from comptes.states import EtatDocument, Role
from config.socle.fichiers.noms import chemin_au_hasard
from config.socle.montants import en_euros
from financements.actions.affecter_la_demonstration import affecter_les_projets
from financements.actions.controler_la_demonstration import controler_les_projets
from financements.actions.domicilier_la_demonstration import domicilier
from financements.actions.ecrire_projets_deposes import Contexte, ecrire_les_projets
from financements.actions.faire_parler_la_demonstration import faire_parler
from financements.actions.journal_de_demonstration import journaliser_les_parcours
from financements.actions.noter_la_demonstration import noter_les_projets
from financements.demonstration.appel_suivant import SERVICE
from financements.demonstration.instruction.organismes import PAPIERS, remplir_la_fiche
from financements.demonstration.instruction.projets import ProjetDemo, tirer_projets
from financements.demonstration.instruction.reglages import (
    ANNEES_EN_INSTRUCTION,
    COMITE_APRES_LA_CLOTURE,
    CREDITS,
    CRITERES,
    DELIBERATION_APRES_LA_CLOTURE,
    DESCRIPTIONS,
    DUREE_DU_DEPOT,
    ECART_DE_TROISIEME_AVIS,
    HEURE_DE_CLOTURE,
    INTITULE,
    JOURS_DEPUIS_LA_CLOTURE,
    NOTATIONS_ATTENDUES,
    PIECES,
    PREFIXE,
    PRESENTATION,
    QUESTIONS,
    SLUG_EN_INSTRUCTION,
)
from financements.demonstration.lignes import AXES, LigneDemo
from financements.demonstration.papiers import papier
from financements.demonstration.reglages import QUI_PEUT_REPONDRE, poser_les_reglages
from projets.actions.creer_appel import NouvelAxe, creer_appel
from projets.models import AppelAProjets
from projets.states import EtatAppel, Volet

PARIS = ZoneInfo("Europe/Paris")
DOSSIER = "documents"


def charger_appel_en_instruction(lignes: Sequence[LigneDemo], porteur: Personne) -> AppelAProjets:
    """L’appel et ses projets, déposés par les organismes du programme voté ; laissés tels quels s’ils existent.

    Le dernier organisme du porteur d’essai en a trois ; le premier, qui garde ses brouillons à finir, aucun.
    """
    existant = AppelAProjets.objects.filter(slug=SLUG_EN_INSTRUCTION).first()
    if existant:
        return existant
    appel = creer_l_appel(SLUG_EN_INSTRUCTION, PREFIXE)
    siens = list(Adhesion.objects.filter(personne=porteur).order_by("pk").values_list("organisme__siret", flat=True))
    du_porteur = str(siens[-1]) if len(siens) > 1 else ""
    projets = tirer_projets(lignes, du_porteur=du_porteur, exclus=frozenset(map(str, siens[:1])))
    contexte = preparer(appel, projets, porteur)
    ecrits = ecrire_les_projets(contexte, projets)
    affectations = affecter_les_projets(contexte, ecrits)
    controler_les_projets(contexte, ecrits)
    noter_les_projets(contexte, ecrits)
    journaliser_les_parcours(contexte, ecrits, affectations)
    faire_parler(contexte, ecrits)
    return appel


def creer_l_appel(slug: str, prefixe: str) -> AppelAProjets:
    """L’appel, clos il y a vingt-cinq jours et passé à l’instruction, avec ses axes, pièces, questions et critères."""
    cloture = timezone.localdate() - timedelta(days=JOURS_DEPUIS_LA_CLOTURE)
    appel = AppelAProjets(
        slug=slug,
        prefixe=prefixe,
        intitule=INTITULE,
        presentation=PRESENTATION,
        qui_peut_repondre=QUI_PEUT_REPONDRE,
        annee_debut=ANNEES_EN_INSTRUCTION[0],
        annee_fin=ANNEES_EN_INSTRUCTION[-1],
        ouvre_le=datetime.combine(cloture - timedelta(days=DUREE_DU_DEPOT), time(9), PARIS),
        ferme_le=datetime.combine(cloture, time(HEURE_DE_CLOTURE), PARIS),
        comite_le=cloture + timedelta(days=COMITE_APRES_LA_CLOTURE),
        deliberation_le=cloture + timedelta(days=DELIBERATION_APRES_LA_CLOTURE),
        etat=EtatAppel.INSTRUCTION,
        montant_total=en_euros(CREDITS),
        part_pro_cible=Decimal(59),
        notations_attendues=NOTATIONS_ATTENDUES,
        ecart_de_troisieme_avis=Decimal(ECART_DE_TROISIEME_AVIS),
        contact="insertion@exemple.fr",
        est_fictif=True,
        **SERVICE,
    )
    axes = [NouvelAxe(axe.numero, axe.intitule, Volet(axe.volet), DESCRIPTIONS[axe.numero]) for axe in AXES]
    cree = creer_appel(auteur=None, appel=appel, axes=axes)
    poser_les_reglages(cree, pieces=PIECES, questions=QUESTIONS, criteres=CRITERES)
    return cree


def preparer(appel: AppelAProjets, projets: Sequence[ProjetDemo], porteur: Personne | None) -> Contexte:
    """Les fiches, les comptes bancaires et les documents des organismes qui déposent, et qui les instruit."""
    organismes = {str(o.siret): o for o in Organisme.objects.filter(siret__in={p.siret for p in projets})}
    for rang, siret in enumerate(sorted(organismes)):
        remplir_la_fiche(organismes[siret], rang)
    champs = ["adresse", "representant_nom", "representant_qualite", "telephone", "courriel"]
    Organisme.objects.bulk_update(organismes.values(), champs, batch_size=500)
    du_porteur = set(porteur.organismes.values_list("pk", flat=True)) if porteur else set()
    return Contexte(
        appel=appel,
        organismes=organismes,
        comptes=domicilier(organismes.values()),
        documents=_documents(organismes, appel.ferme_le - timedelta(days=9), a_part=du_porteur),
        instructeurs=instructeurs_par_territoire(),
        deposants=dict.fromkeys(du_porteur, porteur) if porteur else {},
    )


def _documents(
    organismes: Mapping[str, Organisme], envoye_le: datetime, a_part: set[int]
) -> dict[tuple[str, str], Document]:
    """Chaque organisme a les mêmes papiers, d’un seul fichier chacun ; ceux du porteur d’essai ont leurs fichiers.

    Ainsi ce qu’il efface ne manque à personne.
    """
    octets = {un.cle: papier(un.intitule, un.parties) for un in PAPIERS}
    communs = {cle: _ranger(contenu) for cle, contenu in octets.items()}
    deja = Document.objects.filter(organisme__in=organismes.values(), nom__in=[un.nom for un in PAPIERS])
    connus = {(str(d.organisme.siret), d.nom): d for d in deja.select_related("organisme")}
    documents: dict[tuple[str, str], Document] = {}
    retrouves: set[tuple[str, str]] = set()
    for siret, organisme in organismes.items():
        for un in PAPIERS:
            if (siret, un.nom) in connus:
                documents[siret, un.cle] = connus[siret, un.nom]
                retrouves.add((siret, un.cle))
                continue
            chemin = _ranger(octets[un.cle]) if organisme.pk in a_part else communs[un.cle]
            documents[siret, un.cle] = Document(
                organisme=organisme,
                nature=un.nature,
                intitule=un.intitule,
                annee=un.annee,
                fichier=chemin,
                nom=un.nom,
                format="pdf",
                taille=len(octets[un.cle]),
                empreinte=sha256(octets[un.cle]).hexdigest(),
                etat=EtatDocument.SAIN,
                analyse_le=envoye_le,
                envoye_le=envoye_le,
            )
    Document.objects.bulk_create(documents[cle] for cle in documents if cle not in retrouves)
    return documents


def _ranger(octets: bytes) -> str:
    """Le chemin du fichier, dans le stockage privé."""
    champ: Any = Document._meta.get_field("fichier")
    return str(champ.storage.save(chemin_au_hasard(DOSSIER, "papier.pdf"), ContentFile(octets)))


def instructeurs_par_territoire() -> dict[str, Personne]:
    """Pour chaque territoire, celui qui en instruit les projets ; le pilote là où il n’y en a pas."""
    pilote = Personne.objects.filter(role=Role.PILOTE).order_by("pk").first()
    instructeurs = Personne.objects.filter(role=Role.INSTRUCTEUR).order_by("-pk").prefetch_related("territoires")
    par_territoire = {t.code: personne for personne in instructeurs for t in personne.territoires.all()}
    return _Defaut(par_territoire, pilote)


class _Defaut(dict[str, Personne]):
    """Un dictionnaire qui répond quelqu’un pour un territoire sans instructeur."""

    def __init__(self, connus: Mapping[str, Personne], defaut: Personne | None) -> None:
        super().__init__(connus)
        self.defaut = defaut

    def __missing__(self, cle: str) -> Personne:
        if self.defaut is None:
            raise KeyError(cle)
        return self.defaut
