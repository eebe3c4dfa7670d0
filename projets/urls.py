"""Adresses de l’app."""

from django.urls import URLPattern

app_name = "projets"
urlpatterns: list[URLPattern] = []
