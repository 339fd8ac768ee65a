/* The square on a letter holds the code after the #, which no server and no log sees. It is put in the field and taken
   out of the address; the reader presses the button. */
(() => {
  "use strict";
  const typed = decodeURIComponent(location.hash.slice(1));
  const field = document.getElementById("code");
  if (!typed || typed.length > 40 || !field) return;
  if (!field.value) field.value = typed;
  history.replaceState(null, "", location.pathname + location.search);
})();
