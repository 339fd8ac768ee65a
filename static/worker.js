/* The call desk without network: today's list and the call screens that were seen or fetched once open from a sealed copy.
   The server says with the head Journey-Keep which pages may be kept and for how many seconds, until midnight at the
   latest. The key never leaves the browser, cannot be read out, and goes with the copies: at night and at sign-out. */
(() => {
  "use strict";
  const DATABASE = "journey-kept", KEEP = "Journey-Keep", ASSETS = "journey-assets", AWAY = "/offline", SLOW_MS = 6000;
  const HEADS = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "Permissions-Policy", "Cross-Origin-Opener-Policy"];

  const asked = (request) => new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });

  function database() {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("pages");
      opening.result.createObjectStore("keys");
    };
    return asked(opening).then((db) => {
      db.onversionchange = () => db.close(); // a page forgets everything
      return db;
    });
  }

  async function within(mode, act) {
    const db = await database();
    try { return await act(db.transaction(["pages", "keys"], mode)); } finally { db.close(); }
  }

  /* What is past its time goes before anything is read. */
  const sweep = () => within("readwrite", async (transaction) => {
    const kept = await asked(transaction.objectStore("keys").get("today"));
    if (!kept || kept.until > Date.now()) return kept && kept.key;
    await asked(transaction.objectStore("pages").clear());
    await asked(transaction.objectStore("keys").clear());
    return null;
  });

  async function keyUntil(until) {
    const known = await sweep();
    if (known) return known;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await within("readwrite", (transaction) => asked(transaction.objectStore("keys").put({ key, until }, "today")));
    return key;
  }

  async function keep(path, answer) {
    const until = Date.now() + 1000 * Number(answer.headers.get(KEEP));
    const heads = HEADS.filter((name) => answer.headers.has(name)).map((name) => [name, answer.headers.get(name)]);
    const page = new TextEncoder().encode(JSON.stringify({ heads, html: await answer.text(), at: Date.now() }));
    const key = await keyUntil(until);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(path) }, key, page);
    await within("readwrite", (transaction) => asked(transaction.objectStore("pages").put({ iv, sealed }, path)));
  }

  async function kept(path) {
    const key = await sweep();
    const row = key && await within("readonly", (transaction) => asked(transaction.objectStore("pages").get(path)));
    if (!row) return null;
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv, additionalData: new TextEncoder().encode(path) }, key, row.sealed);
    const { heads, html, at } = JSON.parse(new TextDecoder().decode(opened));
    return new Response(html.replace("<body", `<body data-kept-at="${at}"`), { headers: heads });
  }

  const forget = (path) => within("readwrite", (transaction) => asked(transaction.objectStore("pages").delete(path)));

  /* A page that may not be kept any more, such as of somebody who stopped, takes its copy along. */
  function take(url, answer) {
    if (answer.ok && answer.headers.has(KEEP)) return keep(url.pathname, answer.clone());
    if (!url.search && answer.status < 500 && answer.type !== "opaqueredirect") return forget(url.pathname);
  }

  async function page(event, url) {
    const network = fetch(event.request), path = url.pathname;
    event.waitUntil(network.then((answer) => take(url, answer)).catch(() => {}));
    const late = new Promise((after) => setTimeout(after, SLOW_MS)).then(() => kept(path)).catch(() => null);
    try {
      return await Promise.race([network, late.then((copy) => copy || network)]);
    } catch {
      return await kept(path).catch(() => null) || await caches.match(AWAY) || Response.error();
    }
  }

  async function asset(request) {
    const known = await caches.match(request);
    if (known) return known;
    const answer = await fetch(request);
    if (answer.ok) await caches.open(ASSETS).then((cache) => cache.put(request, answer.clone())).catch(() => {});
    return answer;
  }

  self.addEventListener("install", (event) => {
    event.waitUntil(caches.open(ASSETS).then((cache) => cache.add(AWAY)).catch(() => {}).then(() => self.skipWaiting()));
  });
  self.addEventListener("activate", (event) => event.waitUntil(sweep().catch(() => {}).then(() => self.clients.claim())));
  self.addEventListener("fetch", (event) => {
    const { request } = event, url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
    else if (request.mode === "navigate" || request.headers.has("Journey-Fetch")) event.respondWith(page(event, url));
  });
})();
