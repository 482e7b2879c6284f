//! TSU, temperature sensitivity of uncertainty (Inv-Entropy, arXiv 2506.09684): needs no labels.

/// Share of questions whose scores rise strictly from each temperature to the next; `scores` are `[question]
/// [temperature]`. A constant score gets 0, a random one about 1/m!. Questions without a score somewhere are left out;
/// NaN when none remains or there are fewer than two temperatures.
pub fn tsu(scores: &[Vec<f64>]) -> f64 {
    let whole = scores.iter().filter(|by| by.len() >= 2 && by.iter().all(|score| score.is_finite()));
    let (mut rising, mut all) = (0.0, 0.0);
    for by in whole {
        all += 1.0;
        rising += f64::from(u8::from(by.windows(2).all(|pair| pair[0] < pair[1])));
    }
    rising / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_strict_rises() {
        let scores = [vec![0.1, 0.2, 0.3], vec![0.1, 0.1, 0.3], vec![0.3, 0.2, 0.1], vec![0.0, 1.0, 2.0]];
        assert_eq!(tsu(&scores), 0.5);
        assert_eq!(tsu(&[vec![0.1, f64::NAN], vec![0.1, 0.2]]), 1.0);
        assert!(tsu(&[]).is_nan() && tsu(&[vec![1.0]]).is_nan());
    }
}
