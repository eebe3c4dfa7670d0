// Garder dans ce navigateur ce qui est tapé dans un `form[data-garde]`, par personne et par formulaire, et le remettre au
// retour : session expirée, connexion coupée, onglet fermé. Effacé quand c’est reçu, et à la déconnexion (mille-actions.js).
//
// Reçu : le serveur, à qui l’on est encore connecté, a répondu à l’envoi par un renvoi. Une page rendue sur place (saisie à
// corriger, erreur) et la page de connexion ne disent rien de tel : le texte reste.
"use strict";

(() => {
  const PREFIXE = "mille-actions:garde:";
  const PARTIS = "mille-actions:partis"; // dans cet onglet : les clés des formulaires envoyés, sort inconnu
  const DUREE = 7 * 24 * 3600 * 1000; // ms : au-delà, on ne se souvient plus de l’avoir tapé
  const JAMAIS = ["file", "password", "submit", "button", "reset", "image"];
  const { personne } = document.body.dataset;

  const essayer = (faire, sinon = null) => {
    try {
      return faire();
    } catch {
      return sinon; // stockage plein ou interdit, ou abîmé : la page fait comme sans ce script
    }
  };
  const lireLaCle = (cle) => essayer(() => JSON.parse(localStorage.getItem(cle)));
  const oublier = (cle) => essayer(() => localStorage.removeItem(cle));

  const cleDe = (formulaire) => {
    const { pathname, searchParams } = new URL(formulaire.getAttribute("action") ?? "", location.href);
    searchParams.delete("file"); // la file d’où l’on vient ne change pas ce que l’on écrit
    const search = searchParams.size ? `?${searchParams}` : "";
    return `${PREFIXE}${personne}:${pathname}${search}:${formulaire.dataset.garde}`;
  };
  const champs = (formulaire) =>
    [...formulaire.elements].filter(({ name, type }) => name && name !== "csrfmiddlewaretoken" && !JAMAIS.includes(type));
  const estCache = ({ type }) => type === "hidden";

  // Les valeurs d’un élément, telles que le serveur les a données (`auDepart`) ou telles qu’elles sont.
  const valeursDe = (element, auDepart) => {
    if (element.type === "checkbox" || element.type === "radio") {
      return (auDepart ? element.defaultChecked : element.checked) ? [element.value] : [];
    }
    if (element.tagName === "SELECT") {
      const choisies = [...element.options].filter((o) => (auDepart ? o.defaultSelected : o.selected));
      if (auDepart && !choisies.length && !element.multiple && element.options.length) choisies.push(element.options[0]);
      return choisies.map(({ value }) => value);
    }
    return [auDepart ? element.defaultValue : element.value];
  };
  const lire = (formulaire, { auDepart = false, caches = true } = {}) => {
    const valeurs = {};
    for (const element of champs(formulaire)) {
      if (caches || !estCache(element)) (valeurs[element.name] ??= []).push(...valeursDe(element, auDepart));
    }
    return valeurs;
  };
  const egales = (unes, autres) => JSON.stringify(unes) === JSON.stringify(autres);

  const poser = (formulaire, valeurs) => {
    const restent = structuredClone(valeurs);
    for (const element of champs(formulaire).filter(({ name }) => name in restent)) {
      const siennes = restent[element.name];
      if (element.type === "checkbox" || element.type === "radio") element.checked = siennes.includes(element.value);
      else if (element.tagName === "SELECT") for (const o of element.options) o.selected = siennes.includes(o.value);
      else element.value = siennes.shift() ?? element.value;
      if (!estCache(element)) element.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  // Une page rendue en réponse à l’envoi montre déjà ce qui a été tapé : ses valeurs « de départ » sont à garder aussi.
  const rendus = new WeakSet();
  const garder = (formulaire) => {
    const cle = cleDe(formulaire);
    const montrees = { caches: false };
    if (!rendus.has(formulaire) && egales(lire(formulaire, montrees), lire(formulaire, { ...montrees, auDepart: true }))) {
      oublier(cle);
      return;
    }
    essayer(() => localStorage.setItem(cle, JSON.stringify({ le: Date.now(), valeurs: lire(formulaire) })));
  };

  const dire = (formulaire, cle) => {
    const message = document.createElement("div");
    message.className = "message message-warning";
    message.dataset.retrouve = "";
    const texte = document.createElement("span");
    texte.textContent = "Ce que vous aviez tapé ici n’avait pas été reçu\u00a0: le voici. Relisez, puis envoyez.";
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "btn btn-sm btn-outline-secondary text-nowrap";
    bouton.textContent = "Ne pas le reprendre";
    bouton.addEventListener("click", () => {
      HTMLFormElement.prototype.reset.call(formulaire);
      poser(formulaire, lire(formulaire));
      oublier(cle);
      message.remove();
      champs(formulaire).find((element) => !estCache(element))?.focus();
    });
    message.append(texte, bouton);
    formulaire.before(message);
    formulaire.closest("details")?.setAttribute("open", ""); // un texte retrouvé ne reste pas replié
    const annonce = document.getElementById("annonce");
    if (annonce) annonce.textContent = texte.textContent;
  };

  // Les champs cachés reviennent avec le texte : la version sur laquelle il a été tapé, pour que le serveur voie un conflit.
  const reprendre = (formulaire) => {
    const cle = cleDe(formulaire);
    const garde = lireLaCle(cle);
    if (!garde) return;
    const visibles = lire(formulaire, { caches: false });
    const gardees = Object.fromEntries(Object.keys(visibles).map((nom) => [nom, garde.valeurs[nom] ?? visibles[nom]]));
    if (egales(visibles, gardees)) return;
    poser(formulaire, garde.valeurs);
    dire(formulaire, cle);
  };

  const partis = essayer(() => JSON.parse(sessionStorage.getItem(PARTIS))) ?? [];
  essayer(() => sessionStorage.removeItem(PARTIS));
  const [arrivee] = performance.getEntriesByType("navigation");
  const estRenvoye = arrivee?.redirectCount > 0 && arrivee.type !== "back_forward";
  if (personne && estRenvoye) partis.forEach(oublier);
  for (const cle of essayer(() => Object.keys(localStorage), []) ?? []) {
    if (cle.startsWith(PREFIXE) && !(Date.now() - lireLaCle(cle)?.le < DUREE)) oublier(cle);
  }
  if (!personne) return;

  const installer = (racine) => {
    for (const formulaire of racine.querySelectorAll("form[data-garde]")) {
      if (partis.includes(cleDe(formulaire)) && !estRenvoye && arrivee?.type !== "back_forward") {
        rendus.add(formulaire);
        garder(formulaire);
      } else reprendre(formulaire);
    }
  };
  const surFrappe = ({ target }) => {
    const formulaire = target.form ?? target;
    if (formulaire instanceof HTMLFormElement && formulaire.matches("[data-garde]")) garder(formulaire);
  };
  document.addEventListener("input", surFrappe);
  document.addEventListener("change", surFrappe);
  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    if (evenement.defaultPrevented || !formulaire.matches("[data-garde]")) return;
    garder(formulaire);
    essayer(() => sessionStorage.setItem(PARTIS, JSON.stringify([cleDe(formulaire)])));
  });
  // Mise à jour sur place : reçu si la réponse ne montre plus de champ à corriger et n’envoie pas ailleurs.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { elt, successful, xhr } = detail;
    if (!successful || !elt.matches("form[data-garde]") || xhr.getResponseHeader("HX-Redirect")) return;
    const cle = cleDe(elt);
    setTimeout(() => {
      const encore = [...document.querySelectorAll("form[data-garde]")].find((f) => cleDe(f) === cle);
      if (!encore?.querySelector("[aria-invalid='true'], .is-invalid")) oublier(cle);
    }, 100);
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => installer(detail.elt.parentElement ?? document));
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) essayer(() => sessionStorage.removeItem(PARTIS));
  });
  installer(document);
})();
