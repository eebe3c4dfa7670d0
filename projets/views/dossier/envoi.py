"""Ce qu’une page d’étape envoie : qui, ce qu’elle avait lu, ce qui y est tapé, et les conflits tranchés."""

import json
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from comptes.permissions import personne_de
from projets.forms.dossier.etape import FormulaireDeSaisies
from projets.rules.fusion import Valeur


class EnvoiDeQuelqunDAutre(Exception):
    """La page avait été ouverte par une autre personne que celle qui est connectée maintenant."""


@dataclass
class Envoi:
    """`form` : celui de la page. Sans JavaScript, « garder » et « prendre » nomment un champ en conflit."""

    request: HttpRequest
    form: FormulaireDeSaisies

    @cached_property
    def lu(self) -> dict[str, Valeur]:
        """Ce que la page montrait à son ouverture. « Garder la mienne » : l’autre version est alors lue aussi."""
        garde, vu = self.request.POST.get("garder", ""), self._json("vu")
        tranche = {garde: vu[garde]} if garde in vu else {}
        return {**self._json("lu"), **tranche}

    @cached_property
    def saisi(self) -> dict[str, Valeur]:
        """Ce qui est tapé. « Prendre la leur » : ma version du champ est laissée."""
        saisi = self.form.saisies(self.request.POST)
        saisi.pop(self.request.POST.get("prendre", ""), None)
        return saisi

    @property
    def version(self) -> int:
        """La version du projet que la page connaît ; 0 si elle ne le dit pas : tout lui sera redit."""
        dite = self.request.POST.get("version", "")
        return int(dite) if dite.isdecimal() and len(dite) < 10 else 0  # noqa: PLR2004 (la taille de la colonne)

    def verifier_l_expediteur(self) -> None:
        """Lève `EnvoiDeQuelqunDAutre` : ce qu’a tapé l’une ne se signe pas du nom de l’autre."""
        personne = personne_de(self.request)
        if self.request.POST.get("personne", str(personne.pk)) != str(personne.pk):
            raise EnvoiDeQuelqunDAutre(
                f"La session ouverte sur cet ordinateur est celle de {personne} : rien n’est enregistré sous son nom."
            )

    def _json(self, nom: str) -> dict[str, Valeur]:
        """Un champ caché en JSON. Illisible, il ne vaut rien ; de même une valeur ni texte ni liste de textes."""
        try:
            objet = json.loads(self.request.POST.get(nom, "{}"))
        except ValueError:
            return {}
        return {champ: v for champ, v in objet.items() if _est_une_valeur(v)} if isinstance(objet, dict) else {}


def _est_une_valeur(valeur: object) -> bool:
    if isinstance(valeur, list):
        return all(isinstance(v, str) for v in valeur)
    return isinstance(valeur, str)
