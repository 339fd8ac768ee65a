/* The page works without this file. It keeps an answer that was tapped without network (forms with data-keep), sends it
   later, in order and once, and then wipes it. The answer of the server is shown in place: no second request. */
(() => {
  "use strict";
  const KEPT = "journey-kept";
  const MOST_MS = 2 * 864e5;
  const read = () => JSON.parse(localStorage.getItem(KEPT) || "[]").filter((tap) => Date.now() - tap.at < MOST_MS);
  const write = (taps) => taps.length ? localStorage.setItem(KEPT, JSON.stringify(taps)) : localStorage.removeItem(KEPT);
  const say = (word) => { document.querySelector("[data-keep-status]").textContent = word ? document.body.dataset[word] : ""; };
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let sending = false;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("[data-keep]")) return;
    event.preventDefault();
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    const key = form.elements.idempotency_key;
    const same = (body) => body.replace(/idempotency_key=[^&]*/, "");
    const tap = { at: Date.now(), page: location.href, url: form.action, body: new URLSearchParams(data).toString() };
    const last = read().at(-1);
    if (!last || same(last.body) !== same(tap.body) || last.url !== tap.url) write([...read(), tap]);
    if (key) key.value = newKey();
    if (button && button.hasAttribute("aria-pressed"))
      for (const other of form.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
    flush();
  });

  async function flush() {
    if (sending) return;
    sending = true;
    write(read());
    try {
      for (let tap; (tap = read()[0]); ) {
        const answer = await fetch(tap.url, { method: "POST", body: new URLSearchParams(tap.body) });
        if (answer.status >= 500) throw answer;
        const html = await answer.text();
        write(read().filter((other) => other.body !== tap.body));
        if (!read().length && tap.page === location.href) show(html, answer.url);
        else say(answer.ok && "sent");
      }
    } catch {
      say("kept");
    }
    sending = false;
  }

  function show(html, url) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const known = [...page.scripts].every((script) => document.querySelector(`script[src="${script.getAttribute("src")}"]`));
    if (!known || !page.querySelector("main")) return location.assign(url);
    for (const name of ["lang", "dir"]) document.documentElement[name] = page.documentElement[name];
    document.title = page.title;
    document.body.replaceWith(page.body);
    if (url !== location.href) history.pushState(null, "", url);
    scrollTo(0, 0);
    (document.querySelector("[data-error-summary]") || document.querySelector("main")).focus();
  }

  window.addEventListener("popstate", () => location.reload());
  window.addEventListener("online", flush);
  setInterval(() => read().length && flush(), 15000);
  if (read().length) flush();
})();
