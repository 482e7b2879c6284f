/**
 * What teaching keeps in this browser: answers one by one, a training after each step, and adapters. That is too much for
 * local storage, so it lies in IndexedDB. A browser that keeps nothing is no fault, but is to be said.
 */

const NAME = "semgrad-teach";

/** What is kept: answers by how they were asked and by question, trainings by how they were asked, adapters by their id. */
const PLACES = ["answers", "trainings", "adapters"] as const;
export type Place = (typeof PLACES)[number];

/** Whether something was kept; `full` when there was no room. */
export type Keeping = "kept" | "full" | "refused";

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const place of PLACES) request.result.createObjectStore(place);
    };
    request.onsuccess = () => {
      const { result } = request;
      // The browser may close it when it clears what pages keep.
      result.onclose = () => {
        opened = undefined;
      };
      result.onversionchange = () => {
        result.close();
        opened = undefined;
      };
      resolve(result);
    };
    request.onerror = () => reject(request.error);
  });
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

/** Done once it is on the disk, not when it was asked for: a reload in between must lose nothing. */
async function inside<T>(
  place: Place,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const transaction = (await database()).transaction(place, mode);
  return new Promise((resolve, reject) => {
    const request = work(transaction.objectStore(place));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Everything whose key begins like this; an empty beginning is that of all. */
const beginning = (...parts: string[]) => IDBKeyRange.bound(parts, [...parts, []]);

/** What is kept under keys that begin with `parts`, in the order of the keys; nothing where the browser keeps nothing. */
export async function all<T>(place: Place, ...parts: string[]): Promise<T[]> {
  return (await inside(place, "readonly", (store) => store.getAll(beginning(...parts))).catch(() => [])) as T[];
}

/** Keeps a value in place of what was there. */
export async function put(place: Place, key: string[], value: unknown): Promise<Keeping> {
  try {
    await inside(place, "readwrite", (store) => store.put(value, key));
    return "kept";
  } catch (thrown) {
    return (thrown as Partial<DOMException> | null)?.name === "QuotaExceededError" ? "full" : "refused";
  }
}

/** Forgets what is kept under keys that begin with `parts`. */
export async function drop(place: Place, ...parts: string[]): Promise<void> {
  await inside(place, "readwrite", (store) => store.delete(beginning(...parts))).catch(() => undefined);
}

/** Forgets all of it. */
export async function dropAll(): Promise<void> {
  for (const place of PLACES) await drop(place);
}
