//! Maps of rooms, texts or people. Most hold a handful: sorted vectors are enough, and a tree for each pair of types
//! would take four times as much code.

use litemap::LiteMap;

/// Builds a map of a few pairs. The last of two pairs with the same key wins. Inserts one by one, because `collect`
/// brings in a sort for each type, which is worth its size only where there may be thousands.
pub fn keyed<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> LiteMap<K, V> {
    let mut map = LiteMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}
