//! What a chart shows: a count for each place and each word.

/// Counts by place and by word.
#[derive(Clone, Debug)]
pub(in crate::console) struct Counts {
    /// The words, in the order in which they are drawn.
    pub words: Vec<&'static str>,
    rows: Vec<Vec<i64>>,
}

impl Counts {
    /// Makes counts of nothing for so many places.
    pub(in crate::console) fn new(words: &[&'static str], places: usize) -> Self {
        Self { words: words.to_vec(), rows: vec![vec![0; words.len()]; places] }
    }

    /// Adds to the count of a word at a place. Another word or place is not drawn.
    pub(in crate::console) fn add(&mut self, place: usize, word: &str, count: i64) {
        let Some(column) = self.words.iter().position(|known| *known == word) else { return };
        let cell = self.rows.get_mut(place).and_then(|row| row.get_mut(column));
        if let Some(cell) = cell {
            *cell = cell.saturating_add(count);
        }
    }

    /// Leaves words out that have no count.
    pub(super) fn only_used(&self) -> Self {
        let is_used = |column: &usize| self.rows.iter().any(|row| row.get(*column) != Some(&0));
        let used: Vec<usize> = (0..self.words.len()).filter(is_used).collect();
        let words = used.iter().filter_map(|column| self.words.get(*column).copied()).collect();
        let row = |row: &Vec<i64>| used.iter().filter_map(|at| row.get(*at).copied()).collect();
        Self { words, rows: self.rows.iter().map(row).collect() }
    }

    /// Returns the counts of each place, in the order of the words.
    pub(super) fn rows(&self) -> &[Vec<i64>] {
        &self.rows
    }

    /// Returns the sum of a word over all places.
    pub(super) fn of_word(&self, column: usize) -> i64 {
        self.rows.iter().filter_map(|row| row.get(column)).sum()
    }

    /// Returns the sum of everything.
    pub(in crate::console) fn all(&self) -> i64 {
        self.rows.iter().flatten().sum()
    }

    /// Returns a round number that is not less than any sum of a place.
    pub(super) fn scale(&self) -> i64 {
        let most = self.rows.iter().map(|row| row.iter().sum::<i64>()).max().unwrap_or_default();
        let mut power: i64 = 1;
        loop {
            for step in [1, 2, 4, 5, 8, 10] {
                let round = power.saturating_mul(step);
                if round >= most {
                    return round;
                }
            }
            power = power.saturating_mul(10);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn counts_are_added_and_their_scale_is_round() {
        let mut counts = Counts::new(&["a", "b", "c"], 2);
        for (place, word, count) in
            [(0, "a", 3), (1, "a", 4), (1, "c", 33), (1, "d", 9), (2, "a", 9)]
        {
            counts.add(place, word, count);
        }
        assert_eq!((counts.all(), counts.scale()), (40, 40));
        let used = counts.only_used();
        assert_eq!(used.words, ["a", "c"]);
        assert_eq!(used.rows(), [[3, 0], [4, 33]]);
        assert_eq!(used.of_word(1), 33);
        for (most, scale) in [(0, 1), (1, 1), (3, 4), (6, 8), (11, 20), (99, 100), (1001, 2000)] {
            let mut counts = Counts::new(&["a"], 1);
            counts.add(0, "a", most);
            assert_eq!(counts.scale(), scale, "{most}");
        }
    }
}
