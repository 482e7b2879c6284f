
// Scores add a number of the distance (MPNet).
@group(0) @binding(5) var<storage, read_write> numbers: array<f32>; // [rows, heads]
@group(0) @binding(6) var<storage, read_write> rows: array<u32>;    // [2 · longest − 1], by distance

fn distance_row(query: u32, key: u32) -> u32 { return rows[shape[4] + query - key]; }

fn product(scaled_query: vec4<f32>, key: vec4<f32>, scale: f32, at: u32) -> vec4<f32> { return scaled_query * key; }

fn added(at: u32) -> f32 { return numbers[at]; }
