// Lets a form be answered by a passkey: the form holds what we ask for, and a hidden field takes the
// answer. Without script, or where the browser has no passkeys, the form stays hidden.
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const make = async (options) => {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    for (const known of options.excludeCredentials || []) known.id = bytes(known.id);
    const made = await navigator.credentials.create({ publicKey: options });
    return {
      id: made.id, rawId: text(made.rawId), type: made.type,
      response: {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
      },
    };
  };

  const use = async (options) => {
    options.challenge = bytes(options.challenge);
    for (const known of options.allowCredentials || []) known.id = bytes(known.id);
    const found = await navigator.credentials.get({ publicKey: options });
    return {
      id: found.id, rawId: text(found.rawId), type: found.type,
      response: {
        clientDataJSON: text(found.response.clientDataJSON),
        authenticatorData: text(found.response.authenticatorData),
        signature: text(found.response.signature),
        userHandle: found.response.userHandle ? text(found.response.userHandle) : null,
      },
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const none = document.getElementById("no-passkey");
    if (none) none.hidden = true;
    form.addEventListener("submit", async (event) => {
      const field = form.elements.credential;
      if (field.value) return;
      event.preventDefault();
      const said = form.querySelector("[data-said]");
      said.textContent = "";
      try {
        const options = JSON.parse(form.dataset.options);
        const act = form.dataset.passkey === "make" ? make : use;
        field.value = JSON.stringify(await act(options));
        form.submit();
      } catch (error) {
        said.textContent = error.name === "InvalidStateError"
          ? "This device has a passkey for you already."
          : "Nothing was sent: the passkey was not used. Try again.";
      }
    });
  }
})();
