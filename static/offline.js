/* Starts the worker that keeps the call desk for a network that goes away, fetches the next screens ahead, and forgets all
   of it where nobody, or somebody else, is signed in. */
(() => {
  "use strict";
  const DATABASE = "journey-kept", OWNER = "journey-kept-owner", ASSETS = "journey-assets", MOST_AHEAD = 5;
  const { store, newKey } = window.Tap;
  const here = document.body.dataset, marks = store(() => localStorage);

  function forget() {
    marks.wipe(OWNER);
    try { indexedDB.deleteDatabase(DATABASE); caches.delete(ASSETS); } catch (e) {}
  }

  const ahead = (path) => fetch(path, { headers: { "Journey-Fetch": "ahead" } }).catch(() => {});

  async function fetchAhead() {
    const next = [...document.querySelectorAll("[data-fetch-ahead]")].slice(0, MOST_AHEAD).map((link) => link.pathname);
    for (const path of [location.pathname, ...next]) await ahead(path);
    document.body.dataset.ahead = next.length;
  }

  /* A kept page is a copy of a copy: its keys were used, and what was tapped since waits in the queue. */
  function freshen() {
    for (const field of document.querySelectorAll("input[name=idempotency_key]")) field.value = newKey();
    const line = document.querySelector("[data-kept-line]");
    if (!line) return;
    line.hidden = false;
    line.textContent = line.dataset.keptLine.replace("{time}", new Date(Number(here.keptAt)).toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit" }));
  }

  if (!here.owner) return forget();
  if (here.keptAt) freshen();
  if (!here.worker || !("serviceWorker" in navigator) || !window.indexedDB || !window.caches) return;
  if (marks.read(OWNER) !== here.owner) forget();
  marks.write(OWNER, here.owner);
  const midnight = new Date().setHours(24, 0, 0, 0) - Date.now();
  setTimeout(() => { forget(); if (here.keptAt) location.reload(); }, Math.min(midnight, 2 ** 31 - 1));
  const desk = location.pathname === "/calls" || /^\/calls\/\d+$/.test(location.pathname);
  navigator.serviceWorker.register(here.worker, { scope: "/calls" }).then(async () => {
    if (!desk) return;
    if (!navigator.serviceWorker.controller) await new Promise((ready) => navigator.serviceWorker.addEventListener("controllerchange", ready, { once: true }));
    if (!here.keptAt) await fetchAhead();
  }).catch(() => {});
  // The queue goes along to a page that is kept: nothing is left behind.
  document.addEventListener("click", (event) => {
    if (navigator.serviceWorker.controller && event.target.closest('a[href^="/calls"]')) document.dispatchEvent(new Event("journey:stays"));
  });
  // What was saved since is on the copy too.
  let later;
  document.addEventListener("journey:sent", () => {
    clearTimeout(later);
    if (desk) later = setTimeout(() => ahead(location.pathname), 1500);
  });
})();
