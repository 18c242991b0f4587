//! Which stretches of a file have been written to.

use std::ops::Range;

/// The most stretches that are told apart; then the nearest become one.
const MAX_STRETCHES: usize = 256;

/// Sorted stretches, apart from one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written(Vec<Range<u64>>);

impl Written {
    pub fn add(&mut self, stretch: Range<u64>) {
        if stretch.is_empty() {
            return;
        }
        let first = self.0.partition_point(|known| known.end < stretch.start);
        let last = self.0.partition_point(|known| known.start <= stretch.end);
        let joined = self.0[first..last].iter().fold(stretch, |joined, known| {
            joined.start.min(known.start)..joined.end.max(known.end)
        });
        self.0.splice(first..last, [joined]);
        if self.0.len() > MAX_STRETCHES {
            self.join_nearest();
        }
    }

    /// The parts of `range` that have been written to.
    pub fn within(&self, range: &Range<u64>) -> impl Iterator<Item = Range<u64>> {
        let first = self.0.partition_point(|known| known.end <= range.start);
        let range = range.clone();
        self.0[first..]
            .iter()
            .take_while({
                let end = range.end;
                move |known| known.start < end
            })
            .map(move |known| known.start.max(range.start)..known.end.min(range.end))
    }

    fn join_nearest(&mut self) {
        let gaps = self.0.windows(2).map(|pair| pair[1].start - pair[0].end);
        if let Some((index, _)) = gaps.enumerate().min_by_key(|(_, gap)| *gap) {
            self.0[index].end = self.0[index + 1].end;
            self.0.remove(index + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(written: &Written, range: Range<u64>) -> Vec<Range<u64>> {
        written.within(&range).collect()
    }

    #[test]
    fn stretches_that_touch_are_one() {
        let mut written = Written::default();
        for stretch in [10..20, 40..50, 20..30, 5..5, 35..45, 0..1] {
            written.add(stretch);
        }
        assert_eq!(written.0, [0..1, 10..30, 35..50]);
        written.add(0..100);
        assert_eq!(within(&written, 0..200), std::slice::from_ref(&(0..100)));
    }

    #[test]
    fn only_what_was_written_counts() {
        let mut written = Written::default();
        written.add(10..20);
        written.add(30..40);
        assert_eq!(within(&written, 0..10), []);
        assert_eq!(within(&written, 20..30), []);
        assert_eq!(within(&written, 15..35), [15..20, 30..35]);
        assert_eq!(within(&written, 12..13), std::slice::from_ref(&(12..13)));
    }

    #[test]
    fn of_too_many_none_is_lost() {
        let mut written = Written::default();
        for index in 0..10_000 {
            written.add(index * 10..index * 10 + 1);
        }
        assert_eq!(written.0.len(), MAX_STRETCHES);
        for index in 0..10_000 {
            assert_eq!(within(&written, index * 10..index * 10 + 1).len(), 1);
        }
    }
}
