/* What a tap needs on every screen. An answer counts when it repeats the key of the tap in a head and in its last words:
   a page in between (the log-in of a wifi) answers 200 too. Nothing here throws: the plain form can always go. */
window.Tap = (() => {
  "use strict";
  const MARK = "Journey-Tap", SLOW_MS = 3000, LIMIT_MS = 10000, STILL_MS = 1000;
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const isOurs = (answer, html, key) => answer.headers.get(MARK) === key && html.endsWith(`<!--tap ${key}-->`);

  /* `area` gives the storage: it may throw, be null, full or broken. */
  const store = (area) => ({
    names() { try { return Object.keys(area()); } catch (e) { return []; } },
    read(name) { try { return JSON.parse(area().getItem(name)); } catch (e) { return null; } },
    write(name, value) {
      const text = JSON.stringify(value);
      try { area().setItem(name, text); return area().getItem(name) === text; } catch (e) { return false; }
    },
    wipe(name) { try { area().removeItem(name); } catch (e) {} },
    clear() { try { area().clear(); } catch (e) {} },
  });

  /* Sends in order, one at a time: `next()` gives the oldest tap ({key, url, body}), `take(tap, answer, html)` says whether
     the next may go, `wait()` hears that one does not get through, `heads(tap)` are further heads, `lock` is for all tabs.
     A new tap (`run(true)`) does not stand behind one that hangs. */
  function line({ next, take, wait, heads, lock }) {
    let running = false, again = false, since = 0, stop;

    async function post(tap) {
      stop = new AbortController();
      since = Date.now();
      const limit = setTimeout(() => stop.abort(), LIMIT_MS);
      const slow = setTimeout(wait, SLOW_MS);
      try {
        const answer = await fetch(tap.url, {
          method: "POST",
          signal: stop.signal,
          headers: Object.assign({ [MARK]: tap.key, "Content-Type": "application/x-www-form-urlencoded" }, heads && heads(tap)),
          body: tap.body,
        });
        const html = await answer.text();
        const ours = isOurs(answer, html, tap.key);
        const later = answer.status >= 500 || [408, 425, 429].includes(answer.status);
        return ours && !later && { answer, html };
      } catch (e) {
        return null;
      } finally {
        clearTimeout(limit);
        clearTimeout(slow);
      }
    }

    async function all() {
      for (let tap; (tap = next()); again = false) {
        const got = await post(tap);
        if (got ? await take(tap, got.answer, got.html) : again) continue;
        if (!got) wait();
        return;
      }
    }

    return async function run(pushed) {
      if (running) {
        again = again || (pushed && stop && Date.now() - since > SLOW_MS);
        if (again) stop.abort();
        return;
      }
      running = true;
      try {
        if (lock && navigator.locks) await navigator.locks.request(lock, { ifAvailable: true }, (held) => held && all());
        else await all();
      } finally {
        running = again = false;
      }
    };
  }

  /* Nobody aimed at what has just come under the finger (rules, 42c). */
  function still(part) {
    part.style.pointerEvents = "none";
    setTimeout(() => { part.style.pointerEvents = ""; }, STILL_MS);
  }

  return { MARK, newKey, isOurs, store, line, still };
})();
