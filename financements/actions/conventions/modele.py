"""Régler le modèle de convention d’un appel."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.conventions.commun import exiger_le_droit, modele_de
from financements.models import ModeleDeConvention
from financements.rules.texte_de_convention import ARTICLES_AU_PLUS, dire, fautes
from projets.models import AppelAProjets


@transaction.atomic
def regler_le_modele_de_convention(
    *,
    auteur: Personne,
    appel: AppelAProjets,
    articles: Sequence[tuple[str, str]],
    signataire: str,
    mois_de_caducite: int,
    version: int,
) -> ModeleDeConvention:
    """Change les articles (titre, texte), le signataire et le délai. Ce qui est édité garde son texte.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse` (variables inconnues ou manquantes), `ValidationError`.
    """
    exiger_le_droit(auteur)
    modele = modele_de(appel)
    exiger_la_version(modele, version)
    if not 0 < len(articles) <= ARTICLES_AU_PLUS:
        raise PassageRefuse(f"Une convention a de un à {ARTICLES_AU_PLUS} articles.")
    if trouvees := fautes(articles):
        raise PassageRefuse(f"{len(trouvees)}\u00a0fautes dans les articles\u00a0: {dire(trouvees[0])}")
    avant = {
        "articles": len(modele.articles),
        "signataire": modele.signataire,
        "mois_de_caducite": modele.mois_de_caducite,
    }
    modele.articles = [{"titre": titre, "texte": texte} for titre, texte in articles]
    modele.signataire, modele.mois_de_caducite = signataire.strip(), mois_de_caducite
    modele.version += 1
    modele.modifie_le, modele.modifie_par = timezone.now(), auteur
    modele.full_clean()
    modele.save()
    apres = {
        "articles": len(articles),
        "signataire": modele.signataire,
        "mois_de_caducite": modele.mois_de_caducite,
        "version": modele.version,
    }
    journaliser(auteur=auteur, acte="regler_le_modele_de_convention", objet=modele, avant=avant, apres=apres)
    return modele
