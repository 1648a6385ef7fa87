//! A second implementation for the simplest world, one cent and one line at a time, as oracle:
//! percentages of whole lines on the account, stacked or one after the other.

/// What a list of discounts (in hundredths of a percent, stacked or not) leaves of each line.
pub fn left(lines: &[i64], discounts: &[(i64, bool)]) -> Vec<i64> {
    let mut left = lines.to_vec();
    for (rate, stacked) in discounts {
        let base = |index: usize| if *stacked { lines[index] } else { left[index] };
        // In 10 000ths of a cent, limited by what is left.
        let wanted: Vec<i64> =
            (0..lines.len()).map(|it| (base(it) * rate).min(left[it] * 10_000)).collect();
        let sum: i64 = wanted.iter().sum();
        let mut due = (sum + 5_000) / 10_000;
        let mut taken = vec![0; lines.len()];
        while due > 0 {
            // The next cent goes where most is still wanted, of equals to the last whose
            // effect, which is negative, has the largest remainder first.
            let most = (0..lines.len())
                .filter(|it| taken[*it] < left[*it])
                .max_by_key(|it| (wanted[*it] - taken[*it] * 10_000, *it));
            let Some(index) = most else { break };
            taken[index] += 1;
            due -= 1;
        }
        for (index, taken) in taken.into_iter().enumerate() {
            left[index] -= taken;
        }
    }
    left
}
