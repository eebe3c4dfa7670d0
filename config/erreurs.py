"""La page d’une méthode non permise : Django rend une réponse vide, que le navigateur montre comme une panne."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


class PageMethodeNonPermise:
    """Écrit la page 405 là où une vue refuse la méthode ; l’en-tête `Allow` reste."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """La réponse de la vue, avec une page si elle est un 405 vide."""
        reponse = self.get_response(request)
        if reponse.status_code == 405 and not reponse.content:  # noqa: PLR2004
            reponse.content = render_to_string("405.html", request=request).encode()
        return reponse
