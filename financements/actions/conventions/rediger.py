"""Préparer, régler, éditer une convention, la reprendre."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db import IntegrityError, transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.commun import (
    exiger_le_droit,
    exiger_sans_demande,
    jeton_neuf,
    modele_de,
    verrouiller,
)
from financements.actions.conventions.tirages import demander_le_tirage
from financements.chiffres.contenu_de_convention import contenu_de_convention, cout_prevu, empreinte_de
from financements.models import Action, Convention
from financements.rules.texte_de_convention import dire, fautes
from financements.rules.variables import TexteRefuse
from financements.states.execution import CYCLE_CONVENTION, EtatConvention
from projets.models import AppelAProjets

CENT = Decimal(100)
CHIFFRES_DU_RANG = 4


@dataclass(frozen=True, slots=True)
class Reglages:
    """Ce que l’on règle d’une convention avant de l’éditer. `taux` : part du coût éligible (%)."""

    debut_le: date
    fin_le: date
    caduque_le: date | None
    taux: Decimal | None


@transaction.atomic
def preparer(*, auteur: Personne, action: Action) -> Convention:
    """Ouvre la convention d’une action : années votées, part de l’aide dans le coût, caducité de l’appel.

    Lève `PermissionDenied`, `PassageRefuse` si elle en a déjà une.
    """
    exiger_le_droit(auteur)
    lue = Action.objects.select_related("projet__appel", "deliberation").get(pk=action.pk)
    modele = modele_de(lue.projet.appel)
    tranches = [tranche for tranche in lue.tranches.all() if tranche.montant]
    if not tranches:
        raise PassageRefuse("Cette action n’a plus de montant\u00a0: il n’y a rien à conventionner.")
    depart = lue.deliberation.executoire_le or lue.deliberation.adoptee_le
    convention = Convention(
        action=lue,
        debut_le=date(tranches[0].annee, 1, 1),
        fin_le=date(tranches[-1].annee, 12, 31),
        caduque_le=plus_mois(max(depart, date(tranches[0].annee, 1, 1)), modele.mois_de_caducite),
        taux=part_de_l_aide(lue),
    )
    try:
        with transaction.atomic():
            convention.save()
    except IntegrityError as deja:
        raise PassageRefuse("Cette action a déjà une convention.") from deja
    journaliser(auteur=auteur, acte="preparer_une_convention", objet=convention, apres=_photographie(convention))
    return convention


def part_de_l_aide(action: Action) -> Decimal | None:
    """L’aide de toutes les années dans le coût prévu (%), au centième supérieur ; None sans coût.

    Arrondi vers le bas, il reprendrait quelques centimes à qui a dépensé tout ce qu’il avait prévu.
    """
    cout = cout_prevu(action)
    aide = sum((tranche.montant for tranche in action.tranches.all()), Decimal(0))
    return min(CENT, (aide * CENT / cout).quantize(Decimal("0.01"), ROUND_CEILING)) if cout else None


@transaction.atomic
def regler_la_convention(*, auteur: Personne, convention: Convention, reglages: Reglages, version: int) -> Convention:
    """Change ses dates et son taux, tant qu’elle est en préparation.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `ValidationError`.
    """
    lue = verrouiller(auteur, convention, version)
    if lue.etat != EtatConvention.PREPARATION:
        raise PassageRefuse("Cette convention est éditée\u00a0: reprenez-en la rédaction pour la régler.")
    avant = _photographie(lue)
    lue.debut_le, lue.fin_le = reglages.debut_le, reglages.fin_le
    lue.caduque_le, lue.taux = reglages.caduque_le, reglages.taux
    lue.version += 1
    lue.full_clean()
    lue.save(update_fields=["debut_le", "fin_le", "caduque_le", "taux", "version"])
    journaliser(auteur=auteur, acte="regler_une_convention", objet=lue, avant=avant, apres=_photographie(lue))
    return lue


@transaction.atomic
def editer(
    *, auteur: Personne, convention: Convention, version: int | None = None, avec_le_pdf: bool = True
) -> Convention:
    """Donne le numéro, fige le texte et son empreinte, tire un jeton neuf, et demande le PDF.

    Le numéro se donne une fois : une convention reprise garde le sien. Lève `PermissionDenied`, `VersionPerimee`,
    `PassageRefuse` (état, texte du modèle fautif).
    """
    lue = verrouiller(auteur, convention, version)
    avant = {"etat": str(lue.etat)}
    lue.etat = CYCLE_CONVENTION.franchir("editer", lue.etat)
    modele = modele_de(lue.action.projet.appel)
    if not lue.numero:
        modele.dernier_rang += 1
        modele.save(update_fields=["dernier_rang"])
        lue.numero = numero_de_la_convention(lue.action.projet.appel, modele.dernier_rang)
    if trouvees := fautes((un["titre"], un["texte"]) for un in modele.articles):
        raise PassageRefuse(f"Le modèle de convention a {len(trouvees)}\u00a0fautes\u00a0: {dire(trouvees[0])}")
    try:
        lue.contenu = contenu_de_convention(lue, modele)
    except TexteRefuse as refus:
        raise PassageRefuse(f"Le modèle de convention ne se rédige pas. {refus}") from refus
    lue.empreinte, lue.jeton = empreinte_de(lue.contenu), jeton_neuf()
    lue.fichier, lue.pages, lue.transmise_le = "", None, None
    lue.version += 1
    lue.save()
    apres = {"etat": str(lue.etat), "numero": lue.numero, "empreinte": lue.empreinte}
    journaliser(auteur=auteur, acte="editer_une_convention", objet=lue, avant=avant, apres=apres)
    if avec_le_pdf:
        demander_le_tirage(auteur=auteur, convention=lue)
    return lue


@transaction.atomic
def reprendre(*, auteur: Personne, convention: Convention, version: int | None = None) -> Convention:
    """Rouvre la rédaction : ce qui a été imprimé ne vaut plus, son jeton non plus.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`.
    """
    lue = verrouiller(auteur, convention, version)
    avant = {"etat": str(lue.etat), "empreinte": lue.empreinte}
    lue.etat = CYCLE_CONVENTION.franchir("reprendre", lue.etat)
    exiger_sans_demande(lue)
    lue.contenu, lue.empreinte, lue.jeton, lue.alerte_le = None, "", None, None
    lue.fichier, lue.pages, lue.transmise_le = "", None, None
    lue.version += 1
    lue.save()
    journaliser(auteur=auteur, acte="reprendre_une_convention", objet=lue, avant=avant, apres={"etat": str(lue.etat)})
    return lue


def plus_mois(jour: date, mois: int) -> date:
    """Le même jour, `mois` plus tard ; le dernier du mois s’il n’existe pas."""
    annee, rang = divmod(jour.month - 1 + mois, 12)
    for quantieme in range(jour.day, 0, -1):
        try:
            return date(jour.year + annee, rang + 1, quantieme)
        except ValueError:
            continue
    raise AssertionError("Un mois a au moins un jour.")


def numero_de_la_convention(appel: AppelAProjets, rang: int) -> str:
    """« AAP16-C0001 »."""
    return f"{(appel.prefixe or appel.slug).upper()}-C{rang:0{CHIFFRES_DU_RANG}}"


def _photographie(convention: Convention) -> dict[str, Any]:
    return {
        "debut_le": convention.debut_le,
        "fin_le": convention.fin_le,
        "caduque_le": convention.caduque_le,
        "taux": convention.taux,
    }
