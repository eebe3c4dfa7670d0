"""Le socle est une app Django pour porter le journal et les balises de gabarit."""

from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "config.socle"
    label = "socle"
    verbose_name = "socle"
