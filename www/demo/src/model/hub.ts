/** What people write for a model of Hugging Face. */

const HUB = "https://huggingface.co/";

/**
 * An address as it is loaded. `owner/name` is a folder there, `owner/name/file.gguf` a file of it; anything else stays as
 * it was written.
 */
export function addressOf(written: string): string {
  const text = written.trim();
  const [owner, name, ...path] = text.split("/").filter(Boolean);
  const isName = (part: string | undefined) => part !== undefined && /^[\w-][\w.-]*$/.test(part);
  if (URL.canParse(text) || !isName(owner) || !isName(name)) return text;
  return `${HUB}${owner}/${name}/resolve/main/${path.map(encodeURIComponent).join("/")}`;
}
