/** The engine's part of teaching: adapters and trainings in the memory of the module. */

import type { Aids } from "../aids.js";
import { control } from "../calls.js";
import type { Asked, RawTrainingOptions } from "../contract.js";
import { SemgradError, toSemgradError } from "../errors.js";
import { orForget } from "../files.js";
import type { Instance } from "../instance.js";
import type { RawRequest } from "../protocol.js";
import type { ResolvedSource } from "../source.js";
import type { Adapter, Model, Trainer } from "../wasm/semgrad.js";
import type { AdapterData, AdapterInfo } from "./adapter.js";
import type { Outlook, Taken, TeachCall, TeachHooks, TeachValue } from "./calls.js";

/** What one run has in the module's memory. */
interface Session {
  adapter?: Adapter;
  trainer?: Trainer;
}

type Of<D extends TeachCall["do"]> = Extract<TeachCall, { do: D }>;

/** All of one model. */
export class Teaching {
  /** The adapter in use. */
  inUse: AdapterInfo | null = null;
  private readonly sessions = new Map<number, Session>();

  constructor(
    private readonly model: Model,
    private readonly instance: Instance,
    private readonly aids: Aids,
    /** Of the weights; null where nobody can say any more. */
    private readonly hash: () => Promise<string | null>,
  ) {}

  /** Does a call; the caller queues. */
  do(call: TeachCall, hooks: TeachHooks): Promise<TeachValue<TeachCall>> {
    switch (call.do) {
      case "use":
        return this.use(call.source, hooks);
      case "read":
        return this.read(call.source, hooks);
      case "plan":
        return this.plan(call.options);
      case "begin":
        return this.begin(call, hooks);
      case "ask":
        return this.ask(call, hooks);
      case "train":
        return this.train(call);
      case "step":
        return this.step(call, hooks);
      case "finish":
        return this.finish(call);
      case "end":
        return this.end(call.session);
    }
  }

  /** Puts an adapter in place of the one before. */
  async use(source: ResolvedSource | null, hooks: TeachHooks): Promise<AdapterInfo | null> {
    if (source === null) {
      this.model.useAdapter();
      this.inUse = null;
      return null;
    }
    const adapter = await this.open(source, hooks);
    try {
      const info = adapter.info();
      // The weights need not be read where it does not say of which it is.
      const base = info.base === null ? null : await this.hash();
      this.model.useAdapter(adapter.share(), base ?? undefined);
      this.inUse = info;
      return info;
    } finally {
      if (!this.instance.ended) adapter.free();
    }
  }

  /** Frees what runs have left. */
  free(): void {
    for (const session of this.sessions.values()) freeAll(session);
    this.sessions.clear();
  }

  private async read(source: ResolvedSource, hooks: TeachHooks): Promise<AdapterData> {
    const adapter = await this.open(source, hooks);
    try {
      return this.data(adapter);
    } finally {
      if (!this.instance.ended) adapter.free();
    }
  }

  private async plan(options: RawTrainingOptions): Promise<null> {
    this.model.checkTraining(JSON.stringify(options));
    return null;
  }

  private async begin({ session, source }: Of<"begin">, hooks: TeachHooks): Promise<null> {
    this.session(session).adapter = await this.open(source, hooks);
    return null;
  }

  private async ask({ session, question, accepted, asking, trained }: Of<"ask">, hooks: TeachHooks): Promise<Asked> {
    const { engines, onProgress, signal } = hooks;
    const methods = asking.samples > 0 ? ["discrete_semantic_entropy"] : [];
    const request: RawRequest = { question, methods };
    const supply = this.aids.supply(
      request,
      engines,
      (event) => event.type === "engine" && onProgress(event.progress),
      signal,
    );
    try {
      await supply.ready;
      if (supply.failed) throw toSemgradError(supply.failed);
      const { nli } = supply.request.engines ?? {};
      const how = JSON.stringify({ ...asking, nli });
      const adapter = trained ? this.trainer(session).adapter() : this.session(session).adapter?.share();
      return await this.instance.run(() => this.model.teachAsk(question, [...accepted], how, adapter, control(signal)));
    } finally {
      await supply.stop();
    }
  }

  private async train({ session, course, saved }: Of<"train">): Promise<Outlook> {
    const own = this.session(session);
    const begin = own.adapter?.share();
    const { asked, ordinary, wish, options } = course;
    const json = JSON.stringify;
    const run = () =>
      this.model.train(json(asked), json(ordinary), json(wish), json(options), begin, saved ?? undefined);
    own.trainer = await this.instance.run(run);
    return own.trainer.outlook();
  }

  private async step({ session, save }: Of<"step">, { signal }: TeachHooks): Promise<Taken | null> {
    const trainer = this.trainer(session);
    const step = await this.instance.run(() => trainer.step(control(signal)));
    return step && { step, saved: save ? trainer.save() : null };
  }

  private async finish({ session }: Of<"finish">): Promise<AdapterData> {
    const base = await this.hash();
    const trainer = this.trainer(session);
    const adapter = trainer.adapter(base ?? undefined);
    const own = this.session(session);
    freeAll(own);
    this.sessions.set(session, { adapter });
    return this.data(adapter);
  }

  private async end(session: number): Promise<null> {
    freeAll(this.sessions.get(session) ?? {});
    this.sessions.delete(session);
    return null;
  }

  private async open(source: ResolvedSource, { onProgress, signal }: TeachHooks): Promise<Adapter> {
    const gathered = await this.aids.gather(source, { onProgress, signal });
    return orForget(gathered, () => this.instance.run(() => this.model.openAdapter(gathered.files)));
  }

  /** All of an adapter that outlives the module. */
  private data(adapter: Adapter): AdapterData {
    return { ...adapter.info(), peft: adapter.peft(this.model), gguf: this.gguf(adapter) };
  }

  /** Not every adapter can be such a file. */
  private gguf(adapter: Adapter): AdapterData["gguf"] {
    try {
      return adapter.gguf(this.model);
    } catch (thrown) {
      this.instance.check();
      return toSemgradError(thrown).toJSON();
    }
  }

  private session(number: number): Session {
    const session = this.sessions.get(number) ?? {};
    this.sessions.set(number, session);
    return session;
  }

  private trainer(session: number): Trainer {
    const { trainer } = this.session(session);
    if (trainer) return trainer;
    throw new SemgradError("internal", "there is no training", "Begin one first.");
  }
}

function freeAll({ adapter, trainer }: Session): void {
  adapter?.free();
  trainer?.free();
}
