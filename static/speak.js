/* Play buttons in the column at the edge that the page keeps free for them: the recording of these very words when
   there is one, else the phone speaks them; where neither can, no button. A button never moves anything and never lies
   over another: a sentence without room for one of its own is said by the one above it, the first screen by one. */
(() => {
  const synth = window.speechSynthesis, root = document.documentElement, SIZE = 44;
  const WHAT = "h1,h2,h3,p,li,dd,legend,label,.rating__choice,.button";
  let files = {}, on, audio, run = 0, shown = [];
  const words = (node) => node.textContent.replace(/\s+/g, " ").trim();
  const mark = (text) => {
    let hash = 0x811c9dc5;
    for (const sign of text) hash = Math.imul(hash ^ sign.codePointAt(), 0x1000193);
    return (hash >>> 0).toString(16);
  };
  const stop = () => {
    run++;
    if (audio) audio.pause();
    if (synth) synth.cancel();
    if (on) on.ariaPressed = "false";
    on = audio = 0;
  };
  /* Piece by piece: the address of a recording, or a text for the voice of the phone. */
  const play = ([first, ...rest], mine = run) => {
    const ended = () => mine === run && stop(), next = () => mine === run && (rest.length ? play(rest) : stop());
    if (first.at) {
      audio = new Audio(first.at);
      audio.onended = next;
      audio.play().catch(ended);
    } else synth.speak(Object.assign(new SpeechSynthesisUtterance(first.text), first, { onend: next, onerror: ended }));
  };
  const pieces = (block) => {
    const text = words(block), lang = block.closest("[lang]").lang, parts = [];
    for (let walk = document.createTreeWalker(block, 4); walk.nextNode(); )
      if (words(walk.currentNode)) parts.push(lang === root.lang && files[mark(words(walk.currentNode))]);
    if (parts.every(Boolean)) return parts.map((at) => ({ at }));
    const voice = synth && synth.getVoices().find((one) => one.lang.slice(0, 2) === lang);
    return voice ? [{ text, lang, voice }] : [];
  };
  const button = (block, said) => {
    const one = document.createElement("button");
    Object.assign(one, { type: "button", className: "say", ariaLabel: document.body.dataset.listen + ": " + words(block), ariaPressed: "false" });
    one.onclick = () => {
      const again = on === one;
      stop();
      if (again) return;
      on = one;
      on.ariaPressed = "true";
      play(said);
    };
    block.matches("li,dd") ? block.append(one) : block.after(one);
    return { one, block, said };
  };
  /* Beside the first line of a sentence, halfway a button or an answer. */
  const top = (block) => {
    const { top, height } = block.getBoundingClientRect();
    return top + Math.min(height, block.matches(".button,.rating__choice,.chip") ? height : parseFloat(getComputedStyle(block).lineHeight) || height) / 2 - SIZE / 2;
  };
  const place = () => {
    const edge = document.querySelector("main").getBoundingClientRect();
    for (const { one, block } of shown) {
      const from = one.offsetParent;
      if (!from) continue;
      const box = from.getBoundingClientRect();
      one.style.top = top(block) - box.top - from.clientTop + "px";
      one.style.left = (root.dir === "rtl" ? edge.left + 4 : edge.right - SIZE - 4) - box.left - from.clientLeft + "px";
    }
  };
  const add = () => {
    if (on) return;
    for (const { one } of shown) one.remove();
    shown = [];
    const rows = [...document.querySelectorAll(WHAT)]
      .filter((one) => words(one) && !one.closest("nav,.brand,.keep") && !one.querySelector(WHAT) && one.getClientRects().length)
      .map((block) => ({ block, said: pieces(block), at: top(block), first: block.closest(".first") }))
      .filter((row) => row.said.length);
    let before = [], last, free = -1 / 0;
    for (const { block, said, at, first } of rows) {
      if (block.closest("header")) before.push(...said);
      else if (last && (first ? last.first === first : at < free)) last.said.push(...said);
      else {
        last = { first, ...button(first ? first.querySelector("h1,h2") : block, [...before, ...said]) };
        shown.push(last);
        before = [];
        free = at + SIZE;
      }
    }
    place();
  };
  const start = async () => {
    stop();
    const from = document.body.dataset.recorded;
    if (from) try {
      for (const name of (await (await fetch(from)).text()).split(" ")) files[name.split(".")[0]] = from.replace(/\?.*/, "/" + name);
    } catch {}
    add();
    sizes.disconnect();
    sizes.observe(document.querySelector("main"));
  };
  const sizes = new ResizeObserver(place);
  if (synth) synth.onvoiceschanged = add;
  document.addEventListener("toggle", add, true);
  new MutationObserver(start).observe(root, { childList: true });
  start();
})();
