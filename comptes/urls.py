"""Adresses des comptes. Les noms sont ceux qu’allauth attend."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
