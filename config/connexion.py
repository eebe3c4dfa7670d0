"""La connexion obligatoire : où revenir quand la session a expiré au moment d’un envoi."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


class ConnexionObligatoire(LoginRequiredMiddleware):
    """Comme celle de Django, sauf qu’après un envoi (POST) on revient à la page d’où il partait.

    L’adresse d’un envoi ne se lit pas : y revenir par un lien donnerait une erreur 405.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Renvoyer à la connexion."""
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        page = request.headers.get("Referer", "")
        est_d_ici = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
        chemin = urlsplit(page)._replace(scheme="", netloc="").geturl() if est_d_ici else "/"
        return redirect_to_login(chemin, self.get_login_url(view_func), self.get_redirect_field_name(view_func))
