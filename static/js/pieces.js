// Envoyer les fichiers un à un, avec leur progression, par glisser-déposer ou par le champ ordinaire. Sans ce script, le formulaire suffit.
"use strict";

(() => {
  const FOIS = 20; // demandes de nouvelles d’un fichier en cours de contrôle, puis la page attend qu’on l’actualise
  const PAUSE = 3000; // ms
  const COUPURE = "n’a pas pu être envoyé : la connexion s’est coupée. Recommencez avec ce fichier.";

  const ligne = (liste, nom) => {
    const element = document.createElement("div");
    const texte = document.createElement("span");
    const barre = document.createElement("progress");
    texte.textContent = nom;
    barre.max = 100;
    barre.value = 0;
    barre.setAttribute("aria-label", `Envoi de ${nom}`);
    element.append(texte, barre);
    liste.append(element);
    return { element, texte, barre };
  };

  const finir = ({ element, texte, barre }, etat, message) => {
    barre.remove();
    element.className = etat === "refuse" ? "message message-error" : "message message-success";
    texte.textContent = etat === "refuse" ? `Erreur : ${message}` : message;
  };

  const lire = (requete) => {
    try {
      return JSON.parse(requete.responseText).sorts;
    } catch {
      return null;
    }
  };

  // Un fichier, une demande : un refus n’emporte pas les autres.
  const envoyer = (formulaire, fichier, place) =>
    new Promise((fini) => {
      const donnees = new FormData(formulaire);
      donnees.delete("fichiers");
      donnees.append("fichiers", fichier);
      const requete = new XMLHttpRequest();
      requete.open("POST", formulaire.action || location.href);
      requete.setRequestHeader("Accept", "application/json");
      requete.upload.addEventListener("progress", (evenement) => {
        if (evenement.lengthComputable) place.barre.value = (100 * evenement.loaded) / evenement.total;
      });
      const couper = () => {
        finir(place, "refuse", `« ${fichier.name} » ${COUPURE}`);
        fini(false);
      };
      requete.addEventListener("error", couper);
      requete.addEventListener("abort", couper);
      requete.addEventListener("load", () => {
        const sorts = lire(requete);
        if (!sorts) {
          finir(place, "refuse", `« ${fichier.name} » n’a pas été reçu. Rechargez la page, puis recommencez.`);
          fini(false);
          return;
        }
        for (const { etat, message } of sorts) finir(place, etat, message);
        fini(sorts.some(({ etat }) => etat !== "refuse"));
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

  const traiter = async (formulaire, fichiers) => {
    const liste = formulaire.querySelector("[data-sorts]");
    const bouton = formulaire.querySelector('button[type="submit"]');
    liste.replaceChildren();
    bouton.disabled = true;
    let recus = 0;
    for (const [fichier, place] of fichiers.map((fichier) => [fichier, ligne(liste, fichier.name)])) {
      if (await envoyer(formulaire, fichier, place)) recus += 1;
    }
    bouton.disabled = false;
    formulaire.querySelector('input[type="file"]').value = "";
    if (formulaire.dataset.apres && recus === fichiers.length) {
      location.assign(formulaire.dataset.apres);
      return;
    }
    if (!recus || formulaire.dataset.apres) return;
    await rafraichir().catch(() => {});
    suivis = 0;
    suivre();
  };

  // Un fichier lâché à côté ferait quitter la page.
  for (const geste of ["dragover", "drop"]) document.addEventListener(geste, (evenement) => evenement.preventDefault());

  for (const formulaire of document.querySelectorAll("form[data-envoi]")) {
    const champ = formulaire.querySelector('input[type="file"]');
    const attendLeBouton = "bouton" in formulaire.dataset; // d’autres champs se remplissent d’abord
    const partir = () => {
      if (champ.files.length) traiter(formulaire, [...champ.files]);
    };
    if (attendLeBouton) {
      formulaire.addEventListener("submit", (evenement) => {
        const manque = [...formulaire.querySelectorAll("select[required]")].some((choix) => !choix.value);
        if (!champ.files.length || manque) return; // le serveur dira ce qui manque, près du champ
        evenement.preventDefault();
        traiter(formulaire, [...champ.files]);
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
