//! The ranges of a file that have been written to.

use std::ops::Range;

/// The maximum number of ranges that are kept. If there are more, the two nearest are joined.
const MAX_RANGES: usize = 256;

/// Sorted ranges that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChangedRanges(Vec<Range<u64>>);

impl ChangedRanges {
    /// Returns the range of a whole file.
    pub(crate) fn everything() -> Self {
        let mut everything = Self::default();
        everything.add(0..u64::MAX);
        everything
    }

    /// Adds a range.
    pub(crate) fn add(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let first = self.0.partition_point(|known| known.end < range.start);
        let last = self.0.partition_point(|known| known.start <= range.end);
        let joined = self.0[first..last]
            .iter()
            .fold(range, |joined, known| joined.start.min(known.start)..joined.end.max(known.end));
        self.0.splice(first..last, [joined]);
        if self.0.len() > MAX_RANGES {
            self.join_nearest();
        }
    }

    /// Returns the parts of `range` that have been written to.
    pub(crate) fn within(&self, range: &Range<u64>) -> impl Iterator<Item = Range<u64>> {
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

    fn within(changed: &ChangedRanges, range: Range<u64>) -> Vec<Range<u64>> {
        changed.within(&range).collect()
    }

    #[test]
    fn ranges_that_touch_are_one() {
        let mut changed = ChangedRanges::default();
        for range in [10..20, 40..50, 20..30, 5..5, 35..45, 0..1] {
            changed.add(range);
        }
        assert_eq!(changed.0, [0..1, 10..30, 35..50]);
        changed.add(0..100);
        assert_eq!(within(&changed, 0..200), std::slice::from_ref(&(0..100)));
    }

    #[test]
    fn only_what_was_written_counts() {
        let mut changed = ChangedRanges::default();
        changed.add(10..20);
        changed.add(30..40);
        assert_eq!(within(&changed, 0..10), []);
        assert_eq!(within(&changed, 20..30), []);
        assert_eq!(within(&changed, 15..35), [15..20, 30..35]);
        assert_eq!(within(&changed, 12..13), std::slice::from_ref(&(12..13)));
    }

    #[test]
    fn too_many_ranges_are_joined_and_none_is_lost() {
        let mut changed = ChangedRanges::default();
        for index in 0..10_000 {
            changed.add(index * 10..index * 10 + 1);
        }
        assert_eq!(changed.0.len(), MAX_RANGES);
        for index in 0..10_000 {
            assert_eq!(within(&changed, index * 10..index * 10 + 1).len(), 1);
        }
    }
}
