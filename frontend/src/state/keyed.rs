//! Maps of rooms, texts or people. Most are a handful: sorted vectors are enough, and a tree for each pair of types would weigh
//! four times as much.

use litemap::LiteMap;

/// A map of a few pairs. The last of two pairs with the same key wins. Inserts one by one, because `collect` brings a sort for
/// each type; where there may be thousands, that sort is worth its weight.
pub fn keyed<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> LiteMap<K, V> {
    let mut map = LiteMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}
