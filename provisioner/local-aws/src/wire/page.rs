//! One page of a list. The marker that AWS keeps opaque is the position of the next item here.

/// The items from `marker` on, at most `limit`, and the marker of the rest.
pub(crate) fn page<T>(
    items: impl IntoIterator<Item = T>,
    marker: Option<&str>,
    limit: usize,
) -> (Vec<T>, Option<String>) {
    let start = marker
        .and_then(|marker| marker.parse::<usize>().ok())
        .unwrap_or(0);
    let mut rest = items.into_iter().skip(start);
    let page: Vec<T> = rest.by_ref().take(limit).collect();
    let next = rest.next().map(|_| (start + page.len()).to_string());
    (page, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_a_list_to_its_end() {
        let (first, marker) = page(1..=5, None, 2);
        let (second, marker) = page(1..=5, marker.as_deref(), 2);
        let (third, end) = page(1..=5, marker.as_deref(), 2);

        assert_eq!([first, second, third], [vec![1, 2], vec![3, 4], vec![5]]);
        assert_eq!(end, None);
    }

    #[test]
    fn a_page_that_just_fits_is_the_last() {
        assert_eq!(page(1..=2, None, 2), (vec![1, 2], None));
    }
}
