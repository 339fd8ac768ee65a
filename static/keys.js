/* Keys on a laptop: 1, 2 and 3 rate what is asked next, N goes to the note, E ends the call. They do nothing while somebody
   types, with another key held down, or when they were switched off. */
(() => {
  "use strict";
  const OFF = "journey-keys-off";
  const hint = document.querySelector("[data-keys]");
  if (!hint) return;
  const marks = window.Tap.store(() => localStorage);
  const wide = matchMedia("(min-width: 75rem) and (hover: hover)");
  const isOn = () => wide.matches && !marks.read(OFF);
  const groups = () => [...document.querySelectorAll(".step details[open] form[action$='/rating'] fieldset:not(:disabled)")].filter((one) => one.checkVisibility());
  let touched = null;

  /* The question that was touched last as long as it has no answer, else the first without one. */
  function asked() {
    const open = groups().filter((one) => !one.querySelector("[aria-pressed=true]"));
    return open.find((one) => touched && one.querySelector("button")?.form?.getAttribute("action") === touched) || open[0];
  }

  function show() {
    hint.hidden = !wide.matches;
    hint.querySelector("[data-keys-switch]").setAttribute("aria-pressed", String(!marks.read(OFF)));
    for (const one of document.querySelectorAll(".keys-here")) one.classList.remove("keys-here");
    if (isOn()) asked()?.classList.add("keys-here");
  }

  const types = (target) => target.closest("input, textarea, select, [contenteditable]");
  const acts = {
    1: () => rate("negative"),
    2: () => rate("neutral"),
    3: () => rate("positive"),
    n: () => document.querySelector("#call-note textarea")?.focus(),
    e: () => document.querySelector(".action-bar--call [name=outcome][value=interview]")?.click(),
  };

  function rate(value) {
    const group = asked();
    group?.scrollIntoView({ block: "nearest" });
    group?.querySelector(`[value=${value}]`)?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || types(event.target)) return;
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
    show();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-switch]")) marks.read(OFF) ? marks.wipe(OFF) : marks.write(OFF, true);
    touched = event.target.closest("form[action$='/rating']")?.getAttribute("action") || touched;
    show();
  });
  document.addEventListener("toggle", show, true);
  document.addEventListener("journey:sent", () => setTimeout(show));
  wide.addEventListener("change", show);
  show();
})();
