"""Ce que la maison règle dans allauth : pas d’inscription libre tant que le dépôt en ligne n’est pas ouvert."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    """Comportements d’allauth propres à la maison."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (signature d’allauth)
        """Les comptes sont créés par l’administration."""
        return False
