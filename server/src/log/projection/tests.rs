//! A projection in a file, as an engine would keep it whose journal is elsewhere.

use holdline_shared::{Person, RoomName, Seq};

use super::Projection;
use crate::log::clock::wall_clock;
use crate::log::draft::Draft;
use crate::log::record::{OrderedRecord, Record};

#[test]
fn projection_in_a_file_goes_on_after_a_restart_and_passes_over_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("projection.db");
    let open = || Projection::resume(rusqlite::Connection::open(&path).unwrap()).unwrap();
    let say = |room: &str| Draft::say(Person::stdin(), room.parse().unwrap(), "x".parse().unwrap());
    let records = [Draft::lobby(), say("lobby"), say("nowhere")].into_iter();
    let records = records.flat_map(|draft| Record::of_draft(draft, false));
    let place = |(n, record): (u64, Record)| OrderedRecord { position: Seq(3 * n), at: wall_clock(), record };
    let ordered: Vec<_> = (1..).zip(records).map(place).collect();
    let mut projection = open();
    projection.apply(&ordered, |_, _| {}).unwrap();
    let (head, applied) = (projection.head(), projection.applied());
    assert_eq!((head, applied), (Seq(6), Seq(9)), "the last record was refused");
    drop(projection);
    let mut projection = open();
    assert_eq!((projection.head(), projection.applied()), (head, applied));
    projection.apply(&ordered, |_, _| panic!("applied again")).unwrap();
    let page = projection.page(Some(&RoomName::lobby()), None, 10, None).unwrap();
    assert_eq!(page.messages.len(), 1);
}
