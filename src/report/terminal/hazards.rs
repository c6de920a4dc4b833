//! The hazard log: which controls a failed check has re-opened, and which hazards no check controls.

use super::line::{Line, hanging};
use super::words;
use crate::verdict::{Control, RunResult};

/// Hazards whose controls do not hold, each with what it is, where there is room (level 0).
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    if level > 0 || result.hazards.iter().all(|h| h.control == Control::Holds) {
        return Vec::new();
    }
    let mut lines = vec![Line::heading(format!("HAZARDS: {}", held(result)))];
    for hazard in result.hazards.iter().filter(|h| h.control != Control::Holds) {
        let checks = words::some(hazard.checks.iter().map(String::as_str), 3);
        let by = if hazard.checks.is_empty() { String::new() } else { format!(" ({checks})") };
        let text = format!("{} (risk {}) {}: {}{by}", hazard.id, hazard.risk, hazard.control.word(), hazard.hazard);
        lines.extend(hanging("  ", 6, &text, width));
    }
    lines
}

/// All hazards in numbers, on one line.
pub(super) fn line(result: &RunResult, width: usize) -> Vec<Line> {
    if result.hazards.is_empty() {
        return Vec::new();
    }
    let mut text = format!("HAZARDS: {}", held(result));
    for (control, word) in [(Control::Failed, "re-opened"), (Control::NotTold, "cannot tell"), (Control::None, "without a check")] {
        let n = result.hazards.iter().filter(|h| h.control == control).count();
        if n > 0 {
            text.push_str(&format!(", {n} {word}"));
        }
    }
    if held_count(result) < result.hazards.len() {
        text.push_str(" (-v)");
    }
    hanging("", 4, &text, width)
}

fn held_count(result: &RunResult) -> usize {
    result.hazards.iter().filter(|h| h.control == Control::Holds).count()
}

fn held(result: &RunResult) -> String {
    format!("{} of {} controlled", held_count(result), result.hazards.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Style;
    use crate::report::sample::{go, hazard};

    fn screen(verbosity: u8) -> String {
        let mut result = go();
        result.hazards = vec![
            hazard("HZ-012", Control::Failed, &["clinics-match"]),
            hazard("HZ-021", Control::NotTold, &["notes-match", "notes-signed-off"]),
            hazard("HZ-099", Control::None, &[]),
            hazard("HZ-031", Control::Holds, &["roles-match"]),
        ];
        let shown = super::super::render(&result, Style { width: 100, color: false, verbosity }).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        shown.lines().skip_while(|l| !l.starts_with("HAZARDS")).take_while(|l| !l.is_empty()).map(|l| format!("{l}\n")).collect()
    }

    #[test]
    fn controls_that_do_not_hold_are_listed_and_hazards_without_one_too() {
        insta::assert_snapshot!(screen(0), @r"
        HAZARDS: 1 of 4 controlled
          HZ-012 (risk 4) re-opened: A clinic cannot be found when a patient is booked (clinics-match)
          HZ-021 (risk 4) cannot tell: A clinic cannot be found when a patient is booked (notes-match,
              notes-signed-off)
          HZ-099 (risk 4) not controlled by any check: A clinic cannot be found when a patient is booked
        ");
    }

    #[test]
    fn on_a_full_screen_they_are_numbers() {
        let mut result = go();
        result.hazards = (0..9).map(|n| hazard(&format!("HZ-{n}"), Control::None, &[])).collect();
        let mut told = String::new();
        line(&result, 100).iter().for_each(|line| line.paint(false, &mut told));
        assert_eq!(told, "HAZARDS: 0 of 9 controlled, 9 without a check (-v)\n");
        assert!(lines(&result, 100, 1).is_empty());
    }
}
