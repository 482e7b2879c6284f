/** What is kept in this browser of answers that others wrote: what models saw of each, and the file that they came from. */

import type { GivenRow } from "semgrad";
import { Database, type Keeping } from "../database.js";
import type { Judged } from "./judged.js";

/** A file that was chosen. */
export interface KeptList {
  name: string;
  answers: Judged[];
}

const database = new Database("semgrad-given", ["rows", "lists"] as const);
const LAST = "last";

/** What this model saw, where it was asked so. */
export const keptRows = (model: string, terms: string): Promise<GivenRow[]> => database.all("rows", model, terms);

/** Keeps one more. */
export const keepRow = (model: string, terms: string, id: string, row: GivenRow): Promise<Keeping> =>
  database.put("rows", [model, terms, id], row);

/** Forgets what this model saw. */
export const dropRows = (model: string, terms: string): Promise<void> => database.drop("rows", model, terms);

/** How many are kept, of all models. */
export const countRows = (): Promise<number> => database.count("rows");

/** The last file. */
export async function keptList(): Promise<KeptList | null> {
  const [list = null] = await database.all<KeptList>("lists", LAST);
  return list;
}

/** Keeps it in place of the one before. */
export const keepList = (list: KeptList): Promise<Keeping> => database.put("lists", [LAST], list);

/** Forgets all of it. */
export const dropGiven = (): Promise<void> => database.dropAll();
