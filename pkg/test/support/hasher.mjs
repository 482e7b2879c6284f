/** SHA-256 as the downloads take it. */
import { createHash } from "node:crypto";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

export const hasher = () => {
  const hash = createHash("sha256");
  return { update: (chunk) => void hash.update(chunk), hex: () => hash.copy().digest("hex"), free: () => {} };
};
