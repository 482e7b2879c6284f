/** The first view: a model, then questions. */

import { el } from "../../../shared/dom.js";
import type { History } from "../chat/history.js";
import type { Session } from "../session.js";
import type { Settings } from "../settings.js";
import type { View } from "../shell.js";
import { TEXT } from "../text.js";
import { Conversation } from "./conversation.js";
import { exampleList } from "./examples.js";
import { ModelArea } from "./model-area.js";

/** Model, examples, conversation, the box for a question. */
export class AskView implements View {
  readonly element: HTMLElement;
  private readonly model: ModelArea;
  private readonly conversation: Conversation;
  private readonly examples: HTMLElement;
  private readonly intro = el(
    "div",
    { class: "intro" },
    el("p", { class: "tagline" }, TEXT.tagline),
    el("p", { class: "note" }, TEXT.privacy),
  );

  constructor(
    private readonly session: Session,
    settings: Settings,
    history: History,
    say: (text: string) => void,
  ) {
    this.conversation = new Conversation(session, settings, history, say, () => this.onAsk());
    this.model = new ModelArea(session, say, () => this.conversation.composer.focus());
    this.examples = exampleList((example) => void this.conversation.ask(example.question, example));
    this.element = el(
      "section",
      { class: "view ask" },
      this.intro,
      this.model.element,
      this.conversation.element,
      this.examples,
      this.conversation.composer.element,
    );
    session.addEventListener("change", () => this.onSession());
  }

  open(moved: boolean): void {
    const { model } = this.session;
    if (!model) void this.model.bringBack();
    else if (moved && model.info.tokenizer) this.conversation.composer.focus();
  }

  close(): void {
    this.conversation.stop();
  }

  private onAsk(): void {
    this.model.clearProblems();
    this.examples.hidden = true;
  }

  private onSession(): void {
    const { model, choice } = this.session;
    const usable = model?.info.tokenizer === true;
    // Put away for a measurement it comes back; another one begins anew.
    if (!model && !choice) this.conversation.forget();
    this.conversation.enable(usable);
    this.examples.hidden = !usable || !this.conversation.isEmpty;
    this.intro.hidden = model !== null;
  }
}
