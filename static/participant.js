/* The page works without this file. It keeps what was tapped (forms with data-keep) until our server has it, and shows the
   answer in place. Every tap has a place of its own on the phone: two tabs never write over each other. */
(() => {
  "use strict";
  const KEPT = "journey-kept-";
  const MOST_MS = 2 * 864e5;
  const { newKey, store, line, still } = window.Tap;
  const kept = store(() => localStorage);
  const later = document.currentScript.dataset.later;
  const places = () => kept.names().filter((name) => name.startsWith(KEPT));
  const wipe = (tap) => kept.wipe(tap.name);
  const same = (body) => body.replace(/idempotency_key=[^&]*/, "");
  const here = () => location.pathname + location.search;
  const faces = () => [...document.querySelectorAll(".rating__choice:not(.rating__choice--other)")].map((one) => one.getBoundingClientRect());
  let lost = false;
  let shown = here();

  function read() {
    const taps = places().map((name) => Object.assign({ at: 0 }, kept.read(name), { name, key: name.slice(KEPT.length) }));
    taps.filter((tap) => !tap.url).forEach(wipe);
    return taps.filter((tap) => tap.url).sort((a, b) => a.at - b.at);
  }

  function say(word) {
    const bar = document.querySelector("[data-keep-status]");
    bar.textContent = document.body.dataset[lost ? "lost" : word] || "";
    bar.classList.toggle("keep--low", faces().some(({ top, bottom }) => top < 80 && bottom > 0));
  }

  function keep(tap) {
    const last = read().pop();
    return last && last.url === tap.url && same(last.body) === same(tap.body) || kept.write(KEPT + newKey(), tap);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("[data-keep]") || !button) return; // Older phones do not say which face; then the form goes by itself.
    const data = new FormData(form);
    if (button.name) data.append(button.name, button.value);
    if (!keep({ at: Date.now(), page: location.href, url: form.action, body: new URLSearchParams(data).toString() })) return;
    event.preventDefault();
    lost = false;
    const key = form.elements.idempotency_key;
    if (key) key.value = newKey();
    if (button.hasAttribute("aria-pressed"))
      for (const other of document.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
    document.body.dataset.going = "";
    flush(true);
  });

  function next() {
    for (let tap; (tap = read()[0]); wipe(tap), lost = true)
      if (Date.now() - tap.at <= MOST_MS) return tap;
    if (lost) say();
  }

  function take(tap, answer, html) {
    wipe(tap);
    const onward = answer.headers.get("HX-Redirect");
    if (!answer.ok) lost = true;
    if (read().length || tap.page !== location.href) say("sent");
    else if (onward) location.assign(onward);
    else show(html, answer);
    return true;
  }

  const flush = line({ next, take, wait: () => say("kept") });

  function show(html, answer) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const known = [...page.scripts].every((script) => document.querySelector(`script[src="${script.getAttribute("src")}"]`));
    if (!known || !page.querySelector("main")) return location.assign(answer.url);
    const tapped = Math.max(0, ...faces().map((face) => face.bottom));
    for (const name of ["lang", "dir"]) document.documentElement[name] = page.documentElement[name];
    document.title = page.title;
    document.body.replaceWith(page.body);
    still(document.body);
    if (answer.status === 422) lost = false; // The page says it.
    if (answer.url !== location.href) history.pushState(null, "", answer.url);
    shown = here();
    (document.querySelector("[data-error-summary]") || document.querySelector("main")).focus();
    if (answer.ok) scrollTo(0, 0);
    // Answers stand elsewhere than the last (rules, 42c).
    const over = faces().length ? tapped - faces()[0].top : 0;
    if (over > 0) document.querySelector(".question").style.marginBlockEnd = `${over + 12}px`;
  }

  // After the first picture: until then the line is for the page itself.
  function speak() {
    const script = document.createElement("script");
    script.src = later;
    document.head.append(script);
  }
  if (document.readyState === "complete") speak();
  else window.addEventListener("load", () => setTimeout(speak));

  // Whoever stopped leaves nothing on this phone.
  if (document.querySelector("[data-wipe]")) read().forEach(wipe);
  window.addEventListener("popstate", () => here() !== shown && location.reload());
  // A page from memory may show somebody who stopped, or the one before on a shared phone.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.addEventListener("online", () => flush());
  setInterval(() => places().length && flush(), 15000);
  if (places().length) flush();
})();
