/** The adapters that this browser keeps for a model: the last three, each with what it was made from, and the one in use. */

import type { Adapter, AdapterFile, AdapterSource, Checked, Model } from "semgrad";
import { newId } from "../chat/history.js";
import { all, drop, dropAll, type Keeping, put } from "./store.js";

/** How many are kept of a model. */
export const MOST = 3;

/** What came of teaching. */
export interface Result {
  /** How many questions were learned to be refused, and how many to be answered as before. */
  learned: { refusals: number; own: number };
  /** Those that were asked before and after. */
  checked: readonly Checked[];
}

/** What is known of an adapter beside its files. */
export interface About {
  /** The file that it came from; null for one that was taught here. */
  from: string | null;
  /** Its list's length; null for one that came as files. */
  questions: number | null;
  /** Shares of the questions that were answered; null for one that came as files. */
  engagement: { before: number; after: number } | null;
  /** Some of the questions, to try it with. */
  examples: string[];
  /** Absent of one that came as files, or that an older page kept. */
  result?: Result;
}

/** One that is kept. */
export interface KeptAdapter extends About {
  id: string;
  /** Of which model: its weights' hash, and its name. */
  model: string;
  name: string;
  /** When, as ISO 8601. */
  at: string;
  files: AdapterFile[];
  /** Whether it is used as soon as the model is loaded. */
  on: boolean;
}

/** All that are kept, the newest first; those of one model where one is named. */
export async function keptAdapters(...model: [] | [string]): Promise<KeptAdapter[]> {
  return (await all<KeptAdapter>("adapters", ...model)).sort(newest);
}

const newest = (a: KeptAdapter, b: KeptAdapter) => b.at.localeCompare(a.at);

/** Those of the model that is loaded. Fires `clear` when all is about to be deleted. */
export class Taught extends EventTarget {
  /** The newest first. */
  adapters: readonly KeptAdapter[] = [];
  /** The one that the model answers with. */
  used: KeptAdapter | null = null;
  /** Why the one that was in use is not. */
  problem: unknown = null;
  private model: Model | null = null;
  private key = "";
  private name = "";
  /** By id; read once. */
  private readonly opened = new Map<string, Promise<Adapter>>();
  /** The other tabs of this page: what one deletes, no other may go on with. */
  private readonly others = new BroadcastChannel("semgrad-teach-clear");

  constructor(private readonly onChange: () => void) {
    super();
    this.others.onmessage = () => void this.clearHere();
  }

  /** Another model is loaded: what it was used with is used again. */
  async open(model: Model, key: string, name: string): Promise<void> {
    this.close();
    this.model = model;
    this.key = key;
    this.name = name;
    this.adapters = await keptAdapters(key);
    const wanted = this.adapters.find(({ on }) => on);
    if (!wanted) return;
    try {
      await model.useAdapter(await this.read(wanted));
      this.used = wanted;
    } catch (thrown) {
      this.problem = thrown;
      await this.mark(null);
    }
  }

  /** No model is loaded. */
  close(): void {
    this.model = null;
    this.adapters = [];
    this.used = null;
    this.problem = null;
    this.opened.clear();
  }

  /** Looks for those that another tab has kept since. */
  async look(): Promise<void> {
    const { key } = this;
    const found = await keptAdapters(key);
    const others = found.filter(({ id }) => !this.adapters.some((known) => known.id === id));
    if (key !== this.key || others.length === 0) return;
    this.adapters = [...this.adapters, ...others].sort(newest);
    this.onChange();
  }

  /** As it goes to the model. */
  read(kept: KeptAdapter): Promise<Adapter> {
    const { model } = this;
    if (!model) throw new Error("no model is loaded");
    const opening = this.opened.get(kept.id) ?? model.openAdapter(kept.files);
    this.opened.set(kept.id, opening);
    opening.catch(() => this.opened.delete(kept.id));
    return opening;
  }

  /** Keeps a new one; of more than three the oldest goes that is not in use. */
  async add(adapter: Adapter, about: About): Promise<{ kept: KeptAdapter; keeping: Keeping }> {
    const at = new Date().toISOString();
    const { key: model, name } = this;
    const kept = { ...about, id: newId(), model, name, at, files: await adapter.peft(), on: false };
    this.opened.set(kept.id, Promise.resolve(adapter));
    this.adapters = [kept, ...this.adapters];
    const keeping = await this.keep(kept);
    const oldest = this.adapters.findLast(({ id }) => id !== this.used?.id && id !== kept.id);
    if (this.adapters.length > MOST && oldest) await this.drop(oldest);
    this.onChange();
    return { kept, keeping };
  }

  /** Takes one from files; rejects for what is none of this model. */
  async take(source: AdapterSource, from: string): Promise<{ kept: KeptAdapter; keeping: Keeping }> {
    if (!this.model) throw new Error("no model is loaded");
    const adapter = await this.model.openAdapter(source);
    return this.add(adapter, { from, questions: null, engagement: null, examples: [] });
  }

  /** Puts one into use, or none. */
  async use(kept: KeptAdapter | null): Promise<void> {
    await this.model?.useAdapter(kept && (await this.read(kept)));
    this.used = kept;
    this.problem = null;
    await this.mark(kept);
    this.onChange();
  }

  /** Throws one away. */
  async drop(kept: KeptAdapter): Promise<void> {
    if (this.used?.id === kept.id) await this.use(null);
    this.adapters = this.adapters.filter(({ id }) => id !== kept.id);
    this.opened.delete(kept.id);
    await drop("adapters", kept.model, kept.id);
    this.onChange();
  }

  /** Deletes all that was taught here, of every model and in every tab; those that are loaded answer as they did before. */
  async clear(): Promise<void> {
    this.others.postMessage(null);
    await this.clearHere();
  }

  private async clearHere(): Promise<void> {
    // Who is about to keep more of it stops.
    this.dispatchEvent(new Event("clear"));
    // First what is kept: `look` may be reading it, and would put back here what it finds.
    await dropAll();
    await this.model?.useAdapter(null);
    this.used = null;
    this.adapters = [];
    this.opened.clear();
    this.onChange();
  }

  /** Which one is used at the next load. */
  private async mark(used: KeptAdapter | null): Promise<void> {
    const before = this.adapters;
    this.adapters = before.map((kept) => ({ ...kept, on: kept.id === used?.id }));
    this.used = this.adapters.find(({ on }) => on) ?? null;
    for (const [index, kept] of this.adapters.entries()) {
      if (kept.on !== before[index]?.on) await this.keep(kept);
    }
  }

  private keep(kept: KeptAdapter): Promise<Keeping> {
    return put("adapters", [kept.model, kept.id], kept);
  }
}
