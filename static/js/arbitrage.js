// L’arbitrage au clavier : Entrée et les flèches passent d’une ligne à l’autre, Ctrl+Z annule. Rien n’en dépend.
"use strict";

(() => {
  const CHAMP = "table.arbitrage td input[inputmode]";

  const voisin = (champ, pas) => {
    const rang = champ.closest("tr");
    const colonne = [...rang.querySelectorAll(CHAMP)].indexOf(champ);
    const suivant = pas > 0 ? rang.nextElementSibling : rang.previousElementSibling;
    return suivant ? suivant.querySelectorAll(CHAMP)[colonne] : null;
  };

  document.addEventListener("keydown", (evenement) => {
    const cible = evenement.target;
    if (!(cible instanceof Element)) return;
    const pas = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[evenement.key];
    if (cible.matches(CHAMP) && pas) {
      evenement.preventDefault(); // Entrée enverrait la page entière
      const suivant = voisin(cible, pas);
      if (suivant) {
        suivant.focus();
        suivant.select();
      } else cible.blur();
      return;
    }
    if (!(evenement.ctrlKey || evenement.metaKey) || evenement.altKey) return;
    if (cible.matches("input, textarea, select")) return; // là, Ctrl+Z défait la frappe
    const bouton = { z: evenement.shiftKey ? "[data-retablir]" : "[data-annuler]", y: "[data-retablir]" }[evenement.key.toLowerCase()];
    const trouve = bouton && document.querySelector(bouton);
    if (!trouve) return;
    evenement.preventDefault();
    trouve.click();
  });

  // Ce qui vient d’être enregistré s’écrit comme le reste : « 78 000 ».
  const ecrire = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
  const centimes = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  document.addEventListener("htmx:afterRequest", (evenement) => {
    const rang = evenement.detail.elt;
    if (!evenement.detail.successful || !rang.matches("table.arbitrage tr")) return;
    const erreur = rang.querySelector(".erreur");
    for (const champ of rang.querySelectorAll(CHAMP)) {
      const enFaute = erreur && (!erreur.dataset.annee || champ.name.endsWith(`-${erreur.dataset.annee}`));
      champ.classList.toggle("is-invalid", Boolean(enFaute));
      if (enFaute) {
        champ.setAttribute("aria-invalid", "true");
        champ.setAttribute("aria-describedby", erreur.id);
      } else {
        champ.removeAttribute("aria-invalid");
        champ.removeAttribute("aria-describedby");
      }
    }
    if (erreur) return;
    for (const champ of rang.querySelectorAll(CHAMP)) {
      if (champ === document.activeElement) continue;
      const nombre = Number(champ.value.replace(/[\s€]/g, "").replace(",", ".") || "0");
      if (Number.isFinite(nombre)) champ.value = (Number.isInteger(nombre) ? ecrire : centimes).format(nombre);
    }
  });
})();
