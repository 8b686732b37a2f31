//! Some hundreds of seeds, the same seed twice, and every sabotage found.

use super::{Sabotage, play};

#[test]
fn every_seed_keeps_every_promise() {
    for seed in 0..300 {
        let verdict = play(seed, None).unwrap();
        assert!(
            verdict.is_good(),
            "{verdict}\nagain: cargo run -p holdline_faults --bin simulate -- --seed {seed}"
        );
        assert!(verdict.acknowledged > 0 && verdict.deliveries > 0);
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 1_000_003] {
        let (first, second) = (play(seed, None).unwrap(), play(seed, None).unwrap());
        let differing = first.lines.iter().zip(&second.lines).find(|(a, b)| a != b);
        assert_eq!(differing, None);
        assert_eq!((first.digest, first.events), (second.digest, second.events));
    }
}

/// The first seed that notices it.
fn found(sabotage: Sabotage) -> Option<u64> {
    (0..400).find(|seed| !play(*seed, Some(sabotage)).unwrap().is_good())
}

#[test]
fn every_sabotage_is_found() {
    for sabotage in [
        Sabotage::ShowBeforeDurable,
        Sabotage::AcknowledgeEarly,
        Sabotage::ForgetKey,
        Sabotage::ForgetCursor,
        Sabotage::HistoryBeforePoll,
        Sabotage::ShowAll,
    ] {
        let seed = found(sabotage);
        println!("{sabotage:?}: seed {seed:?}");
        assert!(seed.is_some(), "{sabotage:?} goes unnoticed");
    }
}
