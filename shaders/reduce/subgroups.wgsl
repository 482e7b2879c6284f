
// How lanes of a workgroup are joined with subgroups; what the functions do is in `shared`. A subgroup may have any size,
// and the device says which lanes it has. So each lane looks which of its neighbors are in its own: those are joined while
// they share, and what is left through workgroup memory.
struct Lane {
    @builtin(local_invocation_index) index: u32,
    @builtin(subgroup_invocation_id) id: u32,
}

var<workgroup> parts: array<array<f32, {{ workgroup }}>, {{ values }}>;
var<workgroup> widths: array<u32, {{ workgroup }}>; // lanes joined with this one

// The largest block of at most 16 lanes around this one that lies in the subgroup as it lies in the workgroup.
fn neighbors(lane: Lane) -> u32 {
    let offset = lane.index - lane.id;
    let first = subgroupBroadcastFirst(offset);
    let there = subgroupBallot(offset == first)[lane.id / 32u];
    var width = 16u;
    for (; width > 1u; width /= 2u) {
        let all = (1u << width) - 1u;
        if (first % width == 0u && ((there >> (lane.id % 32u / width * width)) & all) == all) { break; }
    }
    return width;
}

fn share(values: array<f32, {{ values }}>, lane: Lane) {
    let width = neighbors(lane);
    widths[lane.index] = width;
    var own = values;
    for (var i = 0u; i < {{ values }}u; i++) {
        var sum = own[i];
        for (var distance = 1u; distance < 16u; distance *= 2u) {
            sum += select(0.0, subgroupShuffleXor(sum, distance), distance < width);
        }
        parts[i][lane.index] = sum;
    }
}

fn sum_of(i: u32, first: u32, lanes: u32) -> f32 {
    var sum = 0.0;
    for (var l = first; l < first + lanes; l += widths[l]) { sum += parts[i][l]; }
    return sum;
}

fn share_largest(value: f32, lane: Lane) {
    widths[lane.index] = neighbors(lane);
    parts[0][lane.index] = subgroupMax(value);
}

fn largest_of() -> f32 {
    var most = parts[0][0];
    for (var l = widths[0]; l < {{ workgroup }}u; l += widths[l]) { most = max(most, parts[0][l]); }
    return most;
}
