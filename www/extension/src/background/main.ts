/**
 * The service worker. It keeps nothing: each event is answered from storage and permissions, and between any two it may
 * have been killed. The listeners are registered while the script runs, so that an event that wakes it finds them.
 */

import type { ToBackground } from "../protocol.js";
import { putSelected, readSettings } from "../settings.js";
import { rulesFor } from "../sites.js";
import { makeMenus, onCommand, onMenu, openPanel } from "./menus.js";
import { ensureHost } from "./offscreen.js";
import { followPermissions } from "./scripts.js";

type Sender = chrome.runtime.MessageSender;
type Handlers = {
  [K in keyof ToBackground]: (body: ToBackground[K], sender: Sender) => Promise<ToBackground[K]["reply"]>;
};

const isOwn = ({ origin }: Sender) => origin === new URL(chrome.runtime.getURL("")).origin;

const done = async (work: Promise<unknown>): Promise<true> => {
  await work;
  return true;
};

const handlers: Handlers = {
  wake: () => done(ensureHost()),
  settings: async (_, sender) => {
    if (!isOwn(sender)) throw new Error("settings are not for pages");
    return { ...(await readSettings()), version: chrome.runtime.getManifest().version };
  },
  rules: async (_, { url, origin }) => rulesFor(new URL(origin ?? url ?? "").hostname, (await readSettings()).rules),
  selected: ({ question, answer }) =>
    done(putSelected({ question: String(question), answer: String(answer), at: Date.now() })),
  options: () => done(chrome.runtime.openOptionsPage()),
};

chrome.runtime.onMessage.addListener((message: { type: keyof ToBackground }, sender, respond) => {
  const handle = handlers[message.type] as ((body: unknown, sender: Sender) => Promise<unknown>) | undefined;
  if (!handle || sender.id !== chrome.runtime.id) return false;
  handle(message, sender).then(respond, (error: unknown) => {
    console.error(message.type, error);
    respond(null);
  });
  // The answer comes later.
  return true;
});

chrome.runtime.onInstalled.addListener(async () => {
  makeMenus();
  // Page scripts share a process with the page; what the user chose is none of its business.
  await chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });
  await followPermissions();
});
chrome.runtime.onStartup.addListener(followPermissions);
chrome.permissions.onAdded.addListener(followPermissions);
chrome.permissions.onRemoved.addListener(followPermissions);
chrome.contextMenus.onClicked.addListener(onMenu);
chrome.commands.onCommand.addListener(onCommand);
chrome.action.onClicked.addListener(openPanel);
