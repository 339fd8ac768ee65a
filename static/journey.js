/* Staff screens work without this file. It adds four things:
   1. forms with data-keep are sent in order and once, and wait on this device while the network is away; with
      data-keep-each the same tap twice means two people, and every tap begins with an empty form;
   2. a question before leaving while something still waits;
   3. the focus on the error summary;
   4. half-typed text in data-draft fields survives a reload.
   Nothing stays on the device after signing out. */
(() => {
  "use strict";
  const QUEUE = "journey-unsent";
  const DRAFT = "journey-draft:";
  const RETRY_MS = 15000;
  const TIMEOUT_MS = 20000;
  const words = document.body.dataset;
  const statusLine = document.querySelector("[data-keep-status]");
  const refusedBox = document.querySelector("[data-keep-refused]");
  let leaving = false;
  let sending = false;

  // The queue: [{key, owner, url, body, target, drafts, typed}], oldest first; one that was refused has a `refusal`.
  // Always read afresh: another tab may have sent its head.
  const read = () => JSON.parse(localStorage.getItem(QUEUE) || "[]");
  const write = (taps) => taps.length ? localStorage.setItem(QUEUE, JSON.stringify(taps)) : localStorage.removeItem(QUEUE);
  const mine = () => read().filter((tap) => tap.owner === words.owner);
  const unsent = () => mine().filter((tap) => !tap.refusal);
  const change = (key, edit) => write(read().flatMap((tap) => (tap.key === key ? edit(tap) : [tap])));
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  function say(text) {
    if (!statusLine) return;
    const waiting = unsent().length;
    statusLine.parentElement.classList.toggle("keep--unsent", waiting > 0);
    const count = waiting === 1 ? words.unsentOne : waiting ? words.unsentMany.replace("{n}", waiting) : "";
    const message = text || count;
    if (statusLine.textContent !== message) statusLine.textContent = message;
    if (text && !waiting) setTimeout(() => { if (statusLine.textContent === text) statusLine.textContent = ""; }, 4000);
  }

  function showRefused() {
    if (!refusedBox) return;
    const refused = mine().filter((tap) => tap.refusal);
    refusedBox.hidden = !refused.length;
    refusedBox.replaceChildren(...refused.map((tap) => {
      const card = document.createElement("div");
      const add = (tag, text, className = "") => card.appendChild(Object.assign(document.createElement(tag), { textContent: text, className }));
      add("p", `${words.refused} ${tap.refusal}`, "field__error");
      if (tap.typed) { add("p", words.typed, "small"); add("blockquote", tap.typed); }
      add("button", words.dismiss, "button button--secondary").addEventListener("click", () => { change(tap.key, () => []); showRefused(); say(); });
      return card;
    }));
  }

  // 1. Keep, send in order, once.
  function keep(form, submitter) {
    const data = new FormData(form);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    const key = data.get("idempotency_key") || newKey();
    data.set("idempotency_key", key);
    data.delete("csrf_token");
    const tap = {
      key,
      owner: words.owner,
      url: (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || location.pathname,
      body: new URLSearchParams(data).toString(),
      target: form.dataset.target || "",
      drafts: [...form.querySelectorAll("[data-draft]")].map((field) => field.dataset.draft),
      typed: [...form.querySelectorAll("textarea, input[type=text]")].map((field) => field.value).filter(Boolean).join("\n"),
    };
    const each = form.hasAttribute("data-keep-each");
    const twin = !each && unsent().at(-1);
    const same = (body) => body.replace(/idempotency_key=[^&]*/, "");
    if (twin && twin.url === tap.url && same(twin.body) === same(tap.body)) return;
    write([...read(), tap]);
    if (each) form.reset();
    const field = form.elements.idempotency_key;
    if (field) field.value = newKey();
    press(submitter);
    say();
    flush();
  }

  function press(button) {
    if (!button || !button.hasAttribute("aria-pressed")) return;
    if (button.hasAttribute("data-toggle")) {
      const on = button.name === "on";
      button.setAttribute("aria-pressed", String(on));
      button.name = on ? "off" : "on";
      return;
    }
    for (const other of button.closest("fieldset, form").querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
  }

  async function flush() {
    if (sending || !words.owner) return;
    sending = true;
    try {
      const once = async () => { while (unsent().length && await send(unsent()[0])); };
      if (navigator.locks) await navigator.locks.request(QUEUE, { ifAvailable: true }, (lock) => lock && once());
      else await once();
    } finally {
      sending = false;
    }
  }

  // True when the tap is dealt with and the next may go; false to wait.
  async function send(tap) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
    const token = document.querySelector("meta[name=csrf-token]")?.content || "";
    let answer, html;
    try {
      answer = await fetch(tap.url, {
        method: "POST",
        signal: stop.signal,
        headers: { "HX-Request": "true", "Idempotency-Key": tap.key, "X-CSRF-Token": token, "Content-Type": "application/x-www-form-urlencoded" },
        body: tap.body,
      });
      html = await answer.text();
      if (answer.status === 403 && await renewToken(token, stop.signal)) return true;
    } catch {
      say();
      return false;
    } finally {
      clearTimeout(timer);
    }
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429) { say(); return false; }
    if (answer.status === 401 || html.includes('data-owner=""')) { say(words.signIn); return false; }
    if (answer.ok) return sent(tap, answer, html);
    return refused(tap, html);
  }

  // Who signed in again in another tab, or came back to this page with the back button, holds the token of a session
  // that is over. True when the present session, of the same person, has another: the tap goes again.
  async function renewToken(old, signal) {
    const html = await (await fetch(location.pathname, { signal })).text();
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.querySelector("meta[name=csrf-token]")?.content;
    if (!fresh || fresh === old || page.body.dataset.owner !== words.owner) return false;
    document.querySelector("meta[name=csrf-token]").content = fresh;
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = fresh;
    return true;
  }

  function sent(tap, answer, html) {
    change(tap.key, () => []);
    for (const draft of tap.drafts) sessionStorage.removeItem(DRAFT + draft);
    if (!answer.redirected && tap.target) swap(tap.target, html);
    say(unsent().length ? "" : words.saved);
    const onward = answer.headers.get("HX-Redirect") || (answer.redirected && answer.url);
    if (onward && !unsent().length) { leaving = true; location.assign(onward); }
    return true;
  }

  // The form itself comes back with its errors when it is on this page; else the sentence is shown with what was typed.
  function refused(tap, html) {
    if (tap.target && swap(tap.target, html)) {
      change(tap.key, () => []);
      focusErrors(document.getElementById(tap.target));
    } else {
      const page = new DOMParser().parseFromString(html, "text/html");
      const text = (page.querySelector("[data-error-summary], main, body") || page).textContent.replace(/\s+/g, " ").trim();
      change(tap.key, () => [{ ...tap, refusal: text.slice(0, 300) }]);
      showRefused();
    }
    say();
    return true;
  }

  // Replace one element by the same element in an answer, without losing the place or the half-typed text of the reader.
  function swap(id, html) {
    const old = document.getElementById(id);
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
    if (!old || !fresh) return false;
    const active = old.contains(document.activeElement) && document.activeElement;
    old.replaceWith(document.importNode(fresh, true));
    const placed = document.getElementById(id);
    restoreDrafts(placed);
    if (window.htmx) window.htmx.process(placed);
    if (active) focusAgain(placed, active);
    return true;
  }

  // Who works with keys goes on where they were: the same chip, or else the part that took its place.
  function focusAgain(part, old) {
    const action = (field) => field.form?.getAttribute("action");
    const alike = (field) => field.offsetParent && field.value === old.value && action(field) === action(old);
    let found = (old.id && document.getElementById(old.id)) || (old.form && [...part.querySelectorAll("button, input")].find(alike));
    if (!found) (found = part).tabIndex = -1;
    found.focus({ preventScroll: true });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-sign-out]")) return signOut(event);
    if (form.matches("[data-keep]") && words.owner) {
      event.preventDefault();
      return keep(form, event.submitter);
    }
    leaving = true;
    for (const field of form.querySelectorAll("[data-draft]")) sessionStorage.removeItem(DRAFT + field.dataset.draft);
  });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  setInterval(() => unsent().length && flush(), RETRY_MS);

  // 2. Leaving and signing out.
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsent().length) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  function signOut(event) {
    const waiting = unsent().length;
    if (waiting && !window.confirm(words.lose.replace("{n}", waiting))) return event.preventDefault();
    leaving = true;
    localStorage.removeItem(QUEUE);
    sessionStorage.clear();
  }

  // 3. Errors first.
  function focusErrors(part) {
    const summary = part?.querySelector("[data-error-summary]");
    summary?.focus();
    return summary;
  }

  // 4. Drafts.
  function restoreDrafts(part) {
    for (const field of part.querySelectorAll("[data-draft]")) {
      const kept = sessionStorage.getItem(DRAFT + field.dataset.draft);
      if (kept !== null) field.value = kept;
    }
  }
  // Typed text is saved when the reader goes on to something else, by the button of the form that says so.
  document.addEventListener("change", (event) => {
    const button = event.target.dataset.draft && event.target.form?.querySelector("[data-save-typed]");
    if (button) event.target.form.requestSubmit(button);
  });
  document.addEventListener("input", (event) => {
    const draft = event.target.dataset.draft;
    if (draft) sessionStorage.setItem(DRAFT + draft, event.target.value);
  });

  if (!words.owner) sessionStorage.clear();
  restoreDrafts(document);
  focusErrors(document);
  document.addEventListener("htmx:after:swap", () => { restoreDrafts(document); focusErrors(document); });
  window.addEventListener("storage", () => { showRefused(); say(); });
  showRefused();
  say();
  flush();
})();
