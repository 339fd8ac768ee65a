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
  const { newKey, store, line } = window.Tap;
  const waiting = store(() => localStorage);
  const drafts = store(() => sessionStorage);
  const words = document.body.dataset;
  const statusLine = document.querySelector("[data-keep-status]");
  const refusedBox = document.querySelector("[data-keep-refused]");
  let leaving = false;
  let touches = 0; // how often the reader touched this page

  // The queue: [{key, owner, url, body, target, drafts, typed}], oldest first; one that was refused has a `refusal`.
  // Always read afresh: another tab may have sent its head.
  const read = () => [waiting.read(QUEUE)].flat().filter((tap) => tap && tap.key && tap.url);
  const write = (taps) => taps.length ? waiting.write(QUEUE, taps) : waiting.wipe(QUEUE);
  const mine = () => read().filter((tap) => tap.owner === words.owner);
  const unsent = () => mine().filter((tap) => !tap.refusal);
  const change = (key, edit) => write(read().flatMap((tap) => (tap.key === key ? edit(tap) : [tap])));

  const page = newKey(); // this opening of this page

  function say(text) {
    if (!statusLine) return;
    const left = unsent().length;
    statusLine.parentElement.classList.toggle("keep--unsent", left > 0);
    const count = left === 1 ? words.unsentOne : left ? words.unsentMany.replace("{n}", left) : "";
    const message = text || count;
    if (statusLine.textContent !== message) statusLine.textContent = message;
    if (text && !left) setTimeout(() => { if (statusLine.textContent === text) statusLine.textContent = ""; }, 4000);
  }

  function showRefused() {
    if (!refusedBox) return;
    const refused = mine().filter((tap) => tap.refusal);
    refusedBox.hidden = !refused.length;
    const [label, list] = refusedBox.children;
    const count = refused.length > 1 ? ` (${refused.length})` : "";
    label.textContent = refused.length ? `${words.refused}${count} ${refused[0].refusal}` : "";
    list.replaceChildren(...refused.map((tap) => {
      const card = document.createElement("div");
      const add = (tag, text, className = "") => card.appendChild(Object.assign(document.createElement(tag), { textContent: text, className }));
      add("p", `${words.refused} ${tap.refusal}`, "field__error");
      if (tap.typed) { add("p", words.typed, "small"); add("blockquote", tap.typed); }
      add("button", words.dismiss, "button button--secondary").addEventListener("click", () => { change(tap.key, () => []); showRefused(); say(); });
      return card;
    }));
  }

  // 1. Keep, send in order, once. False when this device keeps nothing: then the form goes by itself.
  function keep(form, submitter) {
    const data = new FormData(form);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    const key = data.get("idempotency_key") || newKey();
    data.set("idempotency_key", key);
    data.delete("csrf_token");
    const tap = {
      key,
      at: Date.now(),
      owner: words.owner,
      url: (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || location.pathname,
      body: new URLSearchParams(data).toString(),
      target: form.dataset.target || "",
      about: [form.dataset.about, submitter?.textContent.trim()].filter(Boolean).join(": "),
      page,
      touches,
      drafts: [...form.querySelectorAll("[data-draft]")].map((field) => field.dataset.draft),
      typed: [...form.querySelectorAll("textarea, input[type=text]")].map((field) => field.value).filter(Boolean).join("\n"),
    };
    const each = form.hasAttribute("data-keep-each");
    const twin = !each && unsent().at(-1);
    const same = (body) => body.replace(/idempotency_key=[^&]*/, "");
    if (twin && twin.url === tap.url && same(twin.body) === same(tap.body)) return true;
    if (!write([...read(), tap])) return false;
    if (each) form.reset();
    const field = form.elements.idempotency_key;
    if (field) field.value = newKey();
    press(submitter);
    say();
    flush(true);
    return true;
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

  const csrfToken = () => document.querySelector("meta[name=csrf-token]")?.content || "";
  const flush = line({
    next: () => words.owner ? unsent()[0] : null,
    take,
    wait: () => say(),
    heads: (tap) => ({ "HX-Request": "true", "Journey-Age": String(Math.max(0, Math.round((Date.now() - tap.at) / 1000)) || 0), "Idempotency-Key": tap.key, "X-CSRF-Token": csrfToken() }),
    lock: QUEUE,
  });

  // True when the tap is dealt with and the next may go; false to wait.
  async function take(tap, answer, html) {
    const renewed = answer.status === 403 && await renewToken(csrfToken());
    if (renewed) return true;
    if (renewed === null) { say(); return false; }
    if (answer.status === 401 || html.includes('data-owner=""')) { say(words.signIn); return false; }
    return answer.ok ? sent(tap, answer, html) : refused(tap, html);
  }

  // Who signed in again in another tab, or came back to this page with the back button, holds the token of a session
  // that is over. True when the present session, of the same person, has another: the tap goes again. Null when no page of
  // ours came.
  async function renewToken(old) {
    const html = await fetch(location.pathname).then((answer) => answer.text(), () => "");
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.querySelector("meta[name=csrf-token]")?.content;
    if (page.body.dataset.owner === undefined) return null;
    if (!fresh || fresh === old || page.body.dataset.owner !== words.owner) return false;
    document.querySelector("meta[name=csrf-token]").content = fresh;
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = fresh;
    return true;
  }

  function sent(tap, answer, html) {
    change(tap.key, () => []);
    for (const draft of tap.drafts) drafts.wipe(DRAFT + draft);
    // Only who still looks at what was tapped is taken along; what was sent later says where it belongs that it was.
    const onward = answer.headers.get("HX-Redirect");
    const goes = onward && tap.page === page && tap.touches === touches && !unsent().length;
    if (goes) { leaving = true; location.assign(onward); }
    else if (tap.target) swap(tap.target, html);
    say(unsent().length ? "" : [onward && !goes && tap.about, words.saved].filter(Boolean).join(" · "));
    document.dispatchEvent(new Event("journey:sent"));
    return true;
  }

  // The form itself comes back with its errors when it is on this page; else the sentence is shown with what was typed.
  function refused(tap, html) {
    if (tap.page === page && tap.target && swap(tap.target, html)) {
      change(tap.key, () => []);
      document.title = words.wrong + document.title.replace(words.wrong, "");
      focusErrors(document);
    } else {
      const page = new DOMParser().parseFromString(html, "text/html");
      const text = (page.querySelector("[data-error-summary], main, body") || page).textContent.replace(/\s+/g, " ").trim();
      change(tap.key, () => [{ ...tap, refusal: text.slice(0, 300) }]);
      showRefused();
    }
    say();
    return true;
  }

  // Only pages with something to put in place have `place.js`.
  const swap = (ids, html) => Boolean(window.Place?.swap(ids, html));
  document.addEventListener("journey:placed", (event) => restoreDrafts(event.detail));
  document.addEventListener("pointerdown", () => { touches += 1; }, true);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-sign-out]")) return signOut(event);
    if (form.matches("[data-keep]") && words.owner && keep(form, event.submitter)) return event.preventDefault();
    leaving = true;
    for (const field of form.querySelectorAll("[data-draft]")) drafts.wipe(DRAFT + field.dataset.draft);
  });
  window.addEventListener("online", () => flush());
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  setInterval(() => unsent().length && flush(), RETRY_MS);

  // 2. Leaving and signing out.
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsent().length) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("journey:stays", () => { leaving = true; });

  function signOut(event) {
    const left = unsent().length;
    if (left && !window.confirm(words.lose.replace("{n}", left))) return event.preventDefault();
    leaving = true;
    waiting.wipe(QUEUE);
    drafts.clear();
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
      const kept = drafts.read(DRAFT + field.dataset.draft);
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
    if (draft) drafts.write(DRAFT + draft, event.target.value);
  });

  // What waits is seen where it was tapped, also on a page that came from a copy or was loaded again.
  function showWaiting() {
    for (const tap of unsent()) {
      const said = new URLSearchParams(tap.body);
      const forms = [...document.querySelectorAll("form[data-keep]")].filter((form) => form.getAttribute("action") === tap.url);
      const button = forms.flatMap((form) => [...form.querySelectorAll("[aria-pressed]")]).find((one) => said.get(one.name) === one.value);
      if (button && !button.hasAttribute("data-toggle")) press(button);
      const ended = /^\/calls\/(\d+)\/attempts$/.exec(tap.url);
      document.getElementById(ended && `due-${ended[1]}`)?.classList.add("due--waiting");
    }
  }

  restoreDrafts(document);
  focusErrors(document);
  document.addEventListener("htmx:after:swap", () => { restoreDrafts(document); focusErrors(document); });
  document.addEventListener("journey:say", (event) => say(event.detail));
  window.addEventListener("storage", () => { showRefused(); say(); });
  showRefused();
  showWaiting();
  say();
  flush();
})();
