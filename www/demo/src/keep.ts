/** Small things that outlast a visit; a browser that keeps nothing (private windows may refuse) is no fault. */

/** What was kept under that name. */
export function recall<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(`semgrad-${name}`);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Keeps it; false where the browser refuses. */
export function keep(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(`semgrad-${name}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** Forgets it. */
export function forget(name: string): void {
  try {
    localStorage.removeItem(`semgrad-${name}`);
  } catch {
    // Nothing was kept.
  }
}
