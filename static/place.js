/* Puts the answer to a tap in its place, on the screens where people tap while they talk: nothing moves under a finger, and
   nobody loses where they were. `journey.js` sends the taps. */
window.Place = (() => {
  "use strict";
  let pressed = false; // a finger is down now
  const held = []; // answers that wait for it to be lifted

  // Put the parts of an answer (`ids` with spaces between) in the place of the old ones, never under a finger that is down:
  // a button that is taken away while it is pressed would lose its tap. True when any of them is on this page.
  function swap(ids, html) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    const found = ids.split(" ").filter((id) => document.getElementById(id) && answer.getElementById(id));
    const place = () => { for (const id of found) put(id, answer.getElementById(id)); };
    if (pressed) held.push(place); else place();
    return found.length > 0;
  }

  // One element, without losing the place, what was folded out or the half-typed text of the reader.
  function put(id, fresh) {
    const old = document.getElementById(id);
    if (old.open !== undefined) fresh.open = old.open || fresh.open;
    const active = old.contains(document.activeElement) && document.activeElement;
    old.replaceWith(document.importNode(fresh, true));
    const placed = document.getElementById(id);
    document.dispatchEvent(new CustomEvent("journey:placed", { detail: placed }));
    if (window.htmx) window.htmx.process(placed);
    if (active) focusAgain(placed, active);
  }

  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const lifted of ["pointerup", "pointercancel"]) {
    document.addEventListener(lifted, () => setTimeout(() => {
      pressed = false;
      held.splice(0).forEach((place) => place());
    }), true);
  }

  // Who works with keys goes on where they were: the same chip, or else the part that took its place.
  function focusAgain(part, old) {
    const action = (field) => field.form?.getAttribute("action");
    const alike = (field) => field.offsetParent && field.value === old.value && action(field) === action(old);
    let found = (old.id && document.getElementById(old.id)) || (old.form && [...part.querySelectorAll("button, input")].find(alike));
    if (!found) (found = part).tabIndex = -1;
    found.focus({ preventScroll: true });
  }

  return { swap };
})();
