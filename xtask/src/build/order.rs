//! Puts functions beside those that they resemble: what a compressor has just seen costs it less. Worth two hundredths
//! of the client.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};

use super::wasm::{CODE, CUSTOM, IMPORTS, Section, bodies, named, put_counted, put_number};

/// So many bytes in a row make a piece; functions resemble each other in the pieces that they share.
const PIECE: usize = 4;

/// Pieces that are in more functions than this say nothing about any two of them.
const COMMON: usize = 200;

/// Adds names by which `wasm-opt --reorder-functions-by-name` brings the functions into this order.
pub(super) fn name_by_order(sections: &mut Vec<Section>) -> Result<()> {
    let find = |id| sections.iter().find(|section| section.id == id);
    let imported = find(IMPORTS).map(named).transpose()?.unwrap_or_default();
    let imported = imported.iter().filter(|import| import.is_function()).count();
    let mut places: Vec<_> =
        chain(&bodies(find(CODE).context("a module without code")?)?).into_iter().zip(0..).collect();
    places.sort_unstable();
    let mut names = Vec::new();
    put_number(&mut names, places.len());
    for (function, place) in places {
        put_number(&mut names, imported + function);
        put_counted(&mut names, format!("{place:06}").as_bytes());
    }
    let mut content = Vec::new();
    put_counted(&mut content, b"name");
    // The part with the names of functions.
    content.push(1);
    put_counted(&mut content, &names);
    sections.retain(|section| section.id != CUSTOM);
    sections.push(Section { id: CUSTOM, content });
    Ok(())
}

/// All functions, each after the one that it resembles most of those that are left; begins with the largest.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let pieces: Vec<BTreeSet<&[u8]>> = bodies.iter().map(|body| body.windows(PIECE).collect()).collect();
    let mut sharing = BTreeMap::<&[u8], Vec<usize>>::new();
    for (function, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            sharing.entry(piece).or_default().push(function);
        }
    }
    sharing.retain(|_, functions| (2..COMMON).contains(&functions.len()));
    let mut left: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    let largest =
        |left: &BTreeSet<usize>| left.iter().copied().max_by_key(|&at| (bodies[at].len(), Reverse(at)));
    let mut next = largest(&left);
    while let Some(function) = next {
        order.push(function);
        left.remove(&function);
        let mut shared = vec![0_u32; bodies.len()];
        for piece in &pieces[function] {
            for &other in sharing.get(piece).into_iter().flatten() {
                shared[other] += 1;
            }
        }
        // Of two that share as much, the one that has less else in it.
        let resemblance = |at: usize| {
            let size = u32::try_from(pieces[at].len()).unwrap_or(u32::MAX);
            f64::from(shared[at]) / (f64::from(size) + 20.0).sqrt()
        };
        let alike = left.iter().copied().filter(|&at| shared[at] > 0);
        next = alike
            .max_by(|&one, &other| resemblance(one).total_cmp(&resemblance(other)))
            .or_else(|| largest(&left));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_stands_beside_like() {
        let bodies: [&[u8]; 5] =
            [b"abcdefghij", b"0123456789xx", b"abcdefghix", b"0123456789", b"nothing of it"];
        assert_eq!(chain(&bodies), [4, 1, 3, 0, 2]);
        assert_eq!(chain(&[]), [0; 0]);
    }
}
