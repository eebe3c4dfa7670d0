// L’agrément, jamais l’essentiel : annoncer les mises à jour, poser le focus, fermer le menu, ne pas encombrer la tabulation.
"use strict";

(() => {
  const SILENCE = 5000; // ms entre deux annonces d’un même avancement : un lecteur d’écran doit pouvoir finir sa phrase
  let derniere = 0;

  const annoncer = (texte, presse) => {
    const zone = document.getElementById("annonce");
    const maintenant = Date.now();
    if (!zone || !texte || (!presse && maintenant - derniere < SILENCE)) return;
    derniere = maintenant;
    zone.textContent = texte;
  };

  const poserLeFocus = (racine) => {
    const cible = racine.querySelector("[data-focus]");
    if (cible) cible.focus();
  };

  // htmx rend le foyer à l’élément de même id. S’il n’est plus là (« Suivante », sur la dernière page), la page courante le reçoit.
  let avaitLeFoyer = false;
  document.addEventListener("htmx:beforeSwap", (evenement) => {
    avaitLeFoyer = evenement.detail.target.contains(document.activeElement);
  });
  const rendreLeFoyer = (racine) => {
    if (!avaitLeFoyer || document.activeElement !== document.body) return;
    const courante = racine.querySelector(".pagination [aria-current]");
    if (courante) courante.focus({ preventScroll: true });
  };

  const direLaFin = (cadre) => cadre.classList.toggle("fin", cadre.scrollLeft + cadre.clientWidth >= cadre.scrollWidth - 1);

  // Un cadre qui déborde le dit et reçoit la tabulation ; un cadre qui tient n’a pas à la recevoir.
  const regler = (cadre) => {
    const deborde = cadre.scrollWidth > cadre.clientWidth + 1;
    cadre.classList.toggle("deborde", deborde);
    direLaFin(cadre);
    if (deborde) cadre.setAttribute("tabindex", "0");
    else cadre.removeAttribute("tabindex");
  };

  // Fenêtre, police arrivée, volet ouvert, ligne ajoutée : tout ce qui change une largeur passe par ici. L’indice posé
  // change la hauteur du cadre observé : il attend l’image suivante, sans quoi l’observateur se plaindrait de tourner.
  const largeurs = new ResizeObserver((changees) => {
    const cadres = new Set(changees.map(({ target }) => target.closest(".defilement")));
    requestAnimationFrame(() => cadres.forEach((cadre) => cadre && regler(cadre)));
  });

  const reglerLesCadres = () => {
    for (const cadre of document.querySelectorAll(".defilement")) {
      regler(cadre);
      for (const observe of [cadre, ...cadre.children]) largeurs.observe(observe);
    }
  };

  const signaler = (texte) => {
    const zone = document.getElementById("messages");
    const message = document.createElement("div");
    message.className = "message message-error";
    message.textContent = texte;
    if (zone) zone.replaceChildren(message);
  };

  document.addEventListener("htmx:afterSettle", (evenement) => {
    const arrive = evenement.detail.elt;
    const porteur = arrive.matches("[data-annonce]") ? arrive : arrive.querySelector("[data-annonce]");
    if (porteur) annoncer(porteur.dataset.annonce, !porteur.hasAttribute("hx-trigger"));
    poserLeFocus(arrive);
    rendreLeFoyer(arrive);
    reglerLesCadres();
  });
  document.addEventListener("htmx:responseError", () => signaler("La mise à jour n’a pas abouti. Rechargez la page."));
  document.addEventListener("htmx:sendError", () => signaler("Le serveur ne répond pas. Vérifiez votre connexion, puis rechargez la page."));

  // Ce qu’un projet garde dans ce navigateur (dossier.js) ne reste pas après la déconnexion.
  for (const sortie of document.querySelectorAll("form[data-deconnexion]")) {
    sortie.addEventListener("submit", () => {
      try {
        for (const cle of Object.keys(localStorage)) if (cle.startsWith("mille-actions:")) localStorage.removeItem(cle);
      } catch {
        // Stockage interdit par le navigateur : rien n’y a été gardé.
      }
    });
  }

  const menu = document.querySelector("details.compte");
  if (menu) {
    document.addEventListener("click", (evenement) => {
      if (!menu.contains(evenement.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (evenement) => {
      if (evenement.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }

  poserLeFocus(document);
  reglerLesCadres();
  document.addEventListener("scroll", ({ target }) => {
    if (target instanceof Element && target.matches(".defilement")) direLaFin(target);
  }, { capture: true, passive: true });
})();
