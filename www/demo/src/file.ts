/** A file's text: UTF-16, which Windows PowerShell writes, says so by its mark; anything else is UTF-8. */
export async function textOf(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const wide = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.subarray(0, 2).join()];
  return new TextDecoder(wide ?? "utf-8").decode(bytes);
}
