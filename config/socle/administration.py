"""L’administration technique : le site, réservé à l’administrateur, et des listes en lecture seule.

Les objets de métier se lisent ici et se changent par leurs actes, jamais par un formulaire engendré.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class Administration(admin.AdminSite):
    """Un seul écran de connexion dans l’application ; une personne connectée sans ce rôle reçoit un 403."""

    site_header = site_title = "Mille actions, administration"
    index_title = "Comptes et données de référence"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """L’administrateur seul. Lève `PermissionDenied` pour les autres rôles, plutôt que de les renvoyer."""
        if request.user.is_authenticated and not super().has_permission(request):
            raise PermissionDenied
        return super().has_permission(request)

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Renvoie vers la page de connexion de l’application."""
        suite = request.GET.get("next", "")
        if request.user.is_authenticated:
            self.has_permission(request)
            return redirect("admin:index")
        return redirect_to_login(suite or request.path.removesuffix("login/"), resolve_url(settings.LOGIN_URL))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:  # noqa: ARG002
        """Renvoie vers la page de l’application."""
        return redirect("account_change_password")


class LectureSeule(admin.ModelAdmin):  # type: ignore[type-arg]
    """Liste et fiche sans ajout, changement ni suppression."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 (signature de Django)
        """Jamais."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Jamais."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Jamais."""
        return False
