/**
 * Whether there is WebGPU at all, asked before wasm starts: its bindings panic outside windows and workers, and the
 * browser knows the adapter's name better than they do.
 */

import { SemgradError } from "./errors.js";
import type { Device } from "./types.js";

/** The little of WebGPU that is needed here. */
interface Gpu {
  requestAdapter(): Promise<{ info?: { vendor?: string; architecture?: string; description?: string } } | null>;
}

/** What to ask wasm for, and what is known about it. */
export interface DevicePlan {
  device: Device;
  /** Why not WebGPU, when `auto` had to become `cpu`. */
  reason?: string;
  /** The adapter's name, when WebGPU will be tried. */
  adapter?: string;
}

/** Settles `auto` and `webgpu` where there is no adapter. */
export async function planDevice(device: Device): Promise<DevicePlan> {
  if (device === "cpu") return { device };
  const gpu = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu;
  // A browser may also refuse with an exception, which means the same.
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (adapter) {
    const { description, vendor, architecture } = adapter.info ?? {};
    const name = description || [vendor, architecture].filter(Boolean).join(" ");
    return name ? { device, adapter: name } : { device };
  }
  const reason = gpu ? "WebGPU found no graphics adapter" : "there is no WebGPU here";
  if (device === "auto") return { device: "cpu", reason };
  throw new SemgradError("no_webgpu", reason, 'Use device "auto" or "cpu", or a browser with WebGPU.');
}
