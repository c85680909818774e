// What this device keeps for a door without a network: the last status and the light passes, with the time at which the server
// gave them. Nothing else of a person is kept, and signing out wipes it. Not here: that what is kept is still true.
import type {Passes, Status} from "./asks";

export interface Kept {
  status: Status;
  passes: Passes | null;
  at: number; // milliseconds since 1970, by this device's clock
}

/** A status is not shown any more when it is older than this: a test or a contact of yesterday would be missing. */
export const tooOld = 24 * 3_600_000;

const name = "lindung";
const shelf = "kept";
const key = "last";

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(shelf);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error ?? new Error("no storage"));
  });
}

async function work<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  // A browser that keeps nothing, as in a private window, still shows the page.
  const base = await open().catch(() => null);
  if (!base) return null;
  try {
    return await new Promise<T>((done, fail) => {
      const transaction = base.transaction(shelf, mode);
      const asked = act(transaction.objectStore(shelf));
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = () => fail(transaction.error ?? new Error("no storage"));
    });
  } catch {
    return null;
  } finally {
    base.close();
  }
}

export async function keep(kept: Kept): Promise<void> {
  await work("readwrite", (store) => store.put(kept, key));
}

export async function readKept(): Promise<Kept | null> {
  return (await work<Kept | undefined>("readonly", (store) => store.get(key) as IDBRequest<Kept | undefined>)) ?? null;
}

const hint = "lindung.in";
const forWhom = "lindung.for";

/** Whether somebody signed in here and did not sign out: so that the first picture is theirs. */
export function wasIn(): boolean {
  try {
    return localStorage.getItem(hint) === "1";
  } catch {
    return false;
  }
}

export function rememberIn(): void {
  try {
    localStorage.setItem(hint, "1");
  } catch {
    // The server knows in any case.
  }
}

export interface Principal {
  delegation: string;
  name: string;
}

/** For whom the pages of this tab ask; null: for the holder. */
export function readPrincipal(): Principal | null {
  try {
    return JSON.parse(sessionStorage.getItem(forWhom) ?? "null") as Principal | null;
  } catch {
    return null;
  }
}

export function choosePrincipal(principal: Principal | null): void {
  try {
    if (principal) sessionStorage.setItem(forWhom, JSON.stringify(principal));
    else sessionStorage.removeItem(forWhom);
  } catch {
    // It is chosen for this page only.
  }
}

/** Of signing out: nothing of a person stays. */
export async function wipe(): Promise<void> {
  choosePrincipal(null);
  try {
    localStorage.removeItem(hint);
  } catch {
    // There was nothing.
  }
  await work("readwrite", (store) => store.clear());
}
