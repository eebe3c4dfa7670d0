"""Les adresses : le seul fichier Python qui connaît toutes les apps."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("administration/", admin.site.urls),
    path("", include("comptes.urls")),
    path("", include("projets.urls")),
    path("", include("financements.urls")),
]
