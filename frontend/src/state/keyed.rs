//! Small maps. What the page keeps by key is a handful of rooms, texts or people: sorted vectors are enough, and a tree for each
//! pair of types would weigh four times as much.

use litemap::LiteMap;

/// A map of these pairs; of two with the same key, of the last one. Pair by pair: to collect them would bring a sorting
/// algorithm for each type.
pub fn keyed<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> LiteMap<K, V> {
    let mut map = LiteMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}
