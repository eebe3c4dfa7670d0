"""Les adresses : le seul fichier Python qui connaît toutes les apps."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import TemplateView

from config.sante import sante

urlpatterns = [
    path("sante/", sante, name="sante"),
    path(
        "accessibilite/",
        login_not_required(TemplateView.as_view(template_name="pages/accessibilite.html")),
        name="accessibilite",
    ),
    path("administration/", admin.site.urls),
    path("", include("comptes.urls")),
    path("", include("projets.urls")),
    path("", include("financements.urls")),
]
