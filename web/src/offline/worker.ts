// The service worker: keeps the citizen's pages and their files, so that they open without a network. It never keeps what
// /v1 answers: what a person may see offline is what the page itself put aside (src/citizen/kept.ts).
const worker = self as unknown as ServiceWorkerGlobalScope;

const shelf = "lindung-1";
const pages: readonly string[] = ["/", "/scan/"];
const doors: readonly string[] = ["/venue/scan/"]; // kept on the devices that open them
const mostFiles = 80;

/** The files that a page names: its script, what that imports, its style, its icons. */
function filesIn(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="(\/(?:assets\/[\w.-]+|app\.webmanifest|icon\.svg))"/g)].map(
    (match) => match[1] ?? "",
  );
}

async function keepPage(cache: Cache, path: string, answer: Response): Promise<void> {
  const html = await answer.clone().text();
  const kept = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  const missing = filesIn(html).filter((file) => !kept.has(file));
  await cache.addAll(missing);
  // Last: a page that is kept has all its files.
  await cache.put(path, answer);
}

/** Files of older versions go, oldest first. */
async function tidy(cache: Cache): Promise<void> {
  const files = (await cache.keys()).filter((request) => new URL(request.url).pathname.startsWith("/assets/"));
  for (const file of files.slice(0, Math.max(0, files.length - mostFiles))) await cache.delete(file);
}

async function install(): Promise<void> {
  const cache = await caches.open(shelf);
  for (const path of pages) {
    const answer = await fetch(path, {cache: "no-cache"});
    if (!answer.ok) throw new Error("not installed");
    await keepPage(cache, path, answer);
  }
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== shelf) await caches.delete(name);
  await worker.clients.claim();
  // Of a door that was opened before this worker was there.
  const cache = await caches.open(shelf);
  const open = await worker.clients.matchAll({type: "window", includeUncontrolled: true});
  const paths = new Set(open.map((client) => new URL(client.url).pathname).filter((path) => doors.includes(path)));
  for (const path of paths) await keepPage(cache, path, await fetch(path)).catch(() => {});
}

/** A page: of the network when it is there, else as it was kept. */
async function page(event: FetchEvent, path: string): Promise<Response> {
  const cache = await caches.open(shelf);
  try {
    const answer = await fetch(event.request);
    if (answer.ok)
      event.waitUntil(
        keepPage(cache, path, answer.clone())
          .then(() => tidy(cache))
          .catch(() => {}),
      );
    return answer;
  } catch (error) {
    const kept = await cache.match(path);
    if (kept) return kept;
    throw error;
  }
}

/** A file whose digest is in its name never changes. */
async function file(request: Request): Promise<Response> {
  const cache = await caches.open(shelf);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const {request} = event;
  const {origin, pathname} = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (request.mode === "navigate" && [...pages, ...doors].includes(pathname)) event.respondWith(page(event, pathname));
  else if (pathname.startsWith("/assets/") || pathname === "/app.webmanifest" || pathname === "/icon.svg") {
    event.respondWith(file(request));
  }
});

export {};
