"""Les notes internes du service sur un projet : écrire, prévenir un collègue, retirer la sienne."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.models import Commentaire, Projet
from projets.permissions import instruit


@transaction.atomic
def commenter(*, auteur: Personne, projet: Projet, texte: str, mentions: Iterable[Personne] = ()) -> Commentaire:
    """Écrit une note ; chaque personne nommée en est prévenue. La dernière note envoyée deux fois ne s’écrit qu’une.

    Lève `PermissionDenied` (l’auteur, ou une personne nommée, n’instruit pas ce projet), `ValidationError` si vide.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    nommees = list(mentions)
    if not all(instruit(personne, verrouille) for personne in [auteur, *nommees]):
        raise PermissionDenied
    dernier = verrouille.commentaires.filter(retire_le__isnull=True).last()
    if dernier and (dernier.auteur_id, dernier.texte) == (auteur.pk, texte.strip()):  # un second clic
        return dernier
    commentaire = Commentaire(projet=verrouille, auteur=auteur, texte=texte.strip())
    commentaire.full_clean()
    commentaire.save()
    commentaire.mentions.set(nommees)
    journaliser(
        auteur=auteur,
        acte="commenter",
        objet=verrouille,
        apres={"commentaire": commentaire.pk, "mentions": [str(personne) for personne in nommees]},
    )
    lien = f"{reverse('projets:fiche_instruction', args=[verrouille.pk])}?onglet=echanges#notes-internes"
    texte_de_l_avis = f"{auteur} vous nomme dans une note sur «\u00a0{verrouille.intitule}\u00a0»."
    prevenir(personnes=[p for p in nommees if p.pk != auteur.pk], texte=texte_de_l_avis, lien=lien)
    return commentaire


@transaction.atomic
def retirer_un_commentaire(*, auteur: Personne, commentaire: Commentaire) -> Commentaire:
    """L’auteur retire sa note : son texte ne se montre plus, sa ligne reste.

    Lève `PermissionDenied` si elle est d’un autre, `PassageRefuse` si elle est déjà retirée.
    """
    lignes = Commentaire.objects.select_for_update(of=("self",)).select_related("projet__appel")
    verrouille = lignes.get(pk=commentaire.pk)
    if verrouille.auteur_id != auteur.pk or not instruit(auteur, verrouille.projet):
        raise PermissionDenied
    if verrouille.retire_le:
        raise PassageRefuse("Cette note est déjà retirée.")
    verrouille.retire_le = timezone.now()
    verrouille.save(update_fields=["retire_le"])
    journaliser(
        auteur=auteur, acte="retirer_un_commentaire", objet=verrouille.projet, apres={"commentaire": verrouille.pk}
    )
    return verrouille
