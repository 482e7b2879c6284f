/** What people write for a model of Hugging Face. */

const HUB = "https://huggingface.co/";

/**
 * An address as it is loaded: `owner/name/file.gguf` is a file there. Anything else stays as it was written; what `owner/name`
 * means, the package knows.
 */
export function addressOf(written: string): string {
  const text = written.trim();
  const [owner = "", name = "", ...path] = text.split("/").filter(Boolean);
  const isOwner = /^[\w-]+$/.test(owner);
  if (URL.canParse(text) || !isOwner || !/^[\w-][\w.-]*$/.test(name) || path.length === 0) return text;
  return `${HUB}${owner}/${name}/resolve/main/${path.map(encodeURIComponent).join("/")}`;
}
