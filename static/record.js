/* Records a sentence in the browser of the administrator and sends it with the form it stands in. */
(() => {
  "use strict";
  if (!navigator.mediaDevices || !window.MediaRecorder) return;
  for (const form of document.querySelectorAll("[data-record]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary";
    button.textContent = form.dataset.recordStart;
    let recorder = null;
    button.addEventListener("click", async () => {
      if (recorder) return recorder.stop();
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      const pieces = [];
      recorder = new MediaRecorder(sound, { audioBitsPerSecond: 32000 });
      recorder.ondataavailable = (event) => pieces.push(event.data);
      recorder.onstop = () => {
        for (const track of sound.getTracks()) track.stop();
        const files = new DataTransfer();
        files.items.add(new File(pieces, "recording", { type: recorder.mimeType }));
        form.elements.file.files = files.files;
        form.requestSubmit();
      };
      recorder.start();
      button.textContent = form.dataset.recordStop;
    });
    form.prepend(button);
  }
})();
