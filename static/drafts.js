/* What was typed and did not arrive is there again: after Back, a reload, a link in the footer, a page that was too long
   open, or signing in anew. It stays in this tab, for who typed it, no longer than a session lasts, and goes when the
   form arrived or at signing out. */
(() => {
  "use strict";
  const TYPED = "journey-typed:", OWNER = "journey-owner", LASTS_MS = 2 * 60 * 60 * 1000;
  const kept = window.Tap.store(() => sessionStorage);
  const { owner, restored, failed } = document.body.dataset;
  const ours = () => kept.names().filter((name) => name.startsWith(TYPED));
  const SECRET = "[type=password], [autocomplete=one-time-code], [type=file]";
  const typing = (form) => form.method === "post" && form.closest("main") && !form.querySelector(SECRET);
  const fields = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden" && !/^(button|submit|fieldset)$/.test(field.type));

  // A form is known by where it goes, and by its place among those that go there. One that carries what was typed back to
  // another page says of which form that is.
  const goal = (form) => form.dataset.carries || form.getAttribute("action") || location.pathname;
  function nameOf(form) {
    const action = goal(form);
    const alike = [...document.forms].filter((other) => goal(other) === action);
    return `${TYPED}${action}#${alike.indexOf(form)}`;
  }

  const stateOf = (form) => fields(form).map((field) => [field.name, field.value, field.checked === true]);

  function fill(form, state) {
    for (const field of fields(form)) {
      if (field.dataset.draft) continue; // journey.js keeps these
      const choice = field.type === "checkbox" || field.type === "radio";
      const found = state.find(([name, value]) => name === field.name && (!choice || value === field.value));
      if (!found) continue;
      if (choice) field.checked = found[2]; else field.value = found[1];
    }
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (owner && form && typing(form)) kept.write(nameOf(form), { owner, at: Date.now(), state: stateOf(form) });
  });
  // Questions that are saved one by one are safe as soon as they are answered.
  document.addEventListener("change", (event) => {
    if (event.target.form?.dataset.saveEach) kept.wipe(nameOf(event.target.form));
  });
  // A tap that waits in the line is safe there; any other form is safe once a page of ours came that has no fault to tell.
  window.addEventListener("submit", (event) => {
    const name = nameOf(event.target), draft = kept.read(name);
    if (event.submitter?.hasAttribute("data-aside")) return; // on the way back it is there
    if (event.defaultPrevented) kept.wipe(name);
    else if (draft) kept.write(name, { ...draft, sent: true });
  });

  function tidy() {
    const before = kept.read(OWNER);
    if (owner && before && before !== owner) kept.clear();
    if (owner) kept.write(OWNER, owner);
    for (const name of ours()) {
      const draft = kept.read(name);
      const arrived = draft?.sent && owner && !failed;
      if (!draft || arrived || Date.now() - draft.at > LASTS_MS) kept.wipe(name);
      else if (!owner) kept.write(name, { ...draft, sent: false }); // the door stood in between
    }
  }

  tidy();
  if (!owner || failed === "form") return; // a form that came back has everything in it already
  let back = 0;
  for (const form of document.forms) {
    const draft = typing(form) && kept.read(nameOf(form));
    if (!draft || JSON.stringify(draft.state) === JSON.stringify(stateOf(form))) continue;
    fill(form, draft.state);
    back += 1;
  }
  if (back) document.dispatchEvent(new CustomEvent("journey:say", { detail: restored }));
})();
