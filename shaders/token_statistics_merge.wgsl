// Joins the stripes of token_statistics and looks up the logit of one id. One workgroup per row.
@group(0) @binding(0) var<storage, read_write> part: array<f32>;   // [rows, stripes, 5]
@group(0) @binding(1) var<storage, read_write> logits: array<f32>; // [rows, vocab]
@group(0) @binding(2) var<storage, read_write> ids: array<u32>;    // [rows]
@group(0) @binding(3) var<storage, read_write> out: array<f32>;    // [rows, 6]: the five and the logit of ids[row]
@group(0) @binding(4) var<storage, read_write> best: array<u32>;   // [rows]: the first of the five
@group(0) @binding(5) var<storage, read> shape: array<u32>;        // vocab, stripes

const WORKGROUP: u32 = {{ workgroup }}u;
struct Part { best: f32, most: f32, second: f32, rest: f32, weighted: f32 }
var<workgroup> parts: array<Part, {{ workgroup }}>;

fn join(a: Part, b: Part) -> Part {
    // The one with the larger logit keeps its sums; the other's are moved down to it, its own largest entry among them.
    let a_wins = a.most > b.most || (a.most == b.most && a.best < b.best);
    var win = b;
    var lose = a;
    if (a_wins) { win = a; lose = b; }
    let shift = max(lose.most - win.most, -1e30);
    let e = exp(shift);
    win.second = max(win.second, lose.most);
    win.rest += e * (1.0 + lose.rest);
    win.weighted += e * (lose.weighted + shift * (1.0 + lose.rest));
    return win;
}

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let vocab = shape[0];
    let stripes = shape[1];
    let row = group.x;
    // Fewer stripes than lanes: the lanes over have nothing to say.
    if (lane < stripes) {
        var own: Part;
        for (var s = lane; s < stripes; s += WORKGROUP) {
            let at = (row * stripes + s) * 5u;
            let next = Part(part[at], part[at + 1u], part[at + 2u], part[at + 3u], part[at + 4u]);
            if (s == lane) { own = next; } else { own = join(own, next); }
        }
        parts[lane] = own;
    }
    workgroupBarrier();
    if (lane == 0u) {
        var all = parts[0];
        for (var l = 1u; l < min(stripes, WORKGROUP); l++) { all = join(all, parts[l]); }
        let at = row * 6u;
        out[at] = all.best;
        best[row] = u32(all.best);
        out[at + 1u] = all.most;
        out[at + 2u] = all.second;
        out[at + 3u] = all.rest;
        out[at + 4u] = all.weighted;
        out[at + 5u] = logits[row * vocab + ids[row]];
    }
}
