"""Les appels et les projets, en lecture : ils changent par leurs actes."""

from django.contrib import admin

from config.socle.administration import LectureSeule
from projets.models import AppelAProjets, Axe, Projet


@admin.register(AppelAProjets)
class AppelAProjetsAdmin(LectureSeule):
    list_display = ("intitule", "periode", "etat", "montant_total", "est_fictif")
    list_filter = ("etat",)


@admin.register(Axe)
class AxeAdmin(LectureSeule):
    list_display = ("numero", "intitule", "volet", "appel")
    list_filter = ("appel",)
    list_select_related = ("appel",)


@admin.register(Projet)
class ProjetAdmin(LectureSeule):
    list_display = ("numero", "intitule", "organisme", "axe", "etat")
    list_filter = ("appel", "etat")
    list_select_related = ("organisme", "axe")
    search_fields = ("intitule_tri", "organisme__nom_tri", "=numero")
