//! `milegate::statistics` against SciPy, and against benchstat's own expected output.

#![allow(clippy::unwrap_used, missing_docs)]

use milegate::statistics::mann_whitney::mann_whitney;
use milegate::statistics::{benjamini_hochberg, hodges_lehmann, normal, robust, student, welch};
use serde_json::Value;

fn table(name: &str) -> Vec<Value> {
    let text = include_str!("fixtures/statistics/scipy.json");
    let all: Value = serde_json::from_str(text).unwrap();
    let rows = all[name].as_array().unwrap().clone();
    assert!(!rows.is_empty());
    rows
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap()
}

fn numbers(row: &Value, key: &str) -> Vec<f64> {
    row[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// To 1e-9 of the expected value, however small that is.
#[track_caller]
fn same(ours: f64, row: &Value, key: &str) {
    let theirs = number(row, key);
    let enough = (ours - theirs).abs() <= 1e-9 * theirs.abs() + 1e-300;
    assert!(enough, "{key}: {ours:e} here, {theirs:e} by SciPy, in {row}");
}

#[test]
fn students_distribution_is_scipys() {
    for row in table("t") {
        let (t, nu) = (number(&row, "t"), number(&row, "nu"));
        same(student::cdf(t, nu), &row, "cdf");
        same(student::upper(t, nu), &row, "sf");
    }
    for row in table("t_quantile") {
        let ours = student::quantile(number(&row, "p"), number(&row, "nu"));
        let theirs = number(&row, "t");
        // The middle is 0 in one and almost 0 in the other.
        assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-6), "{ours:e} in {row}");
    }
    for row in table("t_interval") {
        let margin = student::quantile(0.975, number(&row, "nu")) * number(&row, "scale");
        same(number(&row, "mean") - margin, &row, "low");
        same(number(&row, "mean") + margin, &row, "high");
    }
}

#[test]
fn the_normal_distribution_is_scipys() {
    for row in table("normal") {
        same(normal::upper(number(&row, "z")), &row, "sf");
    }
    for row in table("normal_quantile") {
        same(normal::quantile(number(&row, "p")), &row, "z");
    }
}

#[test]
fn mann_whitney_is_scipys_exact_with_ties() {
    for row in table("mann_whitney") {
        let test = mann_whitney(&numbers(&row, "first"), &numbers(&row, "second")).unwrap();
        same(test.u, &row, "u");
        same(test.p_greater, &row, "greater");
        same(test.p_less, &row, "less");
        same(test.p_two_sided(), &row, "two_sided");
        assert_eq!(test.exact, row["exact"].as_bool().unwrap());
    }
}

#[test]
fn welch_is_scipys() {
    for row in table("welch") {
        let test = welch::welch(&numbers(&row, "first"), &numbers(&row, "second")).unwrap();
        same(test.t, &row, "t");
        same(test.nu, &row, "nu");
        same(test.p_greater, &row, "greater");
        same(test.difference - test.margin(0.95), &row, "low");
        same(test.difference + test.margin(0.95), &row, "high");
    }
}

#[test]
fn the_rest_is_scipys() {
    for row in table("benjamini_hochberg") {
        let ours = benjamini_hochberg::rejected(&numbers(&row, "p"), number(&row, "q"));
        let theirs: Vec<bool> =
            row["rejected"].as_array().unwrap().iter().map(|v| v.as_bool().unwrap()).collect();
        assert_eq!(ours, theirs);
    }
    for row in table("scale") {
        let values = numbers(&row, "values");
        let centre = robust::median(&values);
        same(centre, &row, "median");
        same(robust::variance(&values), &row, "variance");
        let residuals: Vec<f64> = values.iter().map(|v| v - centre).collect();
        same(robust::mad_scale(&residuals, values.len()) / robust::small_sample(values.len()), &row, "mad");
    }
    for row in table("hodges_lehmann") {
        let shift = hodges_lehmann::shift(&numbers(&row, "first"), &numbers(&row, "second"), 0.95).unwrap();
        same(shift.estimate, &row, "shift");
    }
}

/// golang.org/x/perf, cmd/benchstat/testdata/csvOldNew.stdout: ten runs a side, with ties.
#[test]
fn benchstats_own_example_comes_out_the_same() {
    let old_gob = [3069., 3075., 3069., 3067., 3207., 3064., 3064., 3058., 3059., 3062.];
    let new_gob = [3075., 3065., 3059., 3065., 3060., 3081., 3186., 3135., 3087., 3062.];
    let gob = mann_whitney(&old_gob, &new_gob).unwrap();
    assert_eq!(format!("{:.3}", gob.p_two_sided()), "0.446");
    let old_json = [1726., 1723., 1707., 1707., 1713., 1729., 1736., 1707., 1705., 1774.];
    let new_json = [1423., 1416., 1411., 1413., 1412., 1426., 1422., 1424., 1447., 1425.];
    assert!(mann_whitney(&old_json, &new_json).unwrap().p_two_sided() < 0.0005);
    let medians = [&old_json, &new_json, &old_gob, &new_gob].map(|runs| robust::median(runs));
    assert_eq!(medians, [1718.0, 1422.5, 3065.5, 3070.0]);
    let ratio = |old: f64, new: f64| (new / old).ln();
    let geomean = (f64::midpoint(ratio(medians[0], medians[1]), ratio(medians[2], medians[3]))).exp();
    assert_eq!(format!("{:.2}", 100.0 * (geomean - 1.0)), "-8.94");
}

#[test]
fn the_smallest_p_of_k_a_side_is_one_of_all_choices() {
    for (k, p) in [(3, 0.05), (4, 1.0 / 70.0), (5, 1.0 / 252.0), (10, 1.0 / 184_756.0)] {
        let ours = milegate::statistics::mann_whitney::smallest_p(k);
        assert!((ours - p).abs() < 1e-15, "{k}");
    }
}
