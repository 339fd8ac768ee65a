/* The pages for speaking and photos work without this file: then the phone's own file goes. With it one records and
   listens here, and blurs a photo before anything leaves the phone. What was made stays in this page until it is sent,
   and nowhere else: phones are shared. */
(() => {
  "use strict";
  const form = document.querySelector("[data-sends]");
  if (!form) return;
  const LONGEST = 1600;
  const BLOCKS = 20; // a blurred photo keeps this many colours along its longest side
  const words = form.dataset;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const send = part("send");
  const { MARK, newKey, isOurs } = window.Tap;
  const say = (text) => { part("say").textContent = text || ""; };
  let make = null; // gives the file that goes instead of the chosen one
  let made = null;
  let sending = false;
  let waiting = false;

  function changed(maker) {
    make = maker;
    made = null;
    send.hidden = !maker;
    form.elements.sending.value = newKey();
  }

  // The tick comes before anything is made; without it nothing would be kept.
  function agreed() {
    const tick = form.elements.agree;
    const fine = !tick || tick.checked;
    say(fine ? "" : words.agree);
    if (!fine) tick.focus();
    return fine;
  }

  form.addEventListener("submit", async (event) => {
    if (!agreed()) return event.preventDefault();
    if (!make) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    waiting = false;
    say(words.sending);
    try {
      made = made || await make();
      const data = new FormData(form);
      data.set("file", made);
      const key = form.elements.sending.value;
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { [MARK]: key } });
      const html = await answer.text();
      // The page of a wifi network answers too: only our own mark says that it arrived.
      if (!isOurs(answer, html, key)) throw new Error("not ours");
      take(answer.ok, new DOMParser().parseFromString(html, "text/html"));
    } catch {
      waiting = true;
      say(words.waiting);
    }
    sending = false;
  });

  // Sent: the answer in place. Refused: only why, so that what was made is still there.
  function take(ok, page) {
    const main = document.querySelector("main");
    const fresh = ok ? page.querySelector("main") : page.querySelector("[data-error-summary]");
    const old = document.querySelector("[data-error-summary]");
    if (old) old.remove();
    say(fresh ? "" : words.trouble);
    if (!fresh) return;
    if (ok) {
      changed(null);
      document.title = page.title;
      main.replaceWith(fresh);
    } else {
      main.prepend(fresh);
    }
    scrollTo(0, 0);
    fresh.focus();
  }

  window.addEventListener("online", () => waiting && form.requestSubmit());
  window.addEventListener("beforeunload", (event) => make && event.preventDefault());

  function speak() {
    const types = { "audio/webm;codecs=opus": "webm", "audio/mp4": "m4a", "audio/ogg;codecs=opus": "ogg" };
    const type = window.MediaRecorder && navigator.mediaDevices && Object.keys(types).find((one) => MediaRecorder.isTypeSupported(one));
    if (!type) return;
    const [start, stop, end, again, listen, plain, box] = ["start", "stop", "finish", "again", "listen", "plain", "recorder"].map(part);
    const seconds = Number(words.seconds);
    let recorder = null;
    let goes = false; // sent as soon as it is made

    function clock(left) {
      part("clock").textContent = words.left.replace("{time}", `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
    }

    function show(state) {
      start.hidden = state !== "idle";
      stop.hidden = end.hidden = state !== "recording";
      listen.hidden = again.hidden = state !== "ready";
      part("clock").hidden = state === "ready";
    }

    function idle() {
      URL.revokeObjectURL(listen.src);
      listen.removeAttribute("src");
      changed(null);
      clock(seconds);
      show("idle");
      say("");
    }

    async function record() {
      if (!agreed()) return;
      goes = false;
      start.hidden = true;
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      } catch {
        box.hidden = true;
        plain.hidden = send.hidden = false;
        say(words.refused);
        return;
      }
      const heard = [];
      const ends = Date.now() + seconds * 1000;
      recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24000 });
      const tick = setInterval(() => {
        const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
        clock(left);
        if (!left) finish();
      }, 250);
      recorder.ondataavailable = (event) => heard.push(event.data);
      recorder.onstop = () => {
        clearInterval(tick);
        for (const track of stream.getTracks()) track.stop();
        const blob = new Blob(heard, { type });
        listen.src = URL.createObjectURL(blob);
        changed(() => new File([blob], `voice.${types[type]}`, { type }));
        show("ready");
        if (goes) return send.click();
        say(words.ready);
        listen.focus();
      };
      recorder.start(1000);
      show("recording");
      say(words.running);
      end.focus();
    }

    function finish() {
      if (recorder.state !== "inactive") recorder.stop();
    }

    start.addEventListener("click", record);
    stop.addEventListener("click", finish);
    end.addEventListener("click", () => { goes = true; finish(); });
    again.addEventListener("click", () => { idle(); start.focus(); });
    plain.hidden = true;
    box.hidden = false;
    idle();
  }

  function blurPhoto() {
    if (!window.createImageBitmap) return;
    const canvas = part("canvas");
    const brush = part("brush");
    const pen = canvas.getContext("2d");
    let clear = null;
    let blurred = null;
    let at = { x: 0, y: 0 };
    const radius = () => Math.max(canvas.width, canvas.height) / 16;

    function drawn(source, width, height) {
      const copy = Object.assign(document.createElement("canvas"), { width, height });
      copy.getContext("2d").drawImage(source, 0, 0, width, height);
      return copy;
    }

    async function open(input) {
      let photo;
      try {
        photo = await createImageBitmap(input.files[0]);
      } catch {
        input.value = "";
        part("editor").hidden = true;
        changed(null);
        say(words.refused);
        return;
      }
      const longest = Math.max(photo.width, photo.height);
      const [width, height] = [photo.width, photo.height].map((side) => Math.max(1, Math.round(side * Math.min(1, LONGEST / longest))));
      const [across, down] = [photo.width, photo.height].map((side) => Math.max(1, Math.round((side / longest) * BLOCKS)));
      clear = drawn(photo, width, height);
      blurred = drawn(drawn(clear, across, down), width, height);
      Object.assign(canvas, { width, height });
      at = { x: width / 2, y: height / 2 };
      part("editor").hidden = false;
      say(words.ready);
      cover(clear);
      canvas.focus({ preventScroll: true });
      part("editor").scrollIntoView();
    }

    function touched() {
      changed(() => new Promise((resolve, reject) => canvas.toBlob(
        (blob) => blob ? resolve(new File([blob], "photo.jpg", { type: "image/jpeg" })) : reject(new Error("no photo")), "image/jpeg", 0.85)));
    }

    function cover(source) {
      pen.drawImage(source, 0, 0);
      touched();
    }

    function dab(x, y) {
      pen.save();
      pen.beginPath();
      pen.arc(x, y, radius(), 0, 2 * Math.PI);
      pen.clip();
      pen.drawImage(blurred, 0, 0);
      pen.restore();
    }

    // From where the finger was to where it is, without gaps.
    function stroke(to) {
      const steps = Math.max(1, Math.ceil(Math.hypot(to.x - at.x, to.y - at.y) / (radius() / 3)));
      for (let step = 1; step <= steps; step += 1) dab(at.x + ((to.x - at.x) * step) / steps, at.y + ((to.y - at.y) * step) / steps);
      at = to;
      touched();
    }

    function point(event) {
      const place = canvas.getBoundingClientRect();
      return { x: ((event.clientX - place.left) * canvas.width) / place.width, y: ((event.clientY - place.top) * canvas.height) / place.height };
    }

    function ring() {
      const scale = canvas.clientWidth / canvas.width;
      const side = `${radius() * 2 * scale}px`;
      Object.assign(brush.style, { left: `${at.x * scale}px`, top: `${at.y * scale}px`, width: side, height: side });
      brush.hidden = false;
    }

    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      brush.hidden = true;
      at = point(event);
      stroke(at);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) stroke(point(event));
    });
    canvas.addEventListener("blur", () => { brush.hidden = true; });
    canvas.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!moves && event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      const within = (value, most) => Math.min(most, Math.max(0, value));
      if (moves) at = { x: within(at.x + moves[0] * radius() / 2, canvas.width), y: within(at.y + moves[1] * radius() / 2, canvas.height) };
      else stroke(at);
      ring();
    });
    part("all").addEventListener("click", () => cover(blurred));
    part("undo").addEventListener("click", () => cover(clear));
    for (const input of form.querySelectorAll("[type=file]"))
      input.addEventListener("change", () => input.files[0] && open(input));
    send.hidden = true;
  }

  ({ voice: speak, photo: blurPhoto })[words.sends]();
})();
