// L’enregistrement automatique d’un projet. Sans lui la page s’enregistre entière ; avec lui, champ par champ.
//
// « lu » : pour chaque champ, ce que le serveur a, à notre connaissance. Un champ est sale si l’écran dit autre chose.
// Ce qui est sale part après une pause, ensemble, un seul envoi à la fois ; en attendant c’est gardé dans ce navigateur,
// par personne et par projet. Le serveur fusionne : un champ changé des deux côtés revient en conflit, jamais écrasé.
"use strict";

(() => {
  const formulaire = document.querySelector("form[data-dossier]");
  if (!formulaire) return;

  const PAUSE = 900; // ms sans frappe avant d’enregistrer
  const DELAI_MAXIMAL = 20000; // ms avant de tenir un envoi pour perdu
  const REPRISES = [2000, 4000, 8000, 15000, 30000]; // ms entre deux essais quand le serveur ne répond pas
  const POIDS_D_UN_ENVOI_QUI_SURVIT = 60000; // caractères : au-delà, le navigateur refuse « keepalive »
  const PREFIXE = "mille-actions:brouillon:";
  const PREFIXE_DE_VERSION = "mille-actions:version:"; // dans cet onglet : la dernière version du projet que l’on connaît

  const adresse = formulaire.dataset.dossier;
  const cache = (nom) => formulaire.querySelector(`input[type="hidden"][name="${nom}"]`);
  const noms = [...formulaire.querySelectorAll('input[type="hidden"][name="champs"]')].map((champ) => champ.value);
  const lu = JSON.parse(cache("lu").value);
  const conflits = new Map(); // champ → ce que le serveur en dit
  const rejetes = new Map(); // champ → { valeur, motif } : trop long, on n’insiste pas tant qu’il n’a pas changé
  const enAttente = new Map(); // champ → écrit par quelqu’un d’autre pendant que nous y sommes
  let erreurs = {};
  let version = cache("version").value;
  let minuterie = 0;
  let enVol = null;
  let reprises = 0;
  let panne = false; // le dernier envoi n’est pas arrivé
  let arrete = false; // le serveur n’en veut plus : projet déposé, autre personne
  let onPart = false;
  let revenu = false; // ce qui n’était pas enregistré vient d’être retrouvé : le dire jusqu’à la prochaine frappe

  // --- Lire et poser la valeur d’un champ ---------------------------------------------------------------------
  const elements = (nom) => [...formulaire.querySelectorAll(`[name="${CSS.escape(nom)}"]`)];
  const normaliser = (valeur) => (Array.isArray(valeur) ? valeur : valeur.replace(/\r\n?/g, "\n"));
  const estVide = (valeur) => valeur === undefined || valeur.length === 0;
  const egales = (une, autre) => (estVide(une) && estVide(autre)) || JSON.stringify(une) === JSON.stringify(autre);

  const lire = (nom) => {
    const siens = elements(nom);
    if (!siens.length) return undefined;
    const [premier] = siens;
    if (premier.type === "radio") return siens.find((e) => e.checked)?.value ?? "";
    if (premier.type === "checkbox") {
      const coches = siens.filter((e) => e.checked).map((e) => e.value);
      return siens.length > 1 ? coches : coches[0] ?? "";
    }
    if (premier.multiple) return [...premier.selectedOptions].map((option) => option.value);
    return normaliser(premier.value);
  };

  const poser = (nom, valeur) => {
    for (const element of elements(nom)) {
      const coche = Array.isArray(valeur) ? valeur.includes(element.value) : element.value === valeur;
      if (element.type === "radio" || element.type === "checkbox") element.checked = coche;
      else element.value = valeur;
    }
    // Les totaux et les aides de la page suivent ; rien n’est sale, puisque « lu » dit déjà cette valeur.
    elements(nom)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const estSale = (nom) => lire(nom) !== undefined && !egales(lire(nom), lu[nom]);
  const estRejete = (nom) => rejetes.has(nom) && egales(rejetes.get(nom).valeur, lire(nom));
  const aEnvoyer = () => noms.filter((nom) => estSale(nom) && !conflits.has(nom) && !estRejete(nom));
  const restent = () => noms.some(estSale);
  // Un liseré pointillé tant que quelque chose n’est pas parti.
  const marquer = () => encart?.classList.toggle("en-cours", aEnvoyer().length > 0);

  // --- Ce qui est gardé dans ce navigateur --------------------------------------------------------------------
  const cle = PREFIXE + formulaire.dataset.brouillon;
  let stockageSert = true;
  const brouillon = () => {
    try {
      return JSON.parse(localStorage.getItem(cle) ?? "{}");
    } catch {
      return {};
    }
  };
  const changerLeBrouillon = (changer) => {
    const tout = brouillon();
    changer(tout);
    for (const etape of Object.keys(tout)) if (!Object.keys(tout[etape]).length) delete tout[etape];
    try {
      if (Object.keys(tout).length) localStorage.setItem(cle, JSON.stringify(tout));
      else localStorage.removeItem(cle);
      stockageSert = true;
    } catch {
      stockageSert = false; // plein ou interdit : on prévient alors avant de quitter la page
    }
  };
  const garderAuBrouillon = (nom) =>
    changerLeBrouillon((tout) => {
      tout[adresse] ??= {};
      if (estSale(nom)) tout[adresse][nom] = { valeur: lire(nom), lu: lu[nom] ?? "" };
      else delete tout[adresse][nom];
    });

  // Une page demandée pendant un enregistrement peut être rendue avant lui, et reçue quand le brouillon est déjà effacé :
  // elle montrerait l’ancien texte. La version retenue dans l’onglet le trahit ; le serveur redit alors ce qui est écrit.
  const cleDeVersion = PREFIXE_DE_VERSION + formulaire.dataset.brouillon;
  const estPerimee = () => {
    try {
      return Number(sessionStorage.getItem(cleDeVersion)) > Number(version);
    } catch {
      return false;
    }
  };
  const retenirLaVersion = () => {
    try {
      sessionStorage.setItem(cleDeVersion, version);
    } catch {
      // Stockage plein ou interdit : la page montre ce qu’elle a reçu, le prochain enregistrement la met à jour.
    }
  };
  const aDemander = () => aEnvoyer().length > 0 || estPerimee();

  // --- Dire où l’on en est ------------------------------------------------------------------------------------
  const encart = document.getElementById("enregistrement");
  const etat = encart?.querySelector("[data-etat]");
  const dire = (texte, ton = "", lien = null) => {
    if (!etat) return;
    encart.dataset.ton = ton;
    const fermer = encart.querySelector("[data-fermer]");
    if (fermer) fermer.hidden = rejetes.size > 0 || conflits.size > 0 || !stockageSert; // rien ne se perd, sinon
    if (etat.dataset.dit === texte) return; // ne pas le faire relire à chaque frappe
    etat.dataset.dit = texte;
    etat.textContent = texte;
    if (lien) etat.append(" ", lien);
  };
  const lienVers = (texte, href, avant = () => {}) => {
    const lien = document.createElement("a");
    lien.textContent = texte;
    lien.href = href;
    lien.addEventListener("click", avant);
    return lien;
  };
  const garde = () => (stockageSert ? "ce que vous tapez est gardé sur cet ordinateur" : "ne fermez pas cette page");

  const direExpiree = () => {
    const retour = `${formulaire.dataset.connexion}?next=${encodeURIComponent(location.pathname + location.search)}`;
    const partir = () => { onPart = stockageSert; };
    dire(`Votre session a expiré\u00a0; ${garde()}.`, "alerte", lienVers("Se reconnecter", retour, partir));
  };

  // --- Les étapes, ce qui manque, qui d’autre écrit -----------------------------------------------------------
  const montrerLesEtapes = (comptes) => {
    for (const [etape, nombre] of Object.entries(comptes)) {
      const ligne = document.querySelector(`[data-etape="${etape}"]`);
      const compte = ligne?.querySelector("[data-compte]");
      if (!compte) continue; // la dernière étape n’a rien à compléter
      ligne.classList.toggle("faite", nombre === 0);
      compte.textContent = nombre ? `à compléter\u00a0: ${nombre}` : "complet";
    }
  };
  const montrerLesManques = (manques) => {
    const liste = document.querySelector("#manques-ici ul");
    if (!liste || liste.matches(":hover, :focus-within")) return; // pas sous la souris de qui va cliquer
    const lignes = manques.map(({ ancre, libelle }) => {
      const ligne = document.createElement("li");
      ligne.append(lienVers(libelle, `#${ancre}`));
      return ligne;
    });
    if (!lignes.length) {
      lignes.push(document.createElement("li"));
      lignes[0].textContent = "Rien\u00a0: cette étape est complète.";
    }
    liste.replaceChildren(...lignes);
  };
  const montrerLesPresents = (texte) => {
    const zone = encart?.querySelector("[data-presents]");
    if (zone && zone.textContent !== texte) zone.textContent = texte;
  };

  // --- Les erreurs, à côté du champ ---------------------------------------------------------------------------
  const cadre = (nom) => document.getElementById(`div_id_${nom}`) ?? elements(nom)[0]?.closest("td, .case, .mb-3");
  const montrerLErreur = (nom) => {
    const [element] = elements(nom);
    const boite = cadre(nom);
    if (!element || !boite) return;
    const textes = rejetes.has(nom) ? [rejetes.get(nom).motif] : erreurs[nom] ?? [];
    if (textes.length && document.activeElement?.name === nom) return; // on ne corrige pas quelqu’un qui tape
    for (const ancienne of boite.querySelectorAll(".invalid-feedback")) ancienne.remove();
    const id = `erreur_${nom}`;
    const decrit = (element.getAttribute("aria-describedby") ?? "").split(" ").filter((mot) => document.getElementById(mot));
    for (const e of elements(nom)) {
      e.classList.toggle("is-invalid", textes.length > 0);
      if (textes.length) e.setAttribute("aria-invalid", "true");
      else e.removeAttribute("aria-invalid");
      const ids = textes.length ? [...decrit, id] : decrit;
      if (ids.length) e.setAttribute("aria-describedby", ids.join(" "));
      else e.removeAttribute("aria-describedby");
    }
    if (!textes.length) return;
    const message = document.createElement("span");
    message.className = "invalid-feedback d-block";
    message.id = id;
    message.textContent = textes.join(" ");
    boite.append(message);
  };
  const montrerLesErreurs = () => noms.forEach(montrerLErreur);

  // --- Les conflits, côte à côte ------------------------------------------------------------------------------
  const noeud = (balise, classe, texte) => {
    const cree = document.createElement(balise);
    if (classe) cree.className = classe;
    if (texte) cree.textContent = texte;
    return cree;
  };
  const lisible = (nom) => {
    const valeur = lire(nom);
    const choisis = elements(nom).flatMap((e) => {
      if (e.tagName === "SELECT") return [...e.selectedOptions].map((option) => option.textContent);
      if (e.type === "radio" || e.type === "checkbox") return e.checked ? [e.labels[0]?.textContent.trim() ?? e.value] : [];
      return [valeur];
    });
    return choisis.join(", ") || "vide";
  };
  const bouton = (texte, libelle, agir) => {
    const cree = noeud("button", "btn btn-sm btn-outline-primary", texte);
    cree.type = "button";
    cree.append(noeud("span", "visually-hidden", `\u00a0: ${libelle}`));
    cree.addEventListener("click", agir);
    return cree;
  };
  const trancher = (nom, agir) => () => {
    const { enregistre } = conflits.get(nom);
    conflits.delete(nom);
    document.querySelector(`.conflit[data-conflit="${nom}"]`)?.remove();
    lu[nom] = enregistre;
    agir(enregistre);
    garderAuBrouillon(nom);
    elements(nom)[0]?.focus();
    if (aEnvoyer().length) envoyer();
    else if (conflits.size) direLesConflits();
    else dire("Le choix est fait, tout est enregistré.");
  };
  const version_ = (titre, texte, action) => {
    const colonne = noeud("div");
    const boite = noeud("div", "version", texte);
    boite.tabIndex = 0;
    colonne.append(noeud("h4", "", titre), boite, action);
    return colonne;
  };
  const montrerLeConflit = (conflit) => {
    const { champ: nom, libelle, par, quand } = conflit;
    conflits.set(nom, conflit);
    for (const ancien of document.querySelectorAll(`[data-conflit="${nom}"]`)) ancien.remove();
    const section = noeud("section", "conflit");
    section.dataset.conflit = nom;
    section.id = `conflit_${nom}`;
    section.setAttribute("aria-label", `${libelle} : deux versions`);
    const versions = noeud("div", "versions");
    versions.append(
      version_("La vôtre", lisible(nom), bouton("Garder la mienne", libelle, trancher(nom, () => {}))),
      version_(`Celle de ${par}`, conflit.lisible, bouton("Prendre la leur", libelle, trancher(nom, (v) => poser(nom, v)))),
    );
    section.append(
      noeud("h3", "", `${libelle}\u00a0: deux versions`),
      noeud("p", "", `${par} a aussi changé ce champ ${quand}. Rien n’est perdu\u00a0: choisissez.`),
      versions,
    );
    placer(section, cadre(nom));
  };
  // Après le champ ; hors du tableau s’il est dans une case ; en tête si sa question est celle d’un autre axe, cachée.
  const direLesConflits = () => {
    const combien = conflits.size > 1 ? `${conflits.size} champs qui ont` : "un champ qui a";
    const [premier] = conflits.keys();
    dire(`Enregistré, sauf ${combien} deux versions.`, "attente", lienVers("Choisir", `#conflit_${premier}`));
  };
  const placer = (section, boite) => {
    if (!boite || boite.closest("[hidden]")) formulaire.prepend(section);
    else (boite.closest("table") ?? boite).after(section);
  };

  // --- Ce que d’autres ont écrit ------------------------------------------------------------------------------
  const recevoir = (nom, ecrit) => {
    if (conflits.has(nom) || estSale(nom) || egales(ecrit.valeur, lu[nom])) return;
    if (document.activeElement?.name === nom) {
      enAttente.set(nom, ecrit);
      return;
    }
    lu[nom] = ecrit.valeur;
    poser(nom, ecrit.valeur);
    const boite = cadre(nom);
    boite?.querySelector(".ailleurs")?.remove();
    boite?.append(noeud("p", "ailleurs", `Écrit par ${ecrit.par} ${ecrit.quand}.`));
  };

  // --- Envoyer ------------------------------------------------------------------------------------------------
  const jeton = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? cache("csrfmiddlewaretoken").value;
  const poster = async (ou, valeurs, lus) => {
    const corps = new URLSearchParams({ personne: cache("personne").value, version, lu: JSON.stringify(lus) });
    for (const [nom, valeur] of Object.entries(valeurs)) {
      corps.append("champs", nom);
      for (const une of [valeur].flat()) corps.append(nom, une);
    }
    return fetch(ou, {
      method: "POST",
      body: corps,
      redirect: "manual",
      keepalive: corps.toString().length < POIDS_D_UN_ENVOI_QUI_SURVIT,
      headers: { "X-CSRFToken": jeton() },
      signal: AbortSignal.timeout(DELAI_MAXIMAL),
    });
  };

  const integrer = (valeurs, rapport) => {
    const enConflit = new Set(rapport.conflits.map(({ champ }) => champ));
    for (const [nom, valeur] of Object.entries(valeurs)) {
      rejetes.delete(nom);
      if (nom in rapport.refuses) rejetes.set(nom, { valeur, motif: rapport.refuses[nom] });
      else if (!enConflit.has(nom)) lu[nom] = valeur;
      garderAuBrouillon(nom);
    }
    version = rapport.version;
    retenirLaVersion();
    erreurs = rapport.erreurs;
    rapport.conflits.forEach(montrerLeConflit);
    for (const [nom, ecrit] of Object.entries(rapport.ailleurs)) recevoir(nom, ecrit);
    marquer();
    montrerLesErreurs();
    montrerLesEtapes(rapport.etapes);
    montrerLesManques(rapport.manques);
    montrerLesPresents(rapport.presents);
    for (const titre of document.querySelectorAll("[data-intitule]")) titre.textContent = rapport.intitule;
    if (conflits.size) direLesConflits();
    else if (rejetes.size) dire("Un champ n’est pas enregistré\u00a0: son message dit pourquoi.", "alerte");
    else dire(`Enregistré automatiquement ${rapport.enregistre_a}${revenu ? ", avec ce que vous aviez tapé avant" : ""}.`);
    document.dispatchEvent(new CustomEvent("dossier:enregistre")); // ce que le serveur seul calcule se redemande
  };

  const reessayer = () => {
    panne = true;
    const attente = REPRISES[Math.min(reprises++, REPRISES.length - 1)];
    programmer(attente);
  };

  // Rend vrai si le serveur a répondu à l’envoi, même par un conflit.
  const faire = async () => {
    const valeurs = Object.fromEntries(aEnvoyer().map((nom) => [nom, lire(nom)]));
    const lus = Object.fromEntries(Object.keys(valeurs).map((nom) => [nom, lu[nom] ?? ""]));
    let reponse;
    try {
      reponse = await poster(adresse, valeurs, lus);
    } catch {
      if (!onPart) dire(`Connexion coupée\u00a0; ${garde()} et s’enregistrera dès qu’elle reviendra.`, "alerte");
      reessayer();
      return false;
    }
    if (reponse.type === "opaqueredirect" || reponse.status === 403) {
      direExpiree();
      reessayer(); // on a pu se reconnecter dans un autre onglet
      return false;
    }
    if (reponse.status === 409 || reponse.status === 404) {
      arrete = true;
      panne = true;
      const refus = reponse.status === 409 ? (await reponse.json()).refus : "Ce projet ne vous est plus ouvert.";
      dire(refus, "alerte", lienVers("Recharger la page", location.href, () => { onPart = true; }));
      return false;
    }
    if (!reponse.ok) {
      dire(`Le serveur ne répond pas\u00a0; ${garde()} et s’enregistrera dès que possible.`, "alerte");
      reessayer();
      return false;
    }
    panne = false;
    reprises = 0;
    integrer(valeurs, await reponse.json());
    return true;
  };

  const envoyer = async () => {
    clearTimeout(minuterie);
    if (enVol || arrete || !aDemander()) return enVol ?? !panne;
    enVol = faire();
    const fait = await enVol;
    enVol = null;
    if (fait && aEnvoyer().length) programmer(PAUSE);
    return fait;
  };
  const programmer = (delai) => {
    clearTimeout(minuterie);
    minuterie = setTimeout(envoyer, delai);
  };
  const toutEnvoyer = async () => {
    if (enVol) await enVol;
    while (aEnvoyer().length) if (!(await envoyer())) return false;
    return !arrete;
  };

  // --- Ce qui déclenche ---------------------------------------------------------------------------------------
  const surFrappe = (evenement) => {
    const nom = evenement.target.name;
    if (!noms.includes(nom)) return;
    garderAuBrouillon(nom);
    marquer();
    if (evenement.isTrusted) revenu = false;
    if (!estSale(nom)) return;
    cadre(nom)?.querySelector(".ailleurs")?.remove();
    if (conflits.has(nom)) document.querySelector(`.conflit[data-conflit="${nom}"] .version`).textContent = lisible(nom);
    else if (!panne) programmer(PAUSE);
  };
  formulaire.addEventListener("input", surFrappe);
  formulaire.addEventListener("change", surFrappe);
  formulaire.addEventListener("focusout", ({ target }) => {
    const ecrit = enAttente.get(target.name);
    enAttente.delete(target.name);
    // Après l’événement, pour que le champ ne soit plus l’élément actif.
    setTimeout(() => {
      if (ecrit) recevoir(target.name, ecrit);
      montrerLErreur(target.name);
      if (!panne) envoyer();
    });
  });

  formulaire.addEventListener("submit", async (evenement) => {
    const { submitter } = evenement;
    if (submitter?.name && submitter.name !== "continuer") {
      cache("lu").value = JSON.stringify(lu); // un autre bouton : la page part entière, avec ce qu’elle sait du serveur
      onPart = true;
      return;
    }
    evenement.preventDefault();
    if (!(await toutEnvoyer())) {
      etat?.scrollIntoView({ block: "nearest" });
      return;
    }
    document.activeElement?.blur();
    montrerLesErreurs();
    const premier = formulaire.querySelector(".conflit button, [aria-invalid='true']");
    if (premier) premier.focus();
    else if (submitter?.name === "continuer") {
      onPart = true;
      location.assign(formulaire.dataset.suite);
    }
  });

  window.addEventListener("online", () => { reprises = 0; envoyer(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && !panne) envoyer(); });
  window.addEventListener("beforeunload", (evenement) => {
    if (!onPart && restent() && (panne || !stockageSert)) evenement.preventDefault();
  });
  window.addEventListener("pageshow", () => { if (aDemander()) programmer(0); });

  // Se déconnecter efface ce qui est gardé ici : on enregistre d’abord, et l’on dit si l’on n’y arrive pas.
  for (const sortie of document.querySelectorAll("form[data-deconnexion]")) {
    sortie.addEventListener("submit", async (evenement) => {
      if (!restent() || onPart) return;
      evenement.preventDefault();
      evenement.stopImmediatePropagation();
      if ((await toutEnvoyer()) && !restent()) sortie.requestSubmit();
      else {
        onPart = true;
        dire("Ce que vous avez tapé n’est pas enregistré\u00a0; vous déconnecter maintenant l’effacerait.", "alerte");
      }
    }, { capture: true });
  }

  // --- Reprendre ce qui n’avait pas été enregistré ------------------------------------------------------------
  const reprendreLesAutresEtapes = async (tout) => {
    for (const [autre, champs] of Object.entries(tout)) {
      if (autre === adresse) continue;
      const valeurs = Object.fromEntries(Object.entries(champs).map(([nom, { valeur }]) => [nom, valeur]));
      const lus = Object.fromEntries(Object.entries(champs).map(([nom, champ]) => [nom, champ.lu]));
      const reponse = await poster(autre, valeurs, lus).catch(() => null);
      if (!reponse?.ok) continue;
      const { conflits: restes, refuses } = await reponse.json();
      const aRevoir = new Set([...restes.map(({ champ }) => champ), ...Object.keys(refuses)]);
      changerLeBrouillon((garde_) => {
        for (const nom of Object.keys(valeurs)) if (!aRevoir.has(nom)) delete garde_[autre]?.[nom];
      });
      const page = autre.replace(/enregistrer\/$/, "");
      if (aRevoir.size) dire("Une saisie d’une autre étape attend votre choix.", "attente", lienVers("La voir", page));
    }
  };
  const reprendre = () => {
    const tout = brouillon();
    for (const [nom, garde_] of Object.entries(tout[adresse] ?? {})) {
      if (!elements(nom).length || egales(lire(nom), garde_.valeur)) {
        garderAuBrouillon(nom);
        continue;
      }
      lu[nom] = garde_.lu; // si quelqu’un l’a changé depuis, le serveur le verra et dira le conflit
      poser(nom, garde_.valeur);
      revenu = true;
    }
    reprendreLesAutresEtapes(tout);
  };

  document.querySelector("section[aria-labelledby='titre-conflits']")?.remove();
  reprendre();
  if (aDemander()) programmer(0);
})();
