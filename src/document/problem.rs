//! What is wrong with a user's file: collected, never thrown, so that one run names every mistake.

use super::text::Place;

/// One mistake in a user's file.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong, one line, standing alone.
    pub message: String,
    /// What was expected there (shown under the snippet).
    pub expected: Option<String>,
    /// What to do, such as the nearest valid name.
    pub help: Option<String>,
}

/// All mistakes found so far.
#[derive(Debug, Default)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Adds a mistake that the place and message explain.
    pub fn add(&mut self, place: &Place, message: impl Into<String>) -> &mut Problem {
        self.list.push(Problem { place: place.clone(), message: message.into(), expected: None, help: None });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Adds a finished problem.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// True when no mistake was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many mistakes were found.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The mistakes by file, then place; one said twice is kept once.
    pub fn sorted(&self) -> Vec<&Problem> {
        let mut all: Vec<&Problem> = self.list.iter().collect();
        all.sort_by(|a, b| (&a.place.file.path, a.place.start, &a.message).cmp(&(&b.place.file.path, b.place.start, &b.message)));
        all.dedup_by(|a, b| a.place.file.path == b.place.file.path && a.place.start == b.place.start && a.message == b.message);
        all
    }
}

impl Problem {
    /// Says what was expected at the place.
    pub fn expected(&mut self, text: impl Into<String>) -> &mut Self {
        self.expected = Some(text.into());
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }
}
