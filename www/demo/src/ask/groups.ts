/** Drawn answers that say the same, as the record groups them. */

import type { Sample } from "semgrad";

/** Some that say the same. */
export interface Group {
  members: Sample[];
  /** Whether the answer itself says that, too. */
  like: boolean;
}

/** The groups, largest first; those of one size in the order in which they came. Null where nothing was grouped. */
export function groupsOf(samples: readonly Sample[]): Group[] | null {
  const found = new Map<number, Group>();
  for (const sample of samples) {
    const { group } = sample;
    if (group === null) return null;
    const own = found.get(group) ?? { members: [], like: group === 0 };
    own.members.push(sample);
    found.set(group, own);
  }
  return [...found.values()].sort((a, b) => b.members.length - a.members.length);
}
