/* The page works without this file. It keeps an answer that was tapped without network (forms with data-keep), sends it
   later, in order and once, and then wipes it. The answer of the server is shown in place: no second request.
   Every answer has a place of its own on the phone, so that two tabs never write over each other. */
(() => {
  "use strict";
  const KEPT = "journey-kept-";
  const MOST_MS = 2 * 864e5;
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const places = () => Object.keys(localStorage).filter((name) => name.startsWith(KEPT));
  const read = () => places().map((name) => ({ name, ...JSON.parse(localStorage.getItem(name)) })).sort((a, b) => a.at - b.at);
  const wipe = (tap) => localStorage.removeItem(tap.name);
  const same = (body) => body.replace(/idempotency_key=[^&]*/, "");
  const later = document.currentScript.dataset.later;
  let sending = false;
  let lost = false;
  const here = () => location.pathname + location.search;
  let shown = here();

  function say(word) {
    document.querySelector("[data-keep-status]").textContent = document.body.dataset[lost ? "lost" : word] || "";
  }

  function keep(tap) {
    const last = read().at(-1);
    if (!last || last.url !== tap.url || same(last.body) !== same(tap.body))
      localStorage.setItem(KEPT + newKey(), JSON.stringify(tap));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("[data-keep]")) return;
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    try {
      keep({ at: Date.now(), page: location.href, url: form.action, body: new URLSearchParams(data).toString() });
    } catch {
      return; // A phone that keeps nothing: the form goes by itself.
    }
    event.preventDefault();
    lost = false;
    const key = form.elements.idempotency_key;
    if (key) key.value = newKey();
    if (button && button.hasAttribute("aria-pressed"))
      for (const other of document.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
    flush();
  });

  async function flush() {
    if (sending) return;
    sending = true;
    try {
      for (let tap; (tap = read()[0]); ) {
        if (Date.now() - tap.at > MOST_MS) {
          wipe(tap);
          lost = true;
          continue;
        }
        const answer = await fetch(tap.url, { method: "POST", body: new URLSearchParams(tap.body) });
        if (answer.status >= 500 || answer.status === 429) throw answer;
        const html = await answer.text();
        wipe(tap);
        if (!answer.ok) lost = true;
        if (!read().length && tap.page === location.href) show(html, answer);
        else say("sent");
      }
      if (lost) say("lost");
    } catch {
      say("kept");
    }
    sending = false;
  }

  function show(html, answer) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const known = [...page.scripts].every((script) => document.querySelector(`script[src="${script.getAttribute("src")}"]`));
    if (!known || !page.querySelector("main")) return location.assign(answer.url);
    for (const name of ["lang", "dir"]) document.documentElement[name] = page.documentElement[name];
    document.title = page.title;
    document.body.replaceWith(page.body);
    if (answer.status === 422) lost = false; // The page says what was wrong, with what was typed still in it.
    if (answer.url !== location.href) history.pushState(null, "", answer.url);
    shown = here();
    scrollTo(0, 0);
    (document.querySelector("[data-error-summary]") || document.querySelector("main")).focus();
  }

  // Play buttons come after the first picture: until then the line and the processor are for the page itself.
  function speak() {
    const script = document.createElement("script");
    script.src = later;
    document.head.append(script);
  }
  if (document.readyState === "complete") speak();
  else window.addEventListener("load", () => setTimeout(speak));

  // Whoever stopped leaves nothing on this phone, also not what still waited.
  if (document.querySelector("[data-wipe]")) read().forEach(wipe);
  window.addEventListener("popstate", () => here() !== shown && location.reload());
  // A page from the browser's memory may show somebody who stopped, or the one before on a shared phone.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.addEventListener("online", flush);
  setInterval(() => places().length && flush(), 15000);
  if (places().length) flush();
})();
