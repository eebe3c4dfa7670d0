"""Les entrées de la barre de navigation, selon le rôle de la personne."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 (forme d’un context processor)
    """Processeur de contexte."""
    return {}
