//! Cases beyond the protocol's table: where to start, the adaptive wait, suspended computers, logs that go back.

use super::{check, check_from, cursor};
use crate::{AdaptiveWait, After, Subscription};

#[test]
fn repeated_entries_are_dropped_and_cursor_never_goes_back() {
    check(
        "0 start                  => poll 1-5 wait=25 (connecting)
         1 answered [4,5,6] 6     => show [6] poll 1-6 wait=25 (live)
         2 answered [5,6] 4       => poll 1-6 wait=25 (live)",
    );
}

#[test]
fn dead_server_does_not_shorten_the_hold() {
    check(
        "0    start             => poll 1-5 wait=25 (connecting)
         5    failed            => poll 1-5 wait=0 (retrying)
         5.1  failed            => sleep 1 (reconnecting)
         6.1  woke              => poll 1-5 wait=0 (retrying)
         6.2  answered [] 5     => poll 1-5 wait=25 (live)
         11   offline           => keep (live)
         12   failed            => sleep 0.5 (offline)
         13   online            => poll 1-5 wait=0 (retrying)
         13.1 answered [] 5     => poll 1-5 wait=25 (live)",
    );
}

#[test]
fn stored_wait_is_used_from_the_start() {
    check_from(
        Subscription::with_wait(After::At(cursor("1-5")), AdaptiveWait::from_secs(4)),
        "0  start                  => poll 1-5 wait=4 (connecting)
         4  answered [] 5 wait=60  => poll 1-5 wait=4 (live)
         8  answered [] 5 wait=2   => poll 1-5 wait=2 (live)",
    );
}

#[test]
fn poll_from_now_finds_its_cursor_before_it_is_held() {
    check_from(
        Subscription::new(After::Now),
        "0   start          => poll now wait=0 (connecting)
         0.1 answered [] 5  => poll 1-5 wait=25 (live)
         9   failed         => poll 1-5 wait=0 (retrying)",
    );
    check_from(Subscription::new(After::Start), "0 start => poll start wait=25 (connecting)");
}

#[test]
fn early_empty_answer_is_followed_by_a_jittered_sleep() {
    check(
        "0    start                         => poll 1-5 wait=25 (connecting)
         12   answered [] 5                 => sleep 2 (reconnecting)
         14   woke                          => poll 1-5 wait=25 (live)
         27   answered [] 9                 => poll 1-9 wait=25 (live)
         28   answered [] 9 presence=p1     => show [] poll 1-9 wait=25 presence=p1 (live)
         29   answered [] 9                 => sleep 2 (reconnecting)
         29.5 offline                       => keep (offline)
         31   woke                          => poll 1-9 wait=0 presence=p1 (offline)
         31.1 answered [] 9                 => poll 1-9 wait=25 presence=p1 (live)
         32   answered [] 9                 => sleep 2 (offline)
         32.1 hurry                         => poll 1-9 wait=0 presence=p1 (offline)",
    );
}

#[test]
fn poll_from_before_a_suspend_is_replaced() {
    check(
        "0     start             => poll 1-5 wait=25 (connecting)
         10    suspended             => poll 1-5 wait=0 (retrying)
         10.1  answered [] 5     => poll 1-5 wait=25 (live)
         30    hurry             => keep (live)
         5000  hurry             => poll 1-5 wait=0 (retrying)
         5000.1 answered [6] 6   => show [6] poll 1-6 wait=25 (live)
         9000  timed-out         => poll 1-6 wait=0 (retrying)
         9000.1 answered [] 6    => poll 1-6 wait=25 (live)
         12000 failed            => poll 1-6 wait=0 (retrying)
         12000.1 answered [] 6   => poll 1-6 wait=25 (live)
         11000 hurry             => keep (live)
         11001 failed            => sleep 0.5 (reconnecting)
         11002 suspended             => poll 1-6 wait=0 (retrying)",
    );
}

#[test]
fn outstanding_poll_is_replaced_when_the_network_returns() {
    check(
        "0   start          => poll 1-5 wait=25 (connecting)
         1   offline        => keep (connecting)
         3   online         => poll 1-5 wait=0 (retrying)
         3.1 answered [] 5  => poll 1-5 wait=25 (live)
         4   online         => keep (live)",
    );
}

#[test]
fn answer_from_another_log_is_dropped_and_repaired() {
    check(
        "0 start                     => poll 1-5 wait=25 (connecting)
         1 refused 410 epoch_changed => repair (repairing)
         2 repaired 2-3              => poll 2-3 wait=0 (retrying)
         3 answered [6,7] 1-7        => sleep 0.5 (reconnecting)
         4 woke                      => repair (repairing)
         5 repaired 2-4              => poll 2-4 wait=0 (retrying)
         6 answered [5] 2-5          => show [5] poll 2-5 wait=25 (live)
         7 answered [8] 1-8          => repair (repairing)",
    );
}

#[test]
fn repair_may_move_the_cursor_back() {
    check(
        "0 start                     => poll 1-5 wait=25 (connecting)
         1 refused 410 epoch_changed => repair (repairing)
         2 repaired 1-3              => poll 1-3 wait=0 (retrying)
         3 answered [4] 1-4          => show [4] poll 1-4 wait=25 (live)",
    );
}

#[test]
fn events_of_a_replaced_action_are_ignored() {
    check(
        "0   start         => poll 1-5 wait=25 (connecting)
         0.1 woke          => keep (connecting)
         0.2 repaired 1-9  => keep (connecting)
         0.3 failed        => sleep 0.5 (reconnecting)
         0.4 answered [6] 6 => keep (reconnecting)
         0.5 failed        => keep (reconnecting)",
    );
}

#[test]
fn hold_follows_the_server_grant() {
    check(
        "0 start                 => poll 1-5 wait=25 (connecting)
         1 answered [6] 6 wait=10 => show [6] poll 1-6 wait=10 (live)
         2 answered [7] 7 wait=60 => show [7] poll 1-7 wait=60 (live)",
    );
}
