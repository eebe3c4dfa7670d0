"""Les formats d’échange de `exporter_decisions` : écrire le fichier, dire ce qu’il porte."""

from collections.abc import Callable
from decimal import Decimal
from typing import BinaryIO

from django.core.management.base import CommandError

from config.socle.lecture.erreurs import ErreurLigne, en_tableau, nombre_d_erreurs
from config.socle.montants import format_euros, format_nombre
from financements.actions.exporter_les_decisions import exporter_les_decisions
from financements.actions.exports.profils import envoyer_au_progiciel
from financements.actions.exports.publier import preparer_les_donnees_ouvertes
from financements.chiffres import Perimetre
from financements.chiffres.decisions import Decisions
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel
from financements.chiffres.exports.requete_scdl import Situation
from financements.chiffres.exports.scdl import Subventions
from financements.exports.decisions import FORMATS
from financements.exports.ecrit import FichierRefuse
from financements.models import Action, ProfilDExport
from financements.states.echanges import SorteDeProfil
from projets.models import AppelAProjets

Ecrire = Callable[[BinaryIO, AppelAProjets], str]
FAUTES_DITES = 50


def fautes_en_clair(fautes: list[ErreurLigne]) -> str:
    """Les premières fautes, en tableau, et combien il y en a."""
    debut = list(en_tableau(fautes[:FAUTES_DITES]))
    reste = [f"… et {format_nombre(len(fautes) - FAUTES_DITES)} de plus"] if len(fautes) > FAUTES_DITES else []
    return "\n".join([f"{nombre_d_erreurs(fautes)} : le fichier n’est pas sorti.", *debut, *reste])


def dire(nombre: int, montant: Decimal) -> str:
    """« 988 lignes, 74 300 000,00 € »."""
    return f"{format_nombre(nombre)} {'lignes' if nombre > 1 else 'ligne'}, {format_euros(montant)}"


def envoi(sorte: SorteDeProfil, *, profil: str, exercice: int | None) -> Ecrire:
    """Le fichier du progiciel financier ; sans profil, toutes les colonnes. `CommandError` s’il ne peut pas partir."""
    choisi = ProfilDExport.par_defaut(sorte)
    if profil:
        connus = {un.nom: un for un in ProfilDExport.objects.filter(sorte=sorte)}
        if profil not in connus:
            raise CommandError(f"Aucun profil « {profil} ». Profils connus : {', '.join(connus) or 'aucun'}.")
        choisi = connus[profil]

    def ecrire(fichier: BinaryIO, appel: AppelAProjets) -> str:
        donnees = EnvoiAuProgiciel(appel, Action.objects.filter(projet__appel=appel), sorte, exercice=exercice)
        try:
            envoyer_au_progiciel(auteur=None, profil=choisi, donnees=donnees, fichier=fichier, filtres={})
        except FichierRefuse as refus:
            raise CommandError(fautes_en_clair(refus.fautes)) from None
        return dire(donnees.nombre, donnees.montant)

    return ecrire


def decisions(extension: str) -> Ecrire:
    """Les actions votées, dans ce format de tableur."""

    def ecrire(fichier: BinaryIO, appel: AppelAProjets) -> str:
        lues = Decisions(Perimetre.entier(appel), Action.objects.filter(projet__appel=appel))
        FORMATS[extension].ecrire(fichier, lues, {})
        exporter_les_decisions(auteur=None, decisions=lues, genre=extension, filtres={})
        return dire(lues.actions, lues.total)

    return ecrire


def donnees_ouvertes(*, seuil: bool, etendue: bool) -> Ecrire:
    """Les subventions en SCDL 2.1.1. `CommandError` avec les fautes si des lignes ne sont pas conformes."""

    def ecrire(fichier: BinaryIO, appel: AppelAProjets) -> str:
        choix = Action.objects.filter(projet__appel=appel)
        subventions = Subventions(appel, choix, seuil=seuil, etendue=etendue)
        try:
            preparer_les_donnees_ouvertes(auteur=None, subventions=subventions, fichier=fichier, filtres={})
        except FichierRefuse as refus:
            raise CommandError(fautes_en_clair(refus.fautes)) from None
        attendent = subventions.comptes[Situation.SANS_CONVENTION].nombre
        suite = f" ; {format_nombre(attendent)} en attente de leur convention signée" if attendent else ""
        return dire(subventions.nombre, subventions.montant) + suite

    return ecrire
