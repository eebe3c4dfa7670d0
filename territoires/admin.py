"""Les territoires, en lecture : ils changent par les chargements et les imports."""

from django.contrib import admin

from config.socle.administration import LectureSeule
from territoires.models import Commune, ReleveEffectifs, Territoire


@admin.register(Territoire)
class TerritoireAdmin(LectureSeule):
    list_display = ("nom", "code", "est_hypothese")
    search_fields = ("nom_tri", "code")


@admin.register(Commune)
class CommuneAdmin(LectureSeule):
    list_display = ("nom", "code_insee", "epci", "territoire")
    list_filter = ("territoire",)
    list_select_related = ("territoire",)
    search_fields = ("nom_tri", "code_insee")


@admin.register(ReleveEffectifs)
class ReleveEffectifsAdmin(LectureSeule):
    list_display = ("observe_le", "unite", "source", "est_fictif")
    list_filter = ("unite", "est_fictif")
