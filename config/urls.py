"""Les adresses : le seul fichier Python qui connaît toutes les apps."""

from django.contrib import admin
from django.urls import include, path

from config.sante import sante

urlpatterns = [
    path("sante/", sante, name="sante"),
    path("administration/", admin.site.urls),
    path("", include("comptes.urls")),
    path("", include("projets.urls")),
    path("", include("financements.urls")),
]
