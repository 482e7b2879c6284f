/**
 * Subgroups in browsers. wgpu 30, which opens the device, neither sees nor asks for them there. So in the package's own
 * worker every device is asked for them where the adapter has them; in a page, other scripts open devices too, and it is
 * left as it is.
 */

interface Gpu {
  pushErrorScope(filter: "validation"): void;
  createShaderModule(described: { code: string }): unknown;
  popErrorScope(): Promise<unknown>;
}

interface Adapter {
  readonly features: ReadonlySet<string>;
  requestDevice(described?: { requiredFeatures?: Iterable<string> }): Promise<Gpu>;
}

const SUBGROUPS = "subgroups";

/** Not every compiler takes the language of a feature that it has. */
const SAMPLE = `enable subgroups;
@compute @workgroup_size(64) fn main(@builtin(subgroup_invocation_id) id: u32) {
  _ = subgroupBallot(id == subgroupBroadcastFirst(id));
  _ = subgroupMax(subgroupShuffleXor(f32(id), 1u));
}`;

/** From now on, devices of this thread have subgroups if they can. */
export function askForSubgroups(): void {
  // The last of these is where wasm looks once it has the device.
  const scope = globalThis as { GPUAdapter?: { prototype: Adapter }; semgradSubgroups?: boolean };
  const adapter = scope.GPUAdapter?.prototype;
  if (!adapter) return;
  const { requestDevice } = adapter;
  adapter.requestDevice = async function (described) {
    if (!this.features.has(SUBGROUPS)) return requestDevice.call(this, described);
    const requiredFeatures = [...(described?.requiredFeatures ?? []), SUBGROUPS];
    const device = await requestDevice.call(this, { ...described, requiredFeatures });
    device.pushErrorScope("validation");
    device.createShaderModule({ code: SAMPLE });
    scope.semgradSubgroups = (await device.popErrorScope()) === null;
    return device;
  };
}
