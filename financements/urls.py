"""Adresses de l’app."""

from django.urls import URLPattern

app_name = "financements"
urlpatterns: list[URLPattern] = []
