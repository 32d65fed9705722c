// A part of a page that follows by itself: <div data-vivo="/address/of/fragment" data-etag="…">.
// It asks with the last ETag every few seconds, rests while the page is hidden, and waits longer
// after an error. Only what changed is replaced, so that a screen reader tells only what is new and
// what somebody is using stays as it is. Without this script the page works.
(() => {
  "use strict";
  const EVERY = 4000;
  const SLOWEST = 60000;
  const GONE = [401, 403, 404];

  function follow(part) {
    let tag = part.dataset.etag ? `"${part.dataset.etag}"` : "";
    let wait = EVERY;
    let timer = 0;
    let ended = false;
    part.setAttribute("aria-live", "polite");

    async function ask() {
      try {
        const answer = await fetch(part.dataset.vivo, {
          headers: tag ? { "If-None-Match": tag } : {},
          credentials: "same-origin", cache: "no-store", redirect: "error",
        });
        ended = GONE.includes(answer.status);
        if (answer.status === 200) {
          show(part, await answer.text());
          tag = answer.headers.get("ETag") || "";
        }
        wait = answer.status === 200 || answer.status === 304 ? EVERY : slower(wait);
      } catch {
        wait = slower(wait);
      }
      plan();
    }

    function plan() {
      clearTimeout(timer);
      if (!document.hidden && !ended) timer = setTimeout(ask, wait);
    }

    document.addEventListener("visibilitychange", plan);
    plan();
  }

  function slower(wait) {
    return Math.min(wait * 2, SLOWEST);
  }

  function show(part, html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    update(part, fresh.content);
  }

  // What is the same at the beginning and at the end stays; what is between is replaced, or entered
  // when it is one element of the same kind on both sides.
  function update(old, fresh) {
    const before = meaningful(old);
    const after = meaningful(fresh);
    const most = Math.min(before.length, after.length);
    let head = 0;
    let tail = 0;
    while (head < most && before[head].isEqualNode(after[head])) head += 1;
    while (tail < most - head && before.at(-1 - tail).isEqualNode(after.at(-1 - tail))) tail += 1;
    const gone = before.slice(head, before.length - tail);
    const come = after.slice(head, after.length - tail);
    if (gone.length === 1 && come.length === 1 && sameKind(gone[0], come[0])) {
      update(gone[0], come[0]);
      return;
    }
    const next = before[before.length - tail] || null;
    gone.forEach((node) => node.remove());
    come.forEach((node) => old.insertBefore(node, next));
  }

  function meaningful(node) {
    return [...node.childNodes].filter(
      (child) => child.nodeType === Node.ELEMENT_NODE || child.textContent.trim(),
    );
  }

  function sameKind(one, other) {
    return one.nodeType === Node.ELEMENT_NODE && one.nodeName === other.nodeName
      && one.cloneNode(false).isEqualNode(other.cloneNode(false));
  }

  document.querySelectorAll("[data-vivo]").forEach(follow);

  // A day or an hour that somebody wrote by half is sent as none by a browser that checks nothing:
  // it is told where it stands, and the form stays.
  document.addEventListener("submit", (event) => {
    const half = [...event.target.elements].find((field) => field.validity?.badInput);
    if (!half) return;
    event.preventDefault();
    half.reportValidity();
  });

  // What a form found has an address of its own: going back or reloading asks for it again, and not
  // whether to send the form a second time.
  const again = document.querySelector("[data-volver]");
  if (again) history.replaceState(null, "", again.dataset.volver);
})();
