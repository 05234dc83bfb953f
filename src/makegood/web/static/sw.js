// Shows push messages and opens their page. Nothing is stored: pages are private.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("push", event => {
  const told = event.data ? event.data.json() : {};
  // The same tag replaces a first copy instead of showing a second one.
  event.waitUntil(self.registration.showNotification(told.title || "Makegood", {
    body: told.body, tag: told.tag, icon: "/static/icon.svg", data: { url: told.url },
  }));
});

self.addEventListener("notificationclick", event => {
  event.notification.close();
  const url = new URL(event.notification.data?.url || "/", self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(open => {
    const there = open.find(client => client.url === url.href);
    return there ? there.focus() : self.clients.openWindow(url.href);
  }));
});
