// Keeps what is typed in a long form each few seconds, and puts what the server answers in the place
// of the elements with the same ids. Without it, Save keeps all.
(() => {
  const form = document.querySelector("form[data-typing]");
  if (!form) return;
  const wait = 2000; // ms after the last key
  const kept = document.getElementById("kept");
  let timer = 0, going = null, leaving = false, last = said();

  function said() {
    const found = new FormData(form);
    found.delete("csrf_token");
    return new URLSearchParams(found).toString();
  }

  async function keep() {
    const now = said();
    if (leaving || now === last) return;
    going = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.dataset.typing, { method: "POST", body, signal: going.signal, redirect: "error" });
      if (answer.ok) {
        last = now;
        place(await answer.text());
      } else if (kept) {
        kept.textContent = answer.status === 401
          ? "You were signed out. What you typed is on this page: sign in in another tab, then save."
          : "Your typing is not kept at the moment. Save it.";
      }
    } catch (error) {
      if (!leaving && kept) kept.textContent = "Your typing is not kept at the moment. Save it.";
    }
  }

  function place(text) {
    const found = new DOMParser().parseFromString(text, "text/html");
    for (const piece of found.querySelectorAll("body > [id]")) {
      const here = document.getElementById(piece.id);
      if (!here || here.innerHTML === piece.innerHTML) continue;
      // What is announced keeps its element: a screen reader watches that.
      if (here.hasAttribute("aria-live")) here.innerHTML = piece.innerHTML;
      else if (!here.contains(document.activeElement)) here.replaceWith(piece);
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    if (going) going.abort();
  });
  // Gone by a link: what was typed since the last time is kept, too.
  window.addEventListener("pagehide", () => {
    if (!leaving && said() !== last) navigator.sendBeacon(form.dataset.typing, new URLSearchParams(new FormData(form)));
  });
  // Come back by the browser's own button: typing goes on.
  window.addEventListener("pageshow", () => { leaving = false; });
})();
