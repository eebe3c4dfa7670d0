"""L’administration technique de Django, montée sur notre site."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "config.socle.administration.Administration"
