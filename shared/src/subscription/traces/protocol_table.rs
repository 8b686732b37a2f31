//! The client's behaviour on each answer, row by row as in the protocol's table.

use super::check;

#[test]
fn answer_is_shown_and_the_next_poll_follows_at_once() {
    check(
        "0  start               => poll 1-5 wait=25 (connecting)
         3  answered [6,7] 7    => show [6,7] poll 1-7 wait=25 (live)
         28 answered [] 9       => poll 1-9 wait=25 (live)
         30 answered [10] 10 presence=p1 => show [10] poll 1-10 wait=25 presence=p1 (live)
         31 answered [] 10 presence=p2   => show [] poll 1-10 wait=25 presence=p2 (live)
         32 answered [] 12 memberships=11 => show [] poll 1-12 wait=25 presence=p2 memberships=11 (live)
         33 answered [13] 13 => show [13] poll 1-13 wait=25 presence=p2 memberships=11 (live)",
    );
}

#[test]
fn cut_held_poll_is_retried_at_once_and_shortens_the_hold() {
    check(
        "0    start             => poll 1-5 wait=25 (connecting)
         1    answered [6] 6    => show [6] poll 1-6 wait=25 (live)
         11   refused 502       => poll 1-6 wait=0 (retrying)
         11.1 answered [] 6     => poll 1-6 wait=8 (live)
         16.1 failed            => poll 1-6 wait=0 (retrying)
         16.2 answered [7] 7    => show [7] poll 1-7 wait=4 (live)",
    );
}

#[test]
fn unreachable_server_is_retried_with_backoff() {
    check(
        "0   start       => poll 1-5 wait=25 (connecting)
         0.1 failed      => sleep 0.5 (reconnecting)
         0.6 woke        => poll 1-5 wait=0 (retrying)
         0.7 failed      => sleep 1 (reconnecting)
         1.7 woke        => poll 1-5 wait=0 (retrying)
         1.8 refused 500 => sleep 2 (reconnecting)
         2   hurry       => poll 1-5 wait=0 (retrying)
         2.1 answered [] 6 => poll 1-6 wait=25 (live)
         2.2 failed      => sleep 0.5 (reconnecting)",
    );
}

#[test]
fn retry_after_is_followed_with_jitter() {
    check(
        "0   start                             => poll 1-5 wait=25 (connecting)
         0.1 refused 429 rate_limited retry=10 => sleep 15 (reconnecting)
         15  woke                              => poll 1-5 wait=0 (retrying)
         16  refused 503 overloaded retry=1    => sleep 2 (reconnecting)
         18  woke                              => poll 1-5 wait=0 (retrying)
         19  refused 503 shutting_down         => sleep 2 (reconnecting)",
    );
}

#[test]
fn retry_after_of_zero_still_backs_off() {
    check(
        "0    start                          => poll 1-5 wait=25 (connecting)
         1    refused 503 overloaded retry=0 => sleep 0.5 (reconnecting)
         1.5  woke                           => poll 1-5 wait=0 (retrying)
         2    refused 429 overloaded retry=0 => sleep 1 (reconnecting)
         3    woke                           => poll 1-5 wait=0 (retrying)
         4    refused 503 retry=0            => sleep 2 (reconnecting)
         6    woke                           => poll 1-5 wait=0 (retrying)
         7    refused 503 retry=0            => sleep 4 (reconnecting)",
    );
}

#[test]
fn refusal_is_retried_after_one_second_and_slower_from_then() {
    check(
        "0 start                    => poll 1-5 wait=25 (connecting)
         1 refused 404 unknown_room => sleep 1 (refused)
         2 woke                     => poll 1-5 wait=0 (retrying)
         3 refused 404 unknown_room => sleep 2 (refused)
         5 woke                     => poll 1-5 wait=0 (retrying)
         6 refused 404              => sleep 4 (refused)",
    );
}

#[test]
fn unauthorized_poll_renews_the_session_and_keeps_the_cursor() {
    check(
        "0 start                       => poll 1-5 wait=25 (connecting)
         1 refused 401 session_invalid => renew (connecting)
         2 failed                      => sleep 0.5 (reconnecting)
         3 woke                        => renew (reconnecting)
         4 renewed                     => poll 1-5 wait=0 (retrying)
         5 answered [6] 6              => show [6] poll 1-6 wait=25 (live)
         6 refused 401 session_invalid => renew (retrying)
         7 renewed                     => poll 1-6 wait=0 (retrying)
         8 refused 401 session_invalid => sleep 0.5 (reconnecting)
         9 woke                        => renew (reconnecting)",
    );
}

#[test]
fn gap_is_repaired_in_place() {
    check(
        "0 start                     => poll 1-5 wait=25 (connecting)
         1 refused 410 epoch_changed => repair (repairing)
         2 failed                    => sleep 0.5 (reconnecting)
         3 woke                      => repair (repairing)
         4 repaired 2-3              => poll 2-3 wait=0 (retrying)
         5 answered [4] 2-4          => show [4] poll 2-4 wait=25 (live)
         6 refused 410 gap           => repair (repairing)
         7 repaired 2-9              => poll 2-9 wait=0 (retrying)
         8 refused 410 gap           => sleep 0.5 (reconnecting)
         9 woke                      => repair (repairing)",
    );
}

#[test]
fn missing_answer_is_a_network_error() {
    check(
        "0  start     => poll 1-5 wait=25 (connecting)
         35 timed-out => sleep 0.5 (reconnecting)
         36 woke      => poll 1-5 wait=0 (retrying)",
    );
}

#[test]
fn offline_is_shown_and_online_ends_the_sleep() {
    check(
        "0   start   => poll 1-5 wait=25 (connecting)
         0.1 failed  => sleep 0.5 (reconnecting)
         0.2 offline => keep (offline)
         0.6 woke    => poll 1-5 wait=0 (offline)
         0.7 failed  => sleep 1 (offline)
         0.8 online  => poll 1-5 wait=0 (retrying)
         0.9 answered [] 5 => poll 1-5 wait=25 (live)
         1.0 online  => keep (live)",
    );
}
