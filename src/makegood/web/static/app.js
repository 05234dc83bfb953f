// Optional enhancement only: every page works with this file missing. Nothing inline, so the content policy stays strict.
(() => {
  const root = document.documentElement;
  // Countdowns use the server's clock (data-now), never the device's; their words come with the page (data-left).
  const skew = Date.parse(root.dataset.now) - Date.now();
  const forms = (root.dataset.left || "").split("|");
  const left = ms => {
    const all = Math.max(0, Math.ceil(ms / 6e4)), parts = { days: Math.floor(all / 1440), hours: Math.floor(all / 60) % 24, minutes: all % 60 };
    const form = forms[parts.days ? 0 : parts.hours ? 1 : 2] || "%(minutes)d min";
    return form.replace(/%\((\w+)\)d/g, (_, name) => parts[name]);
  };
  const tick = () => {
    document.querySelectorAll("time[data-countdown]").forEach(time => {
      const ms = Date.parse(time.dateTime) - (Date.now() + skew);
      time.textContent = ms > 0 ? left(ms) : time.dataset.over || left(0);
    });
    // What is shown until an instant goes then, and what is hidden until it comes.
    document.querySelectorAll("[data-turns]").forEach(one => {
      if (Date.parse(one.dataset.turns) > Date.now() + skew) return;
      one.hidden = !one.hidden;
      delete one.dataset.turns;
    });
  };
  if (!Number.isNaN(skew)) { tick(); setInterval(tick, 15000); }

  // The page after this one asks which is right, where the zone of the device is another than that of the settings.
  const zone = root.dataset.zone && Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && (zone !== root.dataset.zone || document.cookie.includes("device_zone="))) {
    document.cookie = `device_zone=${zone}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  }

  const net = () => root.classList.toggle("is-offline", !navigator.onLine);
  addEventListener("online", net); addEventListener("offline", net); net();

  // One submit per form: stops the double tap on a slow phone (the server also has an idempotency key).
  addEventListener("submit", event => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method !== "post" || form.matches("[data-hx-post],[hx-post]")) return;
    form.dataset.sent = "1";
    if (form.dataset.opens) open(form.dataset.opens, "_blank", "noopener");
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  // Whoever signs out takes no more messages on this device; its push service then says so when we send.
  addEventListener("submit", event => {
    const form = event.target;
    if (!form.matches("[data-signs-out]") || event.defaultPrevented || !navigator.serviceWorker) return;
    event.preventDefault();
    const end = async () => {
      const worker = await navigator.serviceWorker.getRegistration();
      const taken = await worker?.pushManager?.getSubscription();
      await taken?.unsubscribe();
    };
    Promise.race([end(), new Promise(go => setTimeout(go, 2000))]).catch(() => {}).finally(() => form.submit());
  });
  // A page brought back by the back button may be sent again.
  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(form => { delete form.dataset.sent; });
    document.querySelectorAll("[aria-disabled=true]").forEach(button => button.removeAttribute("aria-disabled"));
  });

  // Whoever joined a lesson says every 45 seconds that they are still there; a lost sign does no harm.
  const here = document.querySelector("[data-here]"), token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (here && token) {
    const beat = () => fetch(here.dataset.here, { method: "POST", headers: { "X-CSRFToken": token.value } })
      .then(answer => { if (answer.status === 410) clearInterval(timer); }, () => {});
    const timer = setInterval(beat, 45000);
    beat();
  }

  // Who is here changes while the page is open: what tells of it follows, unless somebody is about to press a button there.
  const fresh = page => [...page.querySelectorAll("[data-fresh]")];
  const follow = () => {
    if (document.hidden || fresh(document).some(part => part.contains(document.activeElement))) return;
    fetch(location.href, { cache: "no-store" }).then(answer => answer.ok ? answer.text() : "").then(text => {
      const now = fresh(new DOMParser().parseFromString(text, "text/html")), old = fresh(document);
      if (now.length === old.length) old.forEach((part, place) => part.replaceWith(now[place]));
    }).catch(() => {});
  };
  if (fresh(document).length) setInterval(follow, 30000);

  // The summary of problems takes the focus, also after a partial swap.
  const focus = () => document.querySelector("[data-problem]:not([data-seen])")?.focus();
  focus(); document.addEventListener("htmx:afterSwap", focus);

  // A menu closes with Escape and with a click outside.
  const menus = () => document.querySelectorAll("details.menu[open]");
  addEventListener("click", event => menus().forEach(menu => menu.contains(event.target) || menu.removeAttribute("open")));
  addEventListener("keydown", event => { if (event.key === "Escape") menus().forEach(menu => { menu.removeAttribute("open"); menu.querySelector("summary").focus(); }); });

  // Slots of a calendar: a mouse draws over them, and each follows the first; a tap or a key sets one, as always.
  let first = null, drawn = null;
  const slot = event => event.target.closest?.(".slots label");
  addEventListener("pointerdown", event => { first = event.pointerType === "mouse" ? slot(event) : null; drawn = null; });
  addEventListener("pointerover", event => {
    const label = slot(event);
    if (!first || !label || !(event.buttons & 1) || (label === first && drawn === null)) return;
    if (drawn === null) first.control.checked = drawn = !first.control.checked;
    label.control.checked = drawn;
  });
  addEventListener("click", event => { if (drawn !== null && slot(event)) event.preventDefault(); drawn = null; }, true);

  // Staff queues: j and k move, only while the list itself has the focus (WCAG 2.1.4).
  document.querySelectorAll("[data-queue]").forEach(queue => queue.addEventListener("keydown", event => {
    const rows = [...queue.querySelectorAll("[data-row]")], at = rows.indexOf(document.activeElement);
    const next = { j: at + 1, k: at - 1 }[event.key];
    if (next !== undefined && rows[next]) { rows[next].focus(); event.preventDefault(); }
  }));
})();
