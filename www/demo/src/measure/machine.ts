/** What the browser says about the machine; it says no more than any page may ask. */

/** The graphics adapter, as far as it is named. */
export interface Adapter {
  name: string;
  /** The processor in the part of a graphics card. */
  software: boolean;
  features: string[];
  limits: Record<string, number>;
}

/** Where something was measured. */
export interface Machine {
  date: string;
  browser: string;
  cores: number;
  /** Gigabytes, rounded by the browser; null where it does not say. */
  memory: number | null;
  adapter: Adapter | null;
}

/** The little of WebGPU and of the client hints that is needed here. */
interface Hints {
  gpu?: {
    requestAdapter(): Promise<{
      info?: { vendor?: string; architecture?: string; description?: string; isFallbackAdapter?: boolean };
      features: Iterable<string>;
      limits: Record<string, number>;
    } | null>;
  };
  userAgentData?: { brands: { brand: string; version: string }[]; platform: string };
  deviceMemory?: number;
}

/** Features that kernels have variants for. */
const FEATURES = ["shader-f16", "subgroups", "timestamp-query"];
const LIMITS = ["maxBufferSize", "maxStorageBufferBindingSize", "maxComputeInvocationsPerWorkgroup"];

async function adapter(hints: Hints): Promise<Adapter | null> {
  const found = await hints.gpu?.requestAdapter().catch(() => null);
  if (!found) return null;
  const { vendor, architecture, description, isFallbackAdapter } = found.info ?? {};
  const name = [vendor, architecture, description].filter(Boolean).join(" ");
  const features = new Set(found.features);
  return {
    name,
    software: isFallbackAdapter ?? /swiftshader|llvmpipe|basic render/i.test(name),
    features: FEATURES.filter((feature) => features.has(feature)),
    limits: Object.fromEntries(LIMITS.map((limit) => [limit, found.limits[limit] ?? 0])),
  };
}

function browserName({ userAgentData }: Hints): string {
  // The list has made-up brands in it, so that nobody relies on a fixed one.
  const brands = userAgentData?.brands.filter(({ brand }) => !/not.?a.?brand/i.test(brand.replace(/\W/g, ""))) ?? [];
  const brand = brands.find(({ brand }) => brand !== "Chromium") ?? brands[0];
  return brand && userAgentData ? `${brand.brand} ${brand.version}, ${userAgentData.platform}` : navigator.userAgent;
}

/** Asks once; the answer is not kept anywhere. */
export async function describeMachine(): Promise<Machine> {
  const hints = navigator as Navigator & Hints;
  return {
    date: new Date().toISOString(),
    browser: browserName(hints),
    cores: navigator.hardwareConcurrency,
    memory: hints.deviceMemory ?? null,
    adapter: await adapter(hints),
  };
}
