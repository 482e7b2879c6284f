/** The content script is where the user allowed it, and nowhere else: permissions are the only list of sites. */

const ID = "flag";
const SCRIPT = "page.js";

/** Brings the registered script in line with the permissions, and puts it into pages that are open already. */
export async function followPermissions(): Promise<void> {
  const { origins = [] } = await chrome.permissions.getAll();
  const [registered] = await chrome.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (origins.length === 0) {
    if (registered) await chrome.scripting.unregisterContentScripts({ ids: [ID] });
    return;
  }
  const script = { id: ID, matches: origins, js: [SCRIPT], runAt: "document_idle" as const };
  if (registered) await chrome.scripting.updateContentScripts([script]);
  else await chrome.scripting.registerContentScripts([script]);
  const tabs = await chrome.tabs.query({ url: origins });
  await Promise.allSettled(
    tabs.map(({ id }) => id && chrome.scripting.executeScript({ target: { tabId: id }, files: [SCRIPT] })),
  );
}
