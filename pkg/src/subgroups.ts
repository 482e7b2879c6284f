/**
 * Subgroups in browsers. wgpu 30, which opens the device, neither sees nor asks for them there. So in the package's own
 * worker every device is asked for them where the adapter has them; in a page, other scripts open devices too, and it is
 * left as it is.
 */

interface Gpu {
  pushErrorScope(filter: "validation"): void;
  createShaderModule(described: { code: string }): unknown;
  createComputePipelineAsync(described: { layout: "auto"; compute: { module: unknown } }): Promise<unknown>;
  popErrorScope(): Promise<unknown>;
}

interface Adapter {
  readonly features: ReadonlySet<string>;
  requestDevice(described?: { requiredFeatures?: Iterable<string> }): Promise<Gpu>;
}

const SUBGROUPS = "subgroups";

/** Not every compiler takes the language of a feature that it has, and wasm does not survive a shader that is refused. */
const SAMPLE = `enable subgroups;
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(subgroup_invocation_id) id: u32) {
  let there = subgroupBallot(id == subgroupBroadcastFirst(id));
  out[id] = subgroupMax(subgroupShuffleXor(f32(there.x), 1u));
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
    scope.semgradSubgroups = await compiles(device);
    return device;
  };
}

async function compiles(device: Gpu): Promise<boolean> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code: SAMPLE });
  const pipeline = device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const compiled = pipeline.then(
    () => true,
    () => false,
  );
  return (await device.popErrorScope()) === null && compiled;
}
