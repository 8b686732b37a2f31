//! Tests: several hundred seeds, the same seed twice, and every mutation detected.

use super::{Mutation, run_seed};

#[test]
fn every_seed_keeps_every_promise() {
    let mut told = 0;
    for seed in 0..300 {
        let report = run_seed(seed, None).unwrap();
        assert!(
            report.is_good(),
            "{report}\nagain: cargo run -p holdline_faults --bin simulate -- --seed {seed}"
        );
        assert!(report.acknowledged > 0 && report.deliveries > 0);
        told += report.told;
    }
    // Guards against members who hear of nothing.
    assert!(told > 50_000, "{told}");
}

#[test]
fn same_seed_makes_the_same_run() {
    for seed in [3, 1_000_003] {
        let (first, second) = (run_seed(seed, None).unwrap(), run_seed(seed, None).unwrap());
        let differing = first.lines.iter().zip(&second.lines).find(|(a, b)| a != b);
        assert_eq!(differing, None);
        assert_eq!((first.digest, first.events), (second.digest, second.events));
    }
}

/// The first seed that detects the mutation.
fn first_detecting_seed(mutation: Mutation) -> Option<u64> {
    (0..400).find(|seed| !run_seed(*seed, Some(mutation)).unwrap().is_good())
}

#[test]
fn every_mutation_is_detected() {
    for mutation in [
        Mutation::ShowBeforeDurable,
        Mutation::AcknowledgeEarly,
        Mutation::ForgetKey,
        Mutation::ForgetCursor,
        Mutation::HistoryBeforePoll,
        Mutation::ShowAll,
        Mutation::AskScopeOnce,
    ] {
        let seed = first_detecting_seed(mutation);
        println!("{mutation:?}: seed {seed:?}");
        assert!(seed.is_some(), "{mutation:?} is not detected");
    }
}
