// Passkeys: shows the buttons where the browser knows passkeys, and runs the exchange when one is pressed.
(() => {
  if (!window.PublicKeyCredential || !window.webauthnJSON) return;
  const problem = document.querySelector("[data-passkey-problem]");
  const optionsOf = async form => {
    const here = document.getElementById(form.dataset.passkeyOptions);
    if (here) return JSON.parse(here.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const create = async (form, { creation_options: options }) => {
    const chosen = options.publicKey.authenticatorSelection ??= {};
    const alone = form.elements.passwordless?.checked;
    chosen.residentKey = alone ? "required" : "discouraged";
    chosen.requireResidentKey = Boolean(alone);
    if (alone) chosen.userVerification = "required";
    return window.webauthnJSON.create(options);
  };
  document.querySelectorAll("form[data-passkey]").forEach(form => {
    form.hidden = false;
    form.querySelector("button").addEventListener("click", async () => {
      if (problem) problem.hidden = true;
      try {
        const options = await optionsOf(form);
        const credential = form.dataset.passkey === "create" ? await create(form, options) : await window.webauthnJSON.get(options.request_options);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        if (problem) problem.hidden = false;
      }
    });
  });
})();
