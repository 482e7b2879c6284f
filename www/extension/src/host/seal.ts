/** What only who has the key can read: AES-GCM, with a nonce of its own each time, as text. */

const CIPHER = "AES-GCM";
/** Bytes of the nonce, which stands first. */
const NONCE = 12;

type Bytes = Uint8Array<ArrayBuffer>;

const use = (key: Bytes, how: "encrypt" | "decrypt"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", key, CIPHER, false, [how]);

/** @param key 16 or 32 bytes */
export async function seal(key: Bytes, value: unknown): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: CIPHER, iv }, await use(key, "encrypt"), plain));
  return btoa(Array.from([...iv, ...sealed], (byte) => String.fromCharCode(byte)).join(""));
}

/** @throws where it was sealed with another key, or not at all */
export async function open<T>(key: Bytes, text: string): Promise<T> {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const iv = bytes.subarray(0, NONCE);
  const plain = await crypto.subtle.decrypt({ name: CIPHER, iv }, await use(key, "decrypt"), bytes.subarray(NONCE));
  return JSON.parse(new TextDecoder().decode(plain)) as T;
}
