/* A play button beside every sentence: the recording of these very words when there is one, else the phone speaks
   them; where neither can, no button. */
(() => {
  const synth = window.speechSynthesis, root = document.documentElement;
  const WHAT = "h1,h2,h3,p,li,dd,legend,label,.rating__choice,.button";
  let files = {}, on, audio;
  const words = (node) => node.textContent.replace(/\s+/g, " ").trim();
  const mark = (text) => {
    let hash = 0x811c9dc5;
    for (const sign of text) hash = Math.imul(hash ^ sign.codePointAt(), 0x1000193);
    return (hash >>> 0).toString(16);
  };
  const stop = () => {
    if (audio) audio.pause();
    if (synth) synth.cancel();
    if (on) on.ariaPressed = "false";
    on = 0;
  };
  const play = ([first, ...rest]) => {
    if (!first) return stop();
    audio = new Audio(first);
    audio.onended = () => play(rest);
    audio.play().catch(stop);
  };
  const add = () => {
    for (const block of document.querySelectorAll(WHAT)) {
      const text = words(block), lang = block.closest("[lang]").lang, parts = [];
      if (block.said || !text || block.closest("nav,.brand,.keep") || block.querySelector(WHAT)) continue;
      for (let walk = document.createTreeWalker(block, 4); walk.nextNode(); )
        if (words(walk.currentNode)) parts.push(lang === root.lang && files[mark(words(walk.currentNode))]);
      const voice = synth && synth.getVoices().find((one) => one.lang.slice(0, 2) === lang);
      const recorded = parts.every(Boolean);
      if (!recorded && !voice) continue;
      block.said = 1;
      const button = document.createElement("button"), row = document.createElement("div");
      Object.assign(button, { type: "button", className: "say", ariaLabel: document.body.dataset.listen + ": " + text, ariaPressed: "false" });
      button.onclick = () => {
        const again = on === button;
        stop();
        if (again) return;
        on = button;
        on.ariaPressed = "true";
        if (recorded) return play(parts);
        const speech = new SpeechSynthesisUtterance(text);
        Object.assign(speech, { lang, voice, onend: stop, onerror: stop });
        synth.speak(speech);
      };
      row.className = "said";
      if (block.matches("li,dd")) {
        const text = document.createElement("span");
        text.append(...block.childNodes);
        block.append(row);
        row.append(text, button);
      } else if (block.matches("legend")) block.after(button);
      else {
        block.before(row);
        row.append(block, button);
      }
    }
  };
  const start = async () => {
    stop();
    const from = document.body.dataset.recorded;
    if (from) try {
      for (const name of (await (await fetch(from)).text()).split(" ")) files[name.split(".")[0]] = from.replace(/\?.*/, "/" + name);
    } catch {}
    add();
  };
  if (synth) synth.onvoiceschanged = add;
  new MutationObserver(start).observe(root, { childList: true });
  start();
})();
