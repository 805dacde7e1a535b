//! What all sections measure with.

use crate::database::{Database, Postgres};
use crate::goals::Figures;
use crate::notifications::Dialect;
use crate::options::Options;
use crate::report;
use crate::run::{Measured, Trial, measure};

/// What is measured with, and what was measured.
pub(super) struct Bench {
    pub(super) options: Options,
    pub(super) postgres: Postgres,
    pub(super) dialects: Vec<Dialect>,
    pub(super) figures: Figures,
}

/// The longest that runs of the mix are expected to keep up with, in requests a second.
const MIX_A_SECOND: f64 = 16_000.0;

impl Bench {
    /// Makes notifications of every dialect, enough for these runs of the mix one after another.
    pub(super) fn prepare_mix(&mut self, runs: usize) {
        let count = self.share_of_a_run() * runs;
        for dialect in &mut self.dialects {
            dialect.prepare(count);
        }
    }

    /// How many notifications of each dialect one run of the mix may use.
    pub(super) fn share_of_a_run(&self) -> usize {
        (self.options.seconds * MIX_A_SECOND / self.dialects.len() as f64) as usize + 200
    }

    /// A trial of the usual length.
    pub(super) fn trial(&self, name: impl Into<String>, connections: usize) -> Trial {
        Trial::new(name, connections, self.options.longest())
    }

    /// Measures the mix on a fresh database, which is thrown away.
    pub(super) async fn measure_mix(&mut self, trial: &Trial) -> Measured {
        let mut database = self.postgres.fresh().await;
        let run = self.measure_on(&mut database, None, trial).await;
        self.postgres.remove(database).await;
        run
    }

    /// Measures one dialect, or the mix, on `database`; prints and notes it.
    pub(super) async fn measure_on(
        &mut self,
        database: &mut Database,
        alone: Option<usize>,
        trial: &Trial,
    ) -> Measured {
        let dialects: Vec<&Dialect> = match alone {
            Some(place) => vec![&self.dialects[place]],
            None => self.dialects.iter().collect(),
        };
        let run = measure(&self.postgres, database, &dialects, trial).await;
        report::measured(&run);
        self.figures.note(&run);
        run
    }
}
