//! The list of rooms: what is new, where the reader is, and how one of many is found.

use super::*;

fn listed(name: &str) -> ListedRoom {
    ListedRoom {
        name: name.parse().unwrap(),
        title: name.to_owned(),
        visibility: Visibility::Public,
        is_archived: false,
        unread: 0,
        has_news: false,
        has_draft: false,
        has_failed: false,
        is_visited: true,
        is_current: false,
    }
}

#[test]
fn rooms_show_what_is_new_and_where_the_reader_is() {
    let rooms = vec![
        ListedRoom { is_current: true, ..listed("lobby") },
        ListedRoom { unread: 3, has_news: true, has_draft: true, ..listed("tea") },
        ListedRoom { has_news: true, ..listed("東京") },
    ];
    let drawn = draw::<RoomList>(room_list::Props { rooms });
    check(
        &drawn,
        &[r#"href="./""#, r#"href="r/tea""#, r#"aria-current="page""#, " unread", "something new", "draft"],
        &[],
    );
    check(&drawn, &["Forget tea", r#"data-room="東京""#], &["Forget lobby", "Other rooms"]);
}

#[test]
fn field_that_finds_rooms_is_there_when_they_are_many() {
    let drawn = |count: usize| {
        let rooms = (0..count).map(|n| listed(&format!("room-{n}"))).collect();
        draw::<RoomList>(room_list::Props { rooms })
    };
    let field = [r#"type="search""#, "Find a room", r#"role="status""#];
    check(&drawn(15), &["Your rooms"], &field);
    check(&drawn(16), &field, &["No room has"]);
}

#[test]
fn enter_leads_to_the_room_of_that_name_before_others() {
    let rooms = ["my-room", "room12", "room1"].map(listed);
    let first = |wanted: &str| {
        let found: Vec<_> =
            rooms.iter().filter(|room| room_list::is_found(room, wanted, str::to_lowercase)).collect();
        room_list::first_found(&found, wanted, str::to_lowercase).map(|room| room.name.to_string())
    };
    assert_eq!(first("room1").as_deref(), Some("room1"));
    assert_eq!(first("room").as_deref(), Some("room12"), "which begins so");
    assert_eq!(first("my room").as_deref(), Some("my-room"));
    assert_eq!(first("-").as_deref(), Some("my-room"));
    assert_eq!((first("x"), first("")), (None, None));
}

#[test]
fn room_is_found_by_its_title_or_the_name_that_people_gave_it() {
    let titled = |name: &str, title: &str| ListedRoom { title: title.to_owned(), ..listed(name) };
    for (room, wanted, is_found) in [
        (titled("tea", "Grüner TEE"), "grüner t", true),
        (titled("tea", "Grüner TEE"), "tea", true),
        (titled("tea", "Grüner TEE"), "kaffee", false),
        (titled("private-1a2b", "Plans"), "plan", true),
        (titled("private-1a2b", "Plans"), "private", false),
        (titled("direct-1a2b", "Ben"), "", true),
        (titled("garden-6", "garden-6"), "garden 6", true),
    ] {
        assert_eq!(room_list::is_found(&room, wanted, str::to_lowercase), is_found, "{wanted:?} in {room:?}");
    }
}
