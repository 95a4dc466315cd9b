// The newsletter's tools: buttons that put marks into the words, and what is pasted from Word, which
// the server turns into Markdown. Without script the marks are typed, and the form does the rest.
"use strict";

(() => {
  const form = document.getElementById("write");
  const body = document.getElementById("body");
  if (!form || !body) return;
  const said = document.getElementById("said");
  const token = () => form.elements.csrf_token.value;
  const LARGEST = 2000000;

  const say = (words) => { said.textContent = words; };

  // execCommand keeps the browser's own undo; where there is none, the text is set.
  const put = (text) => {
    body.focus();
    if (!document.execCommand("insertText", false, text)) {
      body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const chosen = () => body.value.slice(body.selectionStart, body.selectionEnd);
  const lineStart = () => body.value.lastIndexOf("\n", body.selectionStart - 1) + 1;
  const alone = (text) => {
    const before = body.value.slice(0, body.selectionStart);
    const after = body.value.slice(body.selectionEnd);
    const gap = (end) => (end ? "" : "\n\n");
    put(gap(!before || before.endsWith("\n\n")) + text + gap(!after || after.startsWith("\n\n")));
  };

  const acts = {
    wrap: (button) => {
      const mark = button.dataset.wrap;
      if ("line" in button.dataset) {
        const from = lineStart();
        const lines = body.value.slice(from, body.selectionEnd).split("\n");
        body.setSelectionRange(from, body.selectionEnd);
        put(lines.map((line) => mark + line).join("\n"));
        return;
      }
      const words = chosen();
      put(mark + (words || "words") + mark);
    },
    link: () => {
      const words = chosen() || "words";
      put(`[${words}](https://)`);
      body.setSelectionRange(body.selectionEnd - 1, body.selectionEnd - 1);
    },
    put: (button) => {
      const text = button.dataset.put;
      const field = /^\{\{ (name|team|organisation) \}\}$/.test(text);
      if (field) put(text); else alone(text);
    },
    section: (button) => alone(`${button.dataset.section}\n${chosen() || "Words for them only."}\n:::`),
  };

  const tools = document.getElementById("tools");
  tools.classList.add("tools--on"); // for browsers that do not know the media feature
  document.getElementById("live-note").textContent = "updates as you type";
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const act = button && Object.keys(acts).find((name) => name in button.dataset);
    if (!act) return;
    acts[act](button);
    const menu = button.closest("details");
    if (menu) menu.open = false;
  });
  tools.addEventListener("toggle", (event) => {
    if (!event.target.open) return;
    for (const other of tools.querySelectorAll("details[open]"))
      if (other !== event.target) other.open = false;
  }, true);
  tools.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  const box = document.getElementById("picture-box");
  tools.querySelector(".tools__link").addEventListener("click", (event) => {
    event.preventDefault();
    box.open = true;
    document.getElementById("picture").focus();
  });
  document.querySelector('a[href="#how"]').addEventListener("click", () => {
    document.getElementById("how").open = true;
  });

  const ask = async (url, data) => {
    data.append("csrf_token", token());
    const answer = await fetch(url, {
      method: "POST", body: data, headers: { "X-Asks": "markdown", "HX-Request": "true" },
    });
    const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    const text = plain ? await answer.text() : "It could not be done: sign in in another tab, then try again.";
    return { ok: answer.ok && plain, text, answer };
  };

  body.addEventListener("paste", async (event) => {
    const html = event.clipboardData && event.clipboardData.getData("text/html");
    if (!html || !/<(h[1-6]|p|ul|ol|li|table|a|b|strong|i|em)[\s>]/i.test(html)) return;
    const plain = event.clipboardData.getData("text/plain");
    event.preventDefault();
    const data = new FormData();
    data.append("html", html);
    let found;
    try { found = await ask(body.dataset.paste, data); } catch { found = { ok: false, text: "" }; }
    if (!found.ok) {
      put(plain);
      say("Only the plain words could be pasted.");
      return;
    }
    put(found.text.trimEnd() || plain);
    const lost = Number(found.answer.headers.get("X-Pictures"));
    say(lost ? "Pictures are not pasted; add them with Picture." : "");
  });

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || !button.dataset.picture) return;
    event.preventDefault();
    const file = form.elements.picture.files[0];
    if (!file) { say("Choose a picture first."); return; }
    if (file.size > LARGEST) {
      say("The picture is larger than 2 MB; save it smaller, then choose it again.");
      return;
    }
    const data = new FormData();
    data.append("picture", file);
    data.append("alt", form.elements.alt.value);
    button.disabled = true;
    try {
      const found = await ask(button.dataset.picture, data);
      if (found.ok) {
        alone(found.text);
        form.elements.picture.value = form.elements.alt.value = "";
        box.open = false;
      }
      say(found.ok ? "The picture is added." : found.text);
    } catch {
      say("The picture could not be sent; try again.");
    }
    button.disabled = false;
  });
})();
