/**
 * A database of this browser, for what is too much for local storage. A browser that keeps nothing is no fault, but is to be
 * said.
 */

/** Whether something was kept; `full` when there was no room. */
export type Keeping = "kept" | "full" | "refused";

/** Everything whose key begins like this; an empty beginning is that of all. */
const beginning = (...parts: string[]) => IDBKeyRange.bound(parts, [...parts, []]);

/** Values in several places, by keys that are lists of texts. */
export class Database<Place extends string> {
  private opened: Promise<IDBDatabase> | undefined;

  constructor(
    private readonly name: string,
    private readonly places: readonly Place[],
  ) {}

  /** What is kept under keys that begin with `parts`, in the order of the keys; nothing where the browser keeps nothing. */
  async all<T>(place: Place, ...parts: string[]): Promise<T[]> {
    return (await this.inside(place, "readonly", (store) => store.getAll(beginning(...parts))).catch(() => [])) as T[];
  }

  /** How many there are. */
  async count(place: Place): Promise<number> {
    return this.inside(place, "readonly", (store) => store.count()).catch(() => 0);
  }

  /** Keeps a value in place of what was there. */
  async put(place: Place, key: string[], value: unknown): Promise<Keeping> {
    try {
      await this.inside(place, "readwrite", (store) => store.put(value, key));
      return "kept";
    } catch (thrown) {
      return (thrown as Partial<DOMException> | null)?.name === "QuotaExceededError" ? "full" : "refused";
    }
  }

  /** Forgets what is kept under keys that begin with `parts`. */
  async drop(place: Place, ...parts: string[]): Promise<void> {
    await this.inside(place, "readwrite", (store) => store.delete(beginning(...parts))).catch(() => undefined);
  }

  /** Forgets all of it. */
  async dropAll(): Promise<void> {
    for (const place of this.places) await this.drop(place);
  }

  private open(): Promise<IDBDatabase> {
    this.opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => {
        for (const place of this.places) request.result.createObjectStore(place);
      };
      request.onsuccess = () => {
        const { result } = request;
        // The browser may close it when it clears what pages keep.
        result.onclose = () => {
          this.opened = undefined;
        };
        result.onversionchange = () => {
          result.close();
          this.opened = undefined;
        };
        resolve(result);
      };
      request.onerror = () => reject(request.error);
    });
    this.opened.catch(() => {
      this.opened = undefined;
    });
    return this.opened;
  }

  /** Done once it is on the disk, not when it was asked for: a reload in between must lose nothing. */
  private async inside<T>(
    place: Place,
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const transaction = (await this.open()).transaction(place, mode);
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(place));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}
