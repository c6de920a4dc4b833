//! The terminal: verdict first, then what blocks, by area with owner and fix. Plain ASCII layout, so that every console shows it.
//!
//! The first screen of a go/no-go meeting has at most [`SCREEN`] lines; few findings, which people talk about one by one, get [`ROOM`]. Each part can be told at several levels of detail,
//! level 0 in full; when the screen is too small, parts are shortened in the order of [`SHORTEN`]: what passed first,
//! the causes of what blocks last. Nothing is ever left out without its number and the command that shows it.

mod blocks;
mod findings;
mod further;
mod hazards;
mod headline;
mod known;
mod ledger;
mod line;
mod looked;
mod open;
mod todo;
mod waivers;
mod words;

use crate::verdict::RunResult;

use super::Style;
use line::Line;

/// Lines of the first screen.
const SCREEN: usize = 60;

/// Lines when there are at most [`FEW`] findings.
const ROOM: usize = 104;

/// Findings that are talked about one by one.
const FEW: u64 = 500;

/// One part of the screen, in the order of the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Headline,
    Blocks,
    Todo,
    Open,
    Waivers,
    Known,
    Hazards,
    Deviations,
    Looked,
    Ledger,
    Passed,
    Further,
}

const PARTS: [Part; 12] = [
    Part::Headline,
    Part::Blocks,
    Part::Todo,
    Part::Open,
    Part::Waivers,
    Part::Known,
    Part::Hazards,
    Part::Deviations,
    Part::Looked,
    Part::Ledger,
    Part::Passed,
    Part::Further,
];

/// What is shortened, in this order, until the screen fits: a part and the level it is told at from then on.
const SHORTEN: [(Part, u8); 18] = [
    (Part::Known, 1),
    (Part::Passed, 1),
    (Part::Waivers, 1),
    (Part::Hazards, 1),
    (Part::Ledger, 1),
    (Part::Deviations, 1),
    (Part::Todo, 1),
    (Part::Open, 1),
    (Part::Ledger, 2),
    (Part::Blocks, 1),
    (Part::Looked, 1),
    (Part::Deviations, 2),
    (Part::Waivers, 2),
    (Part::Blocks, 2),
    (Part::Blocks, 3),
    (Part::Open, 2),
    (Part::Blocks, 4),
    (Part::Blocks, 5),
];

pub(super) fn render(result: &RunResult, style: Style) -> anyhow::Result<Vec<u8>> {
    let width = style.width.clamp(60, 120);
    let mut levels = [0; PARTS.len()];
    let mut lines = screen(result, width, style.verbosity, levels);
    if style.verbosity == 0 {
        let most = if result.findings.total() <= FEW { ROOM } else { SCREEN };
        for (part, level) in SHORTEN {
            if lines.len() <= most {
                break;
            }
            levels[part as usize] = level;
            lines = screen(result, width, style.verbosity, levels);
        }
    }
    let mut out = String::new();
    for line in lines {
        line.paint(style.color, &mut out);
    }
    Ok(out.into_bytes())
}

fn screen(result: &RunResult, width: usize, verbosity: u8, levels: [u8; PARTS.len()]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |mut part: Vec<Line>| {
        if !lines.is_empty() && !part.is_empty() {
            lines.push(Line::blank());
        }
        lines.append(&mut part);
    };
    for part in PARTS {
        let level = levels[part as usize];
        if part == Part::Further && verbosity > 0 {
            add(findings::lines(result, width));
        }
        add(match part {
            Part::Headline => headline::lines(result, width, verbosity),
            Part::Blocks => blocks::lines(result, width, level),
            Part::Known => known::lines(result, width, if verbosity > 0 { known::ALL } else { level }),
            Part::Todo => todo::lines(result, width, level),
            Part::Open => open::lines(result, width, level),
            Part::Waivers => waivers::lines(result, width, level),
            Part::Hazards => hazards::lines(result, width, level),
            Part::Deviations => looked::deviations(result, width, level),
            Part::Looked => looked::environments(result, width, level),
            Part::Ledger => ledger::lines(result, width, level),
            Part::Passed => further::passed(result, width, level),
            Part::Further => further::lines(result, width),
        });
    }
    lines
}

#[cfg(test)]
mod tests;
