"""Les balises de l’instruction."""

from django import template
from django.template import Context
from django.utils.http import urlencode

register = template.Library()


@register.simple_tag(takes_context=True)
def file_gardee(context: Context) -> str:
    """« ?file=… », à mettre au bout d’une adresse de page à part : la fiche y retrouve la file d’où l’on vient
    (`projets.views.instruction.parcours`). Vide hors d’une file.
    """
    demande = context.get("request")
    file = demande.GET.get("file", "") if demande else ""
    return f"?{urlencode({'file': file})}" if file else ""
