// A part of a page that follows by itself: <div data-vivo="/address/of/fragment">.
// It asks with the last ETag every few seconds, rests while the page is hidden, waits longer after
// an error, and does not touch what somebody is using at that moment. Without it, the page works.
(() => {
  "use strict";
  const EVERY = 4000;
  const SLOWEST = 60000;

  function follow(part) {
    let tag = "";
    let wait = EVERY;
    let timer = 0;
    if (!part.hasAttribute("aria-live")) part.setAttribute("aria-live", "polite");

    async function ask() {
      try {
        const headers = tag ? { "If-None-Match": tag } : {};
        const answer = await fetch(part.dataset.vivo, {
          headers, credentials: "same-origin", cache: "no-store", redirect: "error",
        });
        if (answer.status === 401 || answer.status === 403 || answer.status === 404) return;
        if (answer.status === 200) show(await answer.text(), answer.headers.get("ETag") || "");
        wait = answer.ok || answer.status === 304 ? EVERY : Math.min(wait * 2, SLOWEST);
      } catch {
        wait = Math.min(wait * 2, SLOWEST);
      }
      plan();
    }

    function show(html, fresh) {
      if (part.contains(document.activeElement)) return;
      tag = fresh;
      if (part.innerHTML.trim() !== html.trim()) part.innerHTML = html;
    }

    function plan() {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(ask, wait);
    }

    document.addEventListener("visibilitychange", plan);
    plan();
  }

  document.querySelectorAll("[data-vivo]").forEach(follow);
})();
