//! What attention knows of the distance between two tokens, query − key: which row of a table it has.

/// How DeBERTa's attention knows distances between tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Relative {
    /// Distances up to half of this have a row each, longer ones share rows on a logarithmic scale. `None`: all have
    /// their own.
    pub buckets: Option<usize>,
    /// Distances beyond it are not told apart.
    pub longest: usize,
    /// Whether positions go through the projections of the content.
    pub shared: bool,
    /// Scores add query · position of the key.
    pub content_to_position: bool,
    /// Scores add key · position of the query.
    pub position_to_content: bool,
    /// Whether the table of distances is normalized before use.
    pub normalized: bool,
}

impl Relative {
    /// Rows of the table for one direction; it has twice as many.
    pub fn span(&self) -> usize {
        self.buckets.unwrap_or(self.longest)
    }

    /// Row of the table for position of the query − position of the key.
    pub fn row(&self, distance: i64) -> usize {
        let span = self.span() as i64;
        let bucket = match self.buckets {
            Some(buckets) => bucket(distance, buckets as i64 / 2, self.longest),
            None => distance,
        };
        (bucket + span).clamp(0, 2 * span - 1) as usize
    }
}

/// Single precision, as the reference: where a logarithm meets a whole number, rounding decides the bucket.
fn bucket(distance: i64, half: i64, longest: usize) -> i64 {
    if distance.abs() <= half {
        return distance;
    }
    let scale = ((longest - 1) as f64 / half as f64) as f32;
    let steps = (distance.abs() as f32 / half as f32).ln() / scale.ln() * (half - 1) as f32;
    distance.signum() * (steps.ceil() as i64 + half)
}

/// Rows of MPNet's table of biases: half of them for keys behind the query.
pub const BIASES: usize = 32;

/// Row of MPNet's table for position of the query − position of the key: 8 distances have a row each, and those up to 128
/// share 8 rows on a logarithmic scale, in single precision as above.
pub fn bias_row(distance: i64) -> usize {
    let (far, behind) = (distance.unsigned_abs(), if distance < 0 { BIASES / 2 } else { 0 });
    let bucket = match far {
        0..8 => far as usize,
        _ => 8 + ((far as f32 / 8.0).ln() / 16f32.ln() * 8.0) as usize,
    };
    behind + bucket.min(BIASES / 2 - 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::weights::fixtures::reference;
    use serde_json::Value;

    fn read(name: &str) -> Value {
        serde_json::from_slice(&std::fs::read(reference(&format!("encoders/{name}"))).unwrap()).unwrap()
    }

    /// From the reference's `make_log_bucket_position`.
    #[test]
    fn far_distances_share_buckets_as_in_the_reference() {
        for case in read("buckets.json").as_array().unwrap() {
            let (buckets, longest) = (case["buckets"].as_u64().unwrap(), case["longest"].as_u64().unwrap() as usize);
            for (distance, want) in case["of"].as_array().unwrap().iter().enumerate() {
                let (distance, want) = (distance as i64, want.as_i64().unwrap());
                assert_eq!(bucket(distance, buckets as i64 / 2, longest), want, "{buckets} {longest} {distance}");
                assert_eq!(bucket(-distance, buckets as i64 / 2, longest), -want);
            }
        }
    }

    /// From the reference's `relative_position_bucket`.
    #[test]
    fn biases_have_the_rows_of_the_reference() {
        let of = read("bias_buckets.json");
        assert_eq!(of.as_array().unwrap().len(), 401);
        for (distance, want) in (-200..).zip(of.as_array().unwrap()) {
            assert_eq!(bias_row(distance) as u64, want.as_u64().unwrap(), "{distance}");
        }
    }
}
