// Caches the page for when the server is unreachable: a reload then shows the page with what the client has stored
// instead of the browser's own error. The server always comes first, so that a page of an older build is never shown
// while the server answers. Requests to the API, the classic page and everything else are left alone.

const scope = registration.scope;
const ours = `holdline ${scope} `;

addEventListener("install", event => {
  skipWaiting();
  event.waitUntil(fetch(scope).then(keep));
});

addEventListener("fetch", event => {
  const { method, mode, url } = event.request;
  const path = url.startsWith(scope) && method === "GET" ? url.slice(scope.length).split(/[?#]/)[0] : "-";
  if (mode === "navigate" && /^(index\.html|r\/[^/]+(\/\d+)?)?$/.test(path)) event.respondWith(page(event));
  if (/^[\w.-]+-[0-9a-f]{12,16}[\w.]*$/.test(path)) event.respondWith(file(event.request));
});

// Returns the server's page; the cached one if nobody answers, or a proxy reports that the server is unavailable.
async function page(event) {
  const answer = await fetch(event.request).catch(() => undefined);
  const isOfServer = answer?.headers.has("holdline-build");
  if (isOfServer && answer.ok) event.waitUntil(keep(answer.clone()));
  const isAway = !answer || (!isOfServer && [502, 503, 504].includes(answer.status));
  return (isAway && await caches.match(scope)) || answer || Response.error();
}

// Returns a file whose name identifies its build.
async function file(request) {
  const answer = await fetch(request).catch(() => undefined);
  return answer?.ok ? answer : await caches.match(request, { ignoreVary: true }) ?? answer ?? Response.error();
}

// Caches a page and its files under the name of their build, replacing those of other builds. The cached page names its
// build, so that the client can detect that the server runs another one.
async function keep(page) {
  const build = page.headers.get("holdline-build");
  if (!page.ok || !build || await caches.has(ours + build)) return;
  const text = await page.text();
  const files = new Set(text.match(/[\w-]+-[0-9a-f]{12,16}[\w.]*\.(?:js|wasm)/g));
  const headers = new Headers(page.headers);
  headers.delete("content-encoding");
  const kept = new Response(text.replace("<html", `<html data-build="${build}"`), { headers });
  try {
    const cache = await caches.open(ours + build);
    await cache.addAll([...files].map(name => new URL(name, scope)));
    await cache.put(scope, kept);
  } catch (error) {
    // Half a build is no use.
    await caches.delete(ours + build);
    throw error;
  }
  for (const name of await caches.keys()) {
    if (name.startsWith(ours) && name !== ours + build) await caches.delete(name);
  }
}
