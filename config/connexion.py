"""La connexion obligatoire : où revenir quand la session a expiré au moment d’un envoi."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseRedirectBase
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


class ConnexionObligatoire(LoginRequiredMiddleware):
    """Comme celle de Django, sauf qu’un envoi (POST) ou une mise à jour sur place ramène à la page d’où il part.

    L’adresse d’un envoi ne se lit pas : y revenir par un lien donnerait une erreur 405. Celle d’un fragment ne se lit
    pas seule, et htmx, qui suit les renvois, mettrait la page de connexion dans la liste.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirectBase:  # type: ignore[override]
        """Renvoyer à la connexion."""
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(self._renvoi(request, view_func, "HX-Current-URL").url)
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        return self._renvoi(request, view_func, "Referer")

    def _renvoi(self, request: HttpRequest, view_func: Any, entete: str) -> HttpResponseRedirect:
        """Vers la connexion, puis la page que dit cet en-tête si elle est d’ici, sinon l’accueil."""
        page = request.headers.get(entete, "")
        est_d_ici = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
        chemin = urlsplit(page)._replace(scheme="", netloc="").geturl() if est_d_ici else "/"
        return redirect_to_login(chemin, self.get_login_url(view_func), self.get_redirect_field_name(view_func))
