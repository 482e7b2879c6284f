
// How lanes of a workgroup are joined without subgroups: every lane shares its values, and behind a barrier any lane joins
// those of neighboring lanes one by one.
struct Lane { @builtin(local_invocation_index) index: u32 }

var<workgroup> parts: array<array<f32, {{ workgroup }}>, {{ values }}>;

// For `sum_of`.
fn share(values: array<f32, {{ values }}>, lane: Lane) {
    var own = values;
    for (var i = 0u; i < {{ values }}u; i++) { parts[i][lane.index] = own[i]; }
}

// Σ of value i over `lanes` lanes from `first` on; both are multiples of 16.
fn sum_of(i: u32, first: u32, lanes: u32) -> f32 {
    var sum = 0.0;
    for (var l = first; l < first + lanes; l++) { sum += parts[i][l]; }
    return sum;
}

// For `largest_of`.
fn share_largest(value: f32, lane: Lane) { parts[0][lane.index] = value; }

// The largest value of all lanes.
fn largest_of() -> f32 {
    var most = parts[0][0];
    for (var l = 1u; l < {{ workgroup }}u; l++) { most = max(most, parts[0][l]); }
    return most;
}
