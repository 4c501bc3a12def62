//! The text of wrk 4, with or without `--latency`.
//!
//! The report ends with `Transfer/sec`. `Non-2xx or 3xx responses` and socket errors are failures;
//! wrk leaves the line out where there are none. Ignored on purpose: the rate of a single thread and
//! the spread of the latency. What a Lua script prints is refused, since nobody knows what it says.

use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::http_load::Load;
use super::lines::{self, Line};
use super::measured::{Rows, more};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "wrk-text",
    kind: Kind::Benchmarks,
    tools: "wrk",
    command: "wrk --latency URL > wrk.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => {
            text.any(|line| line.starts_with("Running ") && line.contains(" test @ "))
                && text.any(|line| {
                    line.trim_start().starts_with("Thread Stats ") || line.contains(" connections")
                })
        }
        _ => false,
    },
    read,
};

const TIMES: &[(&str, f64)] = &[("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
const SIZES: &[(&str, f64)] =
    &[("B", 1.0), ("KB", 1024.0), ("MB", 1_048_576.0), ("GB", 1_073_741_824.0), ("TB", 1_099_511_627_776.0)];

/// What was read so far.
#[derive(Default)]
struct State {
    target: Option<String>,
    latency: Vec<(Statistic, f64)>,
    percentiles: Vec<(String, f64)>,
    requests: Option<u64>,
    socket_errors: u64,
    bad_answers: u64,
    rate: Option<f64>,
    transfer: Option<f64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut state = State::default();
    let (mut first, mut last) = (true, 1);
    for line in lines::filled(&text) {
        if state.transfer.is_some() || state.line(line.text.trim()).is_none() {
            return Err(lines::unknown(&line, first, "wrk"));
        }
        (first, last) = (false, line.number);
        state.once(&line)?;
    }
    let (Some(requests), Some(rate), Some(transfer)) = (state.requests, state.rate, state.transfer) else {
        return Err(lines::unclosed("wrk (`Transfer/sec`)", last));
    };
    let mut rows = Rows::new(&FORMAT, input.limits);
    let target = state.target.unwrap_or_default();
    let full_name = format!("{target} transfer");
    Load {
        target: Some(target),
        unit: "s",
        latency: state.latency,
        percentiles: state.percentiles,
        rate,
        // A request that met a socket error is not among the requests.
        requests: requests.saturating_add(state.socket_errors),
        failures: state.bad_answers.saturating_add(state.socket_errors),
    }
    .add(&mut rows)?;
    rows.add("transfer", &full_name, more("B/s"), [(Statistic::Mean, transfer)], requests)?;
    Ok(rows.report())
}

impl State {
    /// Takes in a line; `None` if no rule knows it.
    fn line(&mut self, text: &str) -> Option<()> {
        let words: Vec<_> = text.split_whitespace().collect();
        match words.as_slice() {
            ["Running", _, "test", "@", target] => self.target = Some((*target).to_owned()),
            [threads, "threads", "and", connections, "connections"] => {
                threads.parse::<u64>().ok()?;
                connections.parse::<u64>().ok()?;
            }
            ["Thread", "Stats", ..] | ["Latency", "Distribution"] => {}
            ["Latency", mean, stddev, max, within] => {
                percent(within)?;
                self.latency.push((Statistic::Mean, time(mean)?));
                self.latency.push((Statistic::Stddev, time(stddev)?));
                self.latency.push((Statistic::Max, time(max)?));
            }
            ["Req/Sec", _, _, _, within] => percent(within)?,
            [share, value] if share.ends_with('%') => {
                let (share, value) = (share.strip_suffix('%')?, time(value)?);
                share.parse::<f64>().ok()?;
                if share == "50" {
                    self.latency.push((Statistic::Median, value));
                } else {
                    self.percentiles.push((format!("p{share}"), value));
                }
            }
            [requests, "requests", "in", duration, size, "read"] => {
                time(duration.strip_suffix(',')?)?;
                scaled(size, SIZES)?;
                self.requests = Some(requests.parse().ok()?);
            }
            ["Socket", "errors:", rest @ ..] => {
                for word in rest.iter().skip(1).step_by(2) {
                    self.socket_errors += word.trim_end_matches(',').parse::<u64>().ok()?;
                }
            }
            ["Non-2xx", "or", "3xx", "responses:", count] => self.bad_answers = count.parse().ok()?,
            ["Requests/sec:", rate] => self.rate = Some(rate.parse().ok()?),
            ["Transfer/sec:", rate] => self.transfer = Some(scaled(rate, SIZES)?),
            _ => return None,
        }
        Some(())
    }

    /// Refuses figures that are there twice: two runs in one file.
    fn once(&self, line: &Line<'_>) -> Result<(), ReadError> {
        let names = |statistic| self.latency.iter().filter(|(s, _)| *s == statistic).count();
        if names(Statistic::Mean) > 1 || names(Statistic::Median) > 1 {
            let message = "the latency is there twice; write each run into a file of its own";
            return Err(ReadError::new(Code::Duplicate, message).at(line.number, None));
        }
        Ok(())
    }
}

fn percent(text: &str) -> Option<()> {
    text.strip_suffix('%')?.parse::<f64>().ok().map(drop)
}

/// Seconds.
fn time(text: &str) -> Option<f64> {
    scaled(text, TIMES)
}

fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let factor = units.iter().find(|row| row.0 == &text[end..])?.1;
    Some(text[..end].parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    const RUN: &str = "Running 1s test @ http://x/\n  1 threads and 2 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    \
        Latency     2.00ms    1.00ms   1.20s   97.83%\n    Req/Sec     1.05k    19.00     1.21k    70.00%\n  \
        40 requests in 1.00s, 26.38KB read\n";
    const END: &str = "Requests/sec:     40.00\nTransfer/sec:     26.00KB\n";

    fn report(text: &str) -> Result<Benchmarks, ReadError> {
        testing::benchmarks(read, text).map(|read| read.0)
    }

    #[test]
    fn errors_are_failures() {
        let bad = "  Socket errors: connect 0, read 3, write 0, timeout 7\n  Non-2xx or 3xx responses: 10\n";
        let read = report(&format!("{RUN}{bad}{END}")).unwrap();
        let get = |name: &str| read.list.iter().find(|b| b.name == name).unwrap();
        assert_eq!((get("failures").value(), get("latency").statistics[&Statistic::Max]), (40.0, 1.2));
        assert_eq!(get("transfer").value(), 26.0 * 1024.0);
        assert_eq!(get("latency").full_name, "http://x/ latency");
    }

    #[test]
    fn cut_failed_and_strange_runs_are_refused() {
        for (text, code) in [
            (RUN.to_owned(), Code::Truncated),
            (format!("{RUN}Requests/sec:     40.00\n"), Code::Truncated),
            (format!("{RUN}Requests/sec:     40.00\nTransfer/sec:     26.00K"), Code::Malformed),
            (format!("{RUN}  Non-2xx or 3xx responses: 40\n{END}"), Code::ToolFailed),
            (format!("{RUN}  Non-2xx or 3xx responses: 41\n{END}"), Code::Contradiction),
            (format!("{RUN}{END}done\n"), Code::Malformed),
            (format!("{RUN}{RUN}{END}"), Code::Duplicate),
            (format!("{}{END}", RUN.replace("2.00ms", "nan")), Code::Malformed),
            ("unable to connect to x:1 Connection refused\n".to_owned(), Code::WrongFormat),
        ] {
            assert_eq!(report(&text).unwrap_err().code, code, "{text}");
        }
    }
}
