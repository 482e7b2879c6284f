/** There is one offscreen document, or none. */

const PAGE = "offscreen.html";

let creating: Promise<void> | null = null;

async function exists(): Promise<boolean> {
  const found = await chrome.runtime.getContexts({
    contextTypes: ["OFFSCREEN_DOCUMENT" as chrome.runtime.ContextType],
  });
  return found.length > 0;
}

/** Resolves when the document listens. */
export async function ensureHost(): Promise<void> {
  if (creating) return creating;
  if (await exists()) return;
  creating ??= create().finally(() => {
    creating = null;
  });
  return creating;
}

async function create(): Promise<void> {
  try {
    await chrome.offscreen.createDocument({
      url: PAGE,
      reasons: ["WORKERS" as chrome.offscreen.Reason],
      justification: "A language model runs in a Worker, which a service worker cannot start.",
    });
  } catch (error) {
    // This worker's predecessor may have been at it when it was killed.
    if (!(await exists())) throw error;
  }
}
