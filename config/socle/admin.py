"""Le journal, en lecture : qui a fait quoi, et quand."""

from django.contrib import admin

from config.socle.administration import LectureSeule
from config.socle.models import Journal


@admin.register(Journal)
class JournalAdmin(LectureSeule):
    list_display = ("quand", "auteur", "acte", "objet_libelle")
    list_filter = ("acte", "objet_type")
    list_select_related = ("auteur",)
    search_fields = ("objet_libelle", "objet_id")
    date_hierarchy = "quand"
