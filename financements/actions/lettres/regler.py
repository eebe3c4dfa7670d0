"""Régler le texte d’une lettre de décision."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.versions import VersionPerimee, exiger_la_version
from financements.models import ModeleDeLettre
from financements.permissions import peut_regler_les_lettres
from financements.rules.lettres import Texte, fautes
from financements.rules.textes_des_lettres import FOURNIS
from financements.states import Choix
from projets.models import AppelAProjets


@transaction.atomic
def regler_une_lettre(*, auteur: Personne, appel: AppelAProjets, sens: Choix, texte: Texte) -> ModeleDeLettre:
    """Écrit le modèle ; `texte.version` : celle que la page montrait, 0 pour le texte fourni.

    Les lettres déjà notifiées ne changent pas. Lève `PermissionDenied`, `VersionPerimee`, `ValidationError` (variables
    inconnues, obligatoires absentes, chacune avec sa ligne).
    """
    if not peut_regler_les_lettres(auteur):
        raise PermissionDenied
    actuel = ModeleDeLettre.objects.select_for_update(of=("self",)).filter(appel=appel, sens=sens).first()
    if actuel is not None:
        exiger_la_version(actuel, texte.version)
    elif texte.version:
        raise VersionPerimee(FOURNIS[sens])
    refuser_les_fautes(sens, texte)
    avant = {"objet": actuel.objet, "corps": actuel.corps} if actuel else None
    modele = actuel or ModeleDeLettre(appel=appel, sens=sens, version=0)
    modele.objet, modele.corps = texte.objet.strip(), texte.corps.strip()
    modele.version += 1
    modele.modifie_par = auteur
    modele.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            modele.save()
    except IntegrityError as erreur:  # deux premières écritures au même instant
        raise VersionPerimee(ModeleDeLettre.objects.get(appel=appel, sens=sens)) from erreur
    journaliser(
        auteur=auteur,
        acte="regler_une_lettre",
        objet=modele,
        avant=avant,
        apres={"objet": modele.objet, "corps": modele.corps, "version": modele.version},
    )
    return modele


def refuser_les_fautes(sens: str, texte: Texte) -> None:
    """Lève `ValidationError`, une phrase par faute, sous le champ qui la porte."""
    objet, corps = fautes(sens, texte)
    trouvees = {"objet": [faute.message for faute in objet], "corps": [str(faute) for faute in corps]}
    if any(trouvees.values()):
        raise ValidationError({champ: phrases for champ, phrases in trouvees.items() if phrases})
