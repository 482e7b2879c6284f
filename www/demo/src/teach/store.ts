/** What teaching keeps in this browser: answers one by one, a training after each step, and adapters. */

import { Database, type Keeping } from "../database.js";

export type { Keeping };

/** What is kept: answers by how they were asked and by question, trainings by how they were asked, adapters by their id. */
const PLACES = ["answers", "trainings", "adapters"] as const;
export type Place = (typeof PLACES)[number];

const database = new Database<Place>("semgrad-teach", PLACES);

/** What is kept under keys that begin with `parts`, in the order of the keys; nothing where the browser keeps nothing. */
export const all = <T>(place: Place, ...parts: string[]): Promise<T[]> => database.all<T>(place, ...parts);

/** Keeps a value in place of what was there. */
export const put = (place: Place, key: string[], value: unknown): Promise<Keeping> => database.put(place, key, value);

/** Forgets what is kept under keys that begin with `parts`. */
export const drop = (place: Place, ...parts: string[]): Promise<void> => database.drop(place, ...parts);

/** Forgets all of it. */
export const dropAll = (): Promise<void> => database.dropAll();
