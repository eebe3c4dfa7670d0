// Envoyer les fichiers un à un, avec leur progression, par glisser-déposer ou par le champ ordinaire. Sans ce script, le formulaire suffit.
"use strict";

(() => {
  const FOIS = 20; // demandes de nouvelles d’un fichier en cours de contrôle, puis la page attend qu’on l’actualise
  const PAUSE = 3000; // ms

  const element = (balise, classe, texte) => {
    const cree = document.createElement(balise);
    if (classe) cree.className = classe;
    if (texte) cree.textContent = texte;
    return cree;
  };
  const lien = (adresse, texte) => {
    const cree = element("a", "", texte);
    cree.href = adresse;
    return cree;
  };

  // La place d’un fichier dans la liste : son nom et sa progression, puis ce qu’il en est advenu.
  const faireAvancer = (place) => {
    const barre = document.createElement("progress");
    barre.max = 100;
    barre.value = 0;
    barre.setAttribute("aria-label", `Envoi de ${place.fichier.name}`);
    place.boite.className = "";
    place.boite.replaceChildren(element("span", "", place.fichier.name), barre);
    return barre;
  };
  const finir = ({ boite }, etat, ...contenu) => {
    boite.className = etat === "refuse" ? "message message-error" : "message message-success";
    boite.replaceChildren(...(etat === "refuse" ? ["Erreur : "] : []), ...contenu);
  };

  const lire = (requete) => {
    try {
      return JSON.parse(requete.responseText);
    } catch {
      return {};
    }
  };
  const adresseDe = (formulaire) => new URL(formulaire.getAttribute("action") ?? "", location.href).href;
  // Reconnecté dans un autre onglet, on a un autre jeton que celui de cette page.
  const donneesDe = (formulaire) => {
    const donnees = new FormData(formulaire);
    const jeton = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (jeton) donnees.set("csrfmiddlewaretoken", jeton);
    donnees.delete("fichiers");
    return donnees;
  };

  // Rend « recu », « retrouve », « refuse » (le serveur a répondu) ou « coupe » (à recommencer : le fichier est encore là).
  const envoyer = (formulaire, place) =>
    new Promise((fini) => {
      const { fichier } = place;
      const nom = `«\u00a0${fichier.name}\u00a0»`;
      const barre = faireAvancer(place);
      const donnees = donneesDe(formulaire);
      donnees.append("fichiers", fichier);
      const requete = new XMLHttpRequest();
      requete.open("POST", adresseDe(formulaire));
      requete.setRequestHeader("Accept", "application/json");
      requete.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
        if (lengthComputable) barre.value = (100 * loaded) / total;
      });
      const rater = (...pourquoi) => {
        finir(place, "refuse", ...pourquoi, " ", boutonReessayer(formulaire, place));
        fini("coupe");
      };
      const couper = () => rater(`${nom} n’a pas pu être envoyé\u00a0: la connexion s’est coupée.`);
      requete.addEventListener("error", couper);
      requete.addEventListener("abort", couper);
      requete.addEventListener("load", () => {
        const { sorts } = lire(requete);
        if (sorts) {
          for (const { etat, message, lien: ou, geste } of sorts) finir(place, etat, message, ...(ou ? [" ", lien(ou, geste)] : []));
          fini(sorts[0].etat);
        } else if (requete.responseURL && requete.responseURL !== adresseDe(formulaire)) {
          const connexion = lien(requete.responseURL, "Se reconnecter dans un autre onglet");
          connexion.target = "_blank";
          rater(`${nom} n’a pas été envoyé\u00a0: votre session a expiré. `, connexion, ", puis");
        } else rater(`${nom} n’a pas été reçu. Si cela se répète, rechargez la page et choisissez-le de nouveau.`);
      });
      requete.send(donnees);
    });

  // Redemande la page et remplace ce qui a pu changer : les pièces jointes, leur état, les étapes.
  const rafraichir = async () => {
    const reponse = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!reponse.ok || reponse.redirected) return;
    const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
    for (const ancien of document.querySelectorAll("[data-frais]")) {
      const neuf = page.querySelector(`[data-frais="${ancien.dataset.frais}"]`);
      if (neuf && neuf.innerHTML !== ancien.innerHTML) ancien.innerHTML = neuf.innerHTML;
    }
    const etapes = document.querySelector("ol.etapes");
    const neuves = page.querySelector("ol.etapes");
    if (etapes && neuves) etapes.innerHTML = neuves.innerHTML;
  };

  let suivis = 0;
  const suivre = async () => {
    if (!document.querySelector("[data-en-attente]") || suivis >= FOIS) return;
    suivis += 1;
    await new Promise((fini) => setTimeout(fini, PAUSE));
    await rafraichir().catch(() => {});
    const annonce = document.getElementById("annonce");
    if (annonce && !document.querySelector("[data-en-attente]")) annonce.textContent = "Les fichiers sont contrôlés.";
    suivre();
  };

  // --- Recommencer ce qu’une coupure a empêché : l’empreinte du fichier fait qu’il n’est jamais reçu deux fois ---
  const coupes = new Map(); // formulaire → places dont le fichier n’est pas arrivé
  const boutonReessayer = (formulaire, place) => {
    const bouton = element("button", "btn btn-sm btn-outline-secondary", "Réessayer");
    bouton.type = "button";
    bouton.append(element("span", "visually-hidden", ` d’envoyer ${place.fichier.name}`));
    bouton.addEventListener("click", () => traiter(formulaire, [place]));
    return bouton;
  };
  window.addEventListener("online", () => {
    for (const [formulaire, places] of coupes) {
      const neuves = places.filter((place) => !place.repris); // une fois de soi-même, puis c’est à la personne
      for (const place of neuves) place.repris = true;
      if (neuves.length) traiter(formulaire, neuves);
    }
  });

  const traiter = async (formulaire, places) => {
    const bouton = formulaire.querySelector('button[type="submit"]');
    bouton.disabled = true;
    const restent = (coupes.get(formulaire) ?? []).filter((place) => !places.includes(place));
    coupes.set(formulaire, restent);
    const sorts = new Set();
    for (const place of places) {
      const sort = await envoyer(formulaire, place);
      sorts.add(sort);
      if (sort === "coupe") coupes.get(formulaire).push(place);
    }
    bouton.disabled = false;
    conclure(formulaire, sorts);
  };
  const conclure = async (formulaire, sorts) => {
    const { apres } = formulaire.dataset;
    const liste = formulaire.querySelector("[data-sorts]");
    if (apres) {
      // Rien à lire ici : on va voir le résultat. Sinon, ce qui est dit se lit avant de partir.
      const rienALire = !liste.querySelector(".message-error, .message a, progress") && !sorts.has("retrouve");
      if (rienALire) location.assign(apres);
      else if (!liste.querySelector("[data-suite]")) {
        const suite = element("p", "mt-2 mb-0");
        suite.dataset.suite = "";
        suite.append(lien(apres, "Voir la bibliothèque"));
        liste.append(suite);
      }
      return;
    }
    if (!sorts.has("recu") && !sorts.has("retrouve")) return;
    await rafraichir().catch(() => {});
    suivis = 0;
    suivre();
  };
  const commencer = (formulaire, fichiers) => {
    const liste = formulaire.querySelector("[data-sorts]");
    liste.replaceChildren();
    coupes.delete(formulaire);
    const places = fichiers.map((fichier) => ({ fichier, boite: element("div"), repris: false }));
    liste.append(...places.map(({ boite }) => boite));
    for (const place of places) faireAvancer(place);
    formulaire.querySelector('input[type="file"]').value = "";
    return traiter(formulaire, places);
  };

  // --- Les autres champs d’abord : rien ne part, et aucun fichier choisi n’est perdu, tant qu’ils sont faux ---
  const montrerLesErreurs = (formulaire, erreurs) => {
    for (const ancien of formulaire.querySelectorAll(".invalid-feedback")) ancien.remove();
    for (const champ of formulaire.elements) {
      champ.classList.remove("is-invalid");
      champ.removeAttribute("aria-invalid");
      const [motifs, id] = [erreurs[champ.name], `erreur_${champ.name}`];
      const decrit = (champ.getAttribute("aria-describedby") ?? "").split(" ").filter((mot) => document.getElementById(mot));
      if (motifs) {
        champ.classList.add("is-invalid");
        champ.setAttribute("aria-invalid", "true");
        const message = element("span", "invalid-feedback d-block", motifs.join(" "));
        message.id = id;
        champ.after(message);
        decrit.push(id);
      }
      if (decrit.length) champ.setAttribute("aria-describedby", decrit.join(" "));
      else champ.removeAttribute("aria-describedby");
    }
    formulaire.querySelector("[aria-invalid='true']")?.focus();
  };
  const controler = async (formulaire, fichiers) => {
    const liste = formulaire.querySelector("[data-sorts]");
    const bouton = formulaire.querySelector('button[type="submit"]');
    bouton.disabled = true;
    const requete = { method: "POST", body: donneesDe(formulaire), headers: { Accept: "application/json" } };
    const reponse = await fetch(adresseDe(formulaire), requete).catch(() => null);
    const { erreurs } = (await reponse?.json().catch(() => null)) ?? {};
    bouton.disabled = false;
    if (!erreurs) {
      const message = element("div", "message message-error");
      if (reponse?.redirected) {
        message.append("Erreur : votre session a expiré, rien n’est envoyé. ", lien(reponse.url, "Se reconnecter"));
        message.lastChild.target = "_blank";
        message.append(" dans un autre onglet, puis recommencez ici.");
      } else message.append("Erreur : le serveur ne répond pas, rien n’est envoyé. Recommencez dans un instant.");
      liste.replaceChildren(message);
      return;
    }
    if (fichiers.length) delete erreurs.fichiers; // ils ne sont pas encore partis
    montrerLesErreurs(formulaire, erreurs);
    if (!Object.keys(erreurs).length) await commencer(formulaire, fichiers);
  };

  // Un fichier lâché à côté ferait quitter la page.
  for (const geste of ["dragover", "drop"]) document.addEventListener(geste, (evenement) => evenement.preventDefault());

  for (const formulaire of document.querySelectorAll("form[data-envoi]")) {
    const champ = formulaire.querySelector('input[type="file"]');
    const attendLeBouton = "bouton" in formulaire.dataset; // d’autres champs se remplissent d’abord
    const partir = () => {
      if (champ.files.length) commencer(formulaire, [...champ.files]);
    };
    if (attendLeBouton) {
      formulaire.addEventListener("submit", (evenement) => {
        evenement.preventDefault();
        controler(formulaire, [...champ.files]);
      });
    } else {
      formulaire.querySelector('button[type="submit"]').hidden = true;
      champ.addEventListener("change", partir);
    }
    const invite = formulaire.querySelector("[data-glisser]");
    if (invite) invite.hidden = false;
    formulaire.addEventListener("dragover", (evenement) => {
      evenement.preventDefault();
      formulaire.classList.add("survol");
    });
    for (const fin of ["dragleave", "drop"]) formulaire.addEventListener(fin, () => formulaire.classList.remove("survol"));
    formulaire.addEventListener("drop", (evenement) => {
      if (!evenement.dataTransfer.files.length) return;
      evenement.preventDefault();
      champ.files = evenement.dataTransfer.files;
      if (!attendLeBouton) partir();
    });
  }
  suivre();
})();
