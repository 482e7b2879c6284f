/** The options page: model, sites, selectors, data. */

import { announcer, el, fill } from "../../../shared/dom.js";
import { Client } from "../client.js";
import { TEXT } from "../text.js";
import { DataSection } from "./data.js";
import { ModelSection } from "./model.js";
import { RulesSection } from "./rules.js";
import { SitesSection } from "./sites.js";

const T = TEXT.options;

const app = document.getElementById("app");
if (app) {
  const announcements = announcer();
  const client = new Client((state) => void model.show(state));
  const model = new ModelSection(client, announcements.say, () => void data.show());
  const sites = new SitesSection();
  const rules = new RulesSection(() => void sites.show());
  const data = new DataSection(client, () => void model.refresh());
  const title = el("h1", {}, el("img", { src: "./icons/48.png", alt: "", width: 32, height: 32 }), T.title);
  fill(
    app,
    el("header", {}, title, el("p", { class: "tagline" }, T.intro)),
    model.element,
    sites.element,
    rules.element,
    data.element,
    announcements.element,
  );
  await Promise.all([model.refresh(), sites.show(), rules.show(), client.watch()]);
  await data.show();
}
