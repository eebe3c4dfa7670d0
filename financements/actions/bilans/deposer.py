"""Déposer un bilan : un seul acte, tout ou rien. Lignes, effectifs et indicateurs typés, copie figée, récépissé."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from comptes.permissions import est_responsable
from comptes.states import UTILISABLES
from config.socle.journal import journaliser
from config.socle.montants import en_euros
from config.socle.transitions import PassageRefuse
from financements.models import Bilan, CopieDeBilan, EffectifDeBilan, IndicateurDeBilan, LigneDeBilan
from financements.notifications.bilan import bilan_recu
from financements.permissions import suivent_le_bilan
from financements.rules.bilan_verifie import BilanVerifie
from financements.states.execution import CYCLE_BILAN
from financements.tasks.bilans import lancer_le_pdf
from projets.rules.depot import empreinte

CHANGE = "Le bilan a changé pendant que vous le vérifiiez. Il n’est pas déposé\u00a0: relisez-le, puis recommencez."


@transaction.atomic
def deposer_le_bilan(*, auteur: Personne, bilan: Bilan, verifie: BilanVerifie) -> CopieDeBilan:
    """Dépose le bilan tel qu’il a été vérifié ; une correction en ajoute une version, la première reste.

    Lève `PermissionDenied` si l’auteur n’est pas responsable de l’organisme, `PassageRefuse` si le bilan est déjà
    déposé ou a changé depuis la vérification.
    """
    verrouille = Bilan.objects.verrouille(bilan.pk)
    if not est_responsable(auteur, verrouille.action.projet.organisme):
        raise PermissionDenied
    avant = verrouille.etat
    apres = CYCLE_BILAN.franchir("deposer", verrouille.etat)
    if verrouille.version != verifie.version:
        raise PassageRefuse(CHANGE)
    if verrouille.pieces.exclude(document__etat__in=UTILISABLES).exists():
        raise PassageRefuse("Toutes les pièces du bilan ne sont pas contrôlées et saines. Relisez-les.")
    _ecrire(verrouille, verifie)
    instant = timezone.now()
    verrouille.etat, verrouille.depose_le, verrouille.depose_par = apres, instant, auteur
    verrouille.correction, verrouille.cout_propose = "", en_euros(verifie.cout_propose)
    verrouille.version += 1
    verrouille.save()
    return _figer(verrouille, verifie, {"etat": avant}, auteur, instant)


def _ecrire(bilan: Bilan, verifie: BilanVerifie) -> None:
    """Ce que lisent la revue et les chiffres. Le prévu figé reste ; les lignes d’un dépôt d’avant s’effacent."""
    bilan.lignes.filter(prevu=0).delete()
    bilan.lignes.update(realise=0)
    LigneDeBilan.objects.bulk_create(
        [
            LigneDeBilan(
                bilan=bilan,
                cote=ligne.cote,
                compte=ligne.compte,
                rang=ligne.rang,
                precision=ligne.precision,
                realise=en_euros(ligne.realise),
            )
            for ligne in verifie.lignes
        ],
        update_conflicts=True,
        unique_fields=["bilan", "cote", "compte", "rang"],
        update_fields=["realise"],
    )
    bilan.effectifs.all().delete()
    EffectifDeBilan.objects.bulk_create(
        EffectifDeBilan(bilan=bilan, critere=critere, nombre=effectif.nombre, marque=effectif.marque)
        for critere, effectif in verifie.effectifs.items()
    )
    atteints = []
    for indicateur in bilan.indicateurs.all():
        mesure = verifie.indicateurs[indicateur.rang]
        indicateur.realise, indicateur.marque = mesure.nombre, mesure.marque
        atteints.append(indicateur)
    IndicateurDeBilan.objects.bulk_update(atteints, ["realise", "marque"])


def _figer(
    bilan: Bilan, verifie: BilanVerifie, avant: dict[str, Any], auteur: Personne, instant: datetime
) -> CopieDeBilan:
    derniere = bilan.copies.aggregate(v=models.Max("version"))["v"] or 0
    contenu: dict[str, Any] = {
        **verifie.contenu,
        "depose_le": instant.isoformat(),
        "depose_par": {"nom": str(auteur), "courriel": auteur.email},
        "est_tardif": timezone.localdate(instant) > bilan.du_le,
    }
    copie = CopieDeBilan.objects.create(
        bilan=bilan,
        version=derniere + 1,
        deposee_le=instant,
        deposee_par=auteur,
        contenu=contenu,
        empreinte=empreinte(contenu),
    )
    journaliser(
        auteur=auteur,
        acte="deposer_le_bilan",
        objet=bilan,
        avant=avant,
        apres={"etat": bilan.etat, "version": copie.version, "empreinte": copie.empreinte},
    )
    _prevenir(auteur, bilan, copie)
    return copie


def _prevenir(auteur: Personne, bilan: Bilan, copie: CopieDeBilan) -> None:
    """Le récépissé à l’organisme et à qui dépose ; un avis à qui revoit les bilans ; le PDF à part."""
    adresses = {auteur.email, bilan.action.projet.organisme.courriel} - {""}
    for adresse in sorted(adresses):
        deposer_courriel(message=bilan_recu(copie, adresse))
    projet = bilan.action.projet
    texte = f"Le bilan {bilan.annee} de «\u00a0{projet.intitule}\u00a0» est déposé."
    lien = reverse("financements:bilan", args=[projet.appel.slug, projet.numero, bilan.annee])
    prevenir(personnes=suivent_le_bilan(bilan), texte=texte, lien=lien)
    transaction.on_commit(partial(lancer_le_pdf, copie.pk))
