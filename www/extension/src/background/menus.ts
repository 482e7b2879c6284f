/** Right click, shortcut and toolbar button: all of them lead to the panel. */

import { putSelected } from "../settings.js";
import { TEXT } from "../text.js";

const CHECK = "check";
/** As in the manifest. */
const COMMAND = "check-selection";

type Tab = chrome.tabs.Tab;

export function makeMenus(): void {
  chrome.contextMenus.removeAll(() => {
    chrome.contextMenus.create({ id: CHECK, title: TEXT.menu, contexts: ["selection"] });
  });
}

/** Opens the panel beside the tab. The browser wants this before anything is awaited after the user's gesture. */
export function openPanel(tab: Tab): void {
  if (tab.id === undefined) return;
  chrome.sidePanel.open({ tabId: tab.id }).catch((error: unknown) => console.warn(error));
}

export async function onMenu(info: chrome.contextMenus.OnClickData, tab?: Tab): Promise<void> {
  if (info.menuItemId !== CHECK || !tab) return;
  openPanel(tab);
  await readSelection(tab, info.selectionText ?? "", info.frameId);
}

export async function onCommand(command: string, tab?: Tab): Promise<void> {
  if (command !== COMMAND || !tab) return;
  openPanel(tab);
  await readSelection(tab, "", undefined);
}

/** The script sends what it finds; where none may run (PDF, web store), the menu's own text has to do. */
async function readSelection(tab: Tab, text: string, frameId: number | undefined): Promise<void> {
  if (tab.id === undefined) return;
  const target = { tabId: tab.id, ...(frameId === undefined ? {} : { frameIds: [frameId] }) };
  try {
    await chrome.scripting.executeScript({ target, files: ["selection.js"] });
  } catch {
    await putSelected({ question: "", answer: text, at: Date.now() });
  }
}
