"""Charger l’appel qui suit, ouvert au dépôt, avec les brouillons et les documents du porteur d’essai."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from comptes.actions.analyser_document import analyser_un_document
from comptes.actions.comptes_bancaires import NouveauCompte, ajouter_un_compte
from comptes.actions.documents import Description, ajouter_un_document
from comptes.models import Adhesion, Personne
from config.socle.montants import en_euros
from financements.demonstration.appel_suivant import (
    ANNEES_SUIVANTES,
    ARTICLES,
    BROUILLONS,
    COMPTE,
    CREDITS_SUIVANTS,
    DOCUMENTS,
    HEURE_DE_CLOTURE,
    INTITULE,
    JOURS_AVANT_LA_CLOTURE,
    JOURS_AVANT_LA_DELIBERATION,
    JOURS_AVANT_LE_COMITE,
    JOURS_DEPUIS_L_OUVERTURE,
    PRESENTATION,
    REPONSES,
    SERVICE,
    SLUG_SUIVANT,
)
from financements.demonstration.papiers import papier
from projets.actions.copier_appel import copier_appel
from projets.actions.publier_appel import publier_appel, suivre_l_horloge
from projets.actions.saisir import creer_projet, saisir
from projets.models import AppelAProjets

PARIS = ZoneInfo("Europe/Paris")


def charger_appel_suivant(source: AppelAProjets, porteur: Personne) -> AppelAProjets:
    """L’appel copié de `source`, publié et ouvert à la date du jour ; laissé tel quel s’il existe."""
    existant = AppelAProjets.objects.filter(slug=SLUG_SUIVANT).first()
    if existant:
        return existant
    jour = timezone.localdate()
    reglement = papier(f"Règlement de l’appel à projets « {INTITULE} »", ARTICLES)
    appel = copier_appel(
        auteur=None,
        source=source,
        appel=AppelAProjets(
            slug=SLUG_SUIVANT,
            intitule=INTITULE,
            presentation=PRESENTATION,
            annee_debut=ANNEES_SUIVANTES[0],
            annee_fin=ANNEES_SUIVANTES[-1],
            ouvre_le=datetime.combine(jour - timedelta(days=JOURS_DEPUIS_L_OUVERTURE), time(9), PARIS),
            ferme_le=datetime.combine(jour + timedelta(days=JOURS_AVANT_LA_CLOTURE), time(HEURE_DE_CLOTURE), PARIS),
            comite_le=jour + timedelta(days=JOURS_AVANT_LE_COMITE),
            deliberation_le=jour + timedelta(days=JOURS_AVANT_LA_DELIBERATION),
            montant_total=en_euros(CREDITS_SUIVANTS),
            part_pro_cible=source.part_pro_cible,
            reglement=ContentFile(reglement, "reglement.pdf"),
            reglement_nom="reglement-2027-2029.pdf",
            est_fictif=True,
            **SERVICE,
        ),
    )
    publier_appel(auteur=None, appel=appel)
    suivre_l_horloge(timezone.now())
    appel.refresh_from_db()
    _brouillons(appel, porteur)
    return appel


def _brouillons(appel: AppelAProjets, porteur: Personne) -> None:
    """Ceux du premier organisme du porteur d’essai, et sa bibliothèque ; rien s’il n’agit pour personne."""
    adhesion = Adhesion.objects.filter(personne=porteur).select_related("organisme").order_by("pk").first()
    if adhesion is None:
        return
    libelle, iban, bic = COMPTE
    nouveau = NouveauCompte(libelle, adhesion.organisme.nom[:120], iban, bic)
    ajouter_un_compte(auteur=porteur, organisme=adhesion.organisme, nouveau=nouveau)
    axes = {axe.numero: axe for axe in appel.axes.all()}
    reponses = {f"question_{q.pk}": REPONSES[q.intitule] for q in appel.questions.all() if q.intitule in REPONSES}
    for numero, intitule, saisies in BROUILLONS:
        projet = creer_projet(
            auteur=porteur, appel=appel, organisme=adhesion.organisme, axe=axes[numero], intitule=intitule
        )
        lu = dict(projet.saisies.values_list("champ", "valeur"))
        saisir(auteur=porteur, projet=projet, lu=lu, saisi={**saisies, **reponses})
    for nature, titre, annee, texte in DOCUMENTS:
        recu = SimpleUploadedFile(f"{titre}.pdf", papier(titre, [("Contenu", texte)]), "application/pdf")
        description = Description(nature=nature, intitule=titre, annee=annee)
        ajout = ajouter_un_document(auteur=porteur, organisme=adhesion.organisme, recu=recu, description=description)
        analyser_un_document(pk=ajout.document.pk)  # tout de suite : le travailleur n’est pas encore lancé
