/* The call screen and the closing interview, over what journey.js does for every form: days that stay true past
   midnight, an answer that is corrected by tapping another, and questions that are saved one by one. */
(() => {
  "use strict";
  // A page that was opened yesterday still says "vandaag": before a tap on such a chip its day moves along with the
  // days that went by on this device, whose clock itself need not be right.
  const day = () => Math.floor((Date.now() - new Date().getTimezoneOffset() * 60000) / 86400000);
  const opened = day();
  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-ago]");
    const gone = day() - opened;
    if (!chip || !gone) return;
    const then = new Date(`${chip.value}T12:00:00Z`);
    then.setUTCDate(then.getUTCDate() + gone);
    chip.value = then.toISOString().slice(0, 10);
  }, true);

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-resend]")) field.form.requestSubmit(field.form.querySelector("[data-resends]"));
    const each = field.form?.dataset.saveEach;
    if (each && field.name) saveOne(field, each);
  });

  // One field as a form of its own, so that it waits and is sent like every tap.
  function saveOne(field, action) {
    const form = Object.assign(document.createElement("form"), { method: "post", action, hidden: true });
    Object.assign(form.dataset, { keep: "", target: "closing-answered" });
    const add = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    add("idempotency_key", "");
    add(field.name, field.value);
    document.body.append(form);
    form.requestSubmit();
    form.remove();
  }
})();
