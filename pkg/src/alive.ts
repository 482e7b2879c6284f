/**
 * How a page hears that a worker is gone. A worker that is terminated, by its owner or by a browser that is short of
 * memory, fires no event; but a lock that it held is free again.
 */

const locks = () => (globalThis.navigator as Partial<Navigator> | undefined)?.locks;

/** Holds a lock for as long as this worker lives, and tells its name; nothing happens where there are no locks. */
export function live(tell: (lock: string) => void): void {
  const name = `semgrad-${globalThis.crypto?.randomUUID?.()}`;
  const forever = () => {
    tell(name);
    return new Promise(() => {});
  };
  void locks()
    ?.request(name, forever)
    .catch(() => undefined);
}

/**
 * Calls back when whoever holds that lock is gone. A page whose storage was cleared while it is open no longer shares its locks
 * with workers that start afterwards: one that it does not see held tells it nothing.
 */
export function afterwards(lock: string, gone: () => void): void {
  const wait = async (manager: LockManager) => {
    const { held = [] } = await manager.query();
    if (held.some(({ name }) => name === lock)) await manager.request(lock, gone);
  };
  const manager = locks();
  if (manager) void wait(manager).catch(() => undefined);
}
