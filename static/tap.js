/* What a tap needs on every screen: a key, a place on this device, a time limit, and an answer that is surely ours.
   Pages between us and the phone (the log-in of a wifi network, a filter, a proxy) answer with 200 too: an answer counts
   when it repeats the key of the tap in a head and in its last words. Whatever this device lacks or refuses, nothing here
   throws: the plain form can always go. */
window.Tap = (() => {
  "use strict";
  const MARK = "Journey-Tap", SLOW_MS = 3000, LIMIT_MS = 10000, STILL_MS = 1000;
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  /* `area` gives the storage, which may throw, be null, be full, or hold what somebody else broke. */
  const store = (area) => ({
    names() { try { return Object.keys(area()); } catch (e) { return []; } },
    read(name) { try { return JSON.parse(area().getItem(name)); } catch (e) { return null; } },
    write(name, value) { try { area().setItem(name, JSON.stringify(value)); return true; } catch (e) { return false; } },
    wipe(name) { try { area().removeItem(name); } catch (e) { /* then it was not kept either */ } },
    clear() { try { area().clear(); } catch (e) { /* there was nothing */ } },
  });

  /* Sends what waits, in order and one at a time. `next()` gives the oldest tap ({key, url, body}) or nothing; `take(tap,
     answer, html)` gets our own answer and says whether the next may go; `wait()` hears that a tap did not get through, or
     takes long. `heads(tap)` are further heads; `lock` names the line of all tabs together. A new tap (`run(true)`) does not
     stand behind one that hangs: that one is sent again, before it. */
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
        const ours = answer.headers.get(MARK) === tap.key && html.endsWith(`<!--tap ${tap.key}-->`);
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

  /* What comes under a finger by itself was not aimed at: nothing in it can be tapped for a second (rules, 42c). */
  function still(part) {
    part.style.pointerEvents = "none";
    setTimeout(() => { part.style.pointerEvents = ""; }, STILL_MS);
  }

  return { newKey, store, line, still };
})();
