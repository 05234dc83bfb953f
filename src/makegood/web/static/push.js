// Lets this browser take push messages. The button stays hidden where the browser cannot.
(() => {
  const form = document.querySelector("form[data-push]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  form.hidden = false;
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), char => char.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const name = () => {
    const agent = navigator.userAgent, find = (...words) => words.find(word => agent.includes(word)) || "";
    const browser = find("Firefox", "Edg", "OPR", "Chrome", "Safari"), device = find("iPhone", "iPad", "Android", "Mac", "Windows", "Linux");
    return [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, device].filter(Boolean).join(", ");
  };
  form.addEventListener("submit", async event => {
    if (form.elements.endpoint.value) return;
    event.preventDefault(); event.stopPropagation();
    const refused = form.querySelector("[data-refused]");
    try {
      const worker = await navigator.serviceWorker.register("/sw.js");
      await navigator.serviceWorker.ready;
      const known = await worker.pushManager.getSubscription();
      const taken = known || await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
      form.elements.endpoint.value = taken.endpoint;
      form.elements.p256dh.value = text(taken.getKey("p256dh"));
      form.elements.auth.value = text(taken.getKey("auth"));
      form.elements.device.value = name();
      form.submit();
    } catch { refused.hidden = false; }
  });
})();
