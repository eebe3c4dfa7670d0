"""Champs de modèle propres à la maison."""

from typing import Any

from django.db import models

from config.socle.recherche import cle_de_tri


class CleDeTriField(models.CharField):  # type: ignore[type-arg]
    """Colonne calculée à chaque enregistrement (même en lot) : le texte d’un autre champ, sans accent ni casse."""

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        kwargs.setdefault("max_length", 300)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Garder la source dans les migrations."""
        nom, chemin, args, kwargs = super().deconstruct()
        return nom, chemin, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002, FBT001 (signature de Django)
        """Recalculer depuis la source."""
        valeur = cle_de_tri(getattr(model_instance, self.source))[: self.max_length]
        setattr(model_instance, self.attname, valeur)
        return valeur
