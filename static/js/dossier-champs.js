// Ce qui aide à remplir une étape ; sans lui, le serveur dit la même chose à l’enregistrement.
"use strict";

(() => {
  const CENT = 10000; // centièmes de pour cent
  const ATTENTE = 500; // ms : un lecteur d’écran n’annonce la somme qu’une fois la frappe finie
  const francais = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });

  // Des centièmes entiers : « 33,33 » vaut 3333. NaN si ce n’est pas un nombre.
  const centiemes = (texte) => {
    const propre = texte.replace(/[\s\u00a0\u202f%]/g, "").replace(",", ".");
    return /^\d*(\.\d{0,2})?$/.test(propre) ? Math.round(Number(propre || 0) * 100) : NaN;
  };

  // La somme des parts, à mesure.
  for (const zone of document.querySelectorAll("[data-somme]")) {
    const cases = [...document.querySelectorAll(`input[name^="${zone.dataset.somme}"]:not([type="hidden"])`)];
    let minuterie = 0;
    const dire = () => {
      const total = cases.reduce((somme, { value }) => somme + centiemes(value), 0);
      const pourcent = (nombre) => `${francais.format(nombre / 100)}\u00a0%`;
      let suite = "";
      if (total < CENT) suite = `\u00a0: il manque ${pourcent(CENT - total)}`;
      if (total > CENT) suite = `\u00a0: il y a ${pourcent(total - CENT)} en trop`;
      zone.dataset.ton = total === CENT ? "favorable" : "attente";
      zone.textContent = Number.isNaN(total) ? "Une des parts n’est pas un nombre." : `Total ${pourcent(total)}${suite}.`;
    };
    for (const une of cases) {
      une.addEventListener("input", () => {
        clearTimeout(minuterie);
        minuterie = setTimeout(dire, ATTENTE);
      });
    }
    dire();
  }

  // Les questions de l’axe choisi ; les réponses des autres axes restent dans la page, cachées.
  const axe = document.getElementById("id_axe");
  axe?.addEventListener("input", () => {
    for (const bloc of document.querySelectorAll("[data-axe]")) bloc.hidden = bloc.dataset.axe !== axe.value;
  });

  // Ajouter une commune à la liste.
  for (const bloc of document.querySelectorAll("[data-ajout]")) {
    const liste = document.getElementById(bloc.dataset.ajout);
    const champ = bloc.querySelector("input");
    const ajouter = () => {
      if (!champ.value.trim()) return;
      liste.value = [...liste.value.split("\n").filter((ligne) => ligne.trim()), champ.value.trim()].join("\n");
      champ.value = "";
      champ.focus();
      liste.dispatchEvent(new Event("input", { bubbles: true }));
    };
    bloc.hidden = false;
    bloc.querySelector("button").addEventListener("click", ajouter);
    champ.addEventListener("keydown", (evenement) => {
      if (evenement.key !== "Enter") return;
      evenement.preventDefault();
      ajouter();
    });
  }
})();
