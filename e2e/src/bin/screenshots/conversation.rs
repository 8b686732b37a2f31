//! The conversation in the pictures.

use anyhow::{Context as _, Result};
use holdline_e2e::{Chat, Person, Server, Staying, post_to_webhook};

/// The room of the conversation.
pub(crate) const ROOM: &str = "garden";

/// The number of messages at the end.
pub(crate) const MESSAGES: usize = TIMES.len();

/// The times of the messages.
pub(crate) const TIMES: [&str; 10] = [
    "8:52 AM", "8:55 AM", "8:57 AM", "9:04 AM", "9:05 AM", "9:05 AM", "9:11 AM", "9:12 AM", "9:14 AM",
    "9:15 AM",
];

/// The title of the private room.
const PLANS: &str = "Jonas turns 40";

/// A person who is present in the room.
pub(crate) struct Guest {
    person: Person,
    #[expect(dead_code, reason = "kept for as long as the guest stays")]
    staying: Staying,
}

/// Lets the friends arrive, all of them members, and fills the rooms. Returns them, and a link for one more.
pub(crate) async fn begin(server: &Server) -> Result<(Vec<Guest>, String)> {
    let (url, mara) = (server.url(), server.admin("Mara").await?);
    let invite = mara.invite(4, None).await?;
    let join = async |name| Person::redeem(&url, &invite, name).await;
    let (jonas, aiko) = (join("Jonas").await?, join("Aiko").await?);
    let (priya, tomas) = (join("Priya").await?, join("Tomás").await?);
    aiko.make_room("bikes", "Rides, repairs, spare parts").await?;
    aiko.say("bikes", "Sunday, nine o'clock, at the bridge?").await?;
    priya.make_room("book-club", "This month: The Summer Book").await?;
    priya.say("book-club", "Has everybody started?").await?;
    jonas.make_room("kitchen", "Who cooks, who shops").await?;
    jonas.say("kitchen", "We are out of coffee.").await?;
    tomas.say("lobby", "Good morning, all.").await?;
    let plans = mara.make_private_room(PLANS).await?;
    mara.say(&plans, "Not a word to Jonas!").await?;
    let last = mara.invite(1, Some(&plans)).await?;

    mara.make_room(ROOM, "Beds 4 to 9, behind the school").await?;
    let first = mara.say(ROOM, "Good morning! The tomatoes in bed 6 have finally turned red 🍅").await?;
    jonas.reply(ROOM, first, "Already? Mine are still marbles.").await?;
    let weather = mara.make_hook(ROOM, "Weather").await?;
    post_to_webhook(&format!("{url}{weather}"), "Dry until Tuesday, up to 29 °C.").await?;
    for guest in [&jonas, &priya, &tomas] {
        guest.react(ROOM, first, "🎉").await?;
    }
    aiko.react(ROOM, first, "❤️").await?;
    let staying =
        [mara, jonas, aiko, priya, tomas].map(|person| Guest { staying: person.stay(ROOM), person });
    Ok((staying.into(), format!("{url}/join/{last}")))
}

/// Lets the person in front of the browser talk with the guests.
pub(crate) async fn take_part(me: &Chat, guests: &[Guest]) -> Result<()> {
    let [mara, jonas, aiko, priya, tomas] = guests else { unreachable!("five guests") };
    me.until("what was said before", |screen| screen.messages.len() == 3).await?;
    let question =
        priya.person.say(ROOM, "Who waters on the long weekend? I am away from Friday to Monday.").await?;
    saying(me, "I can do Friday and Saturday.").await?;
    saying(me, "And I bring the long hose.").await?;
    tomas.person.reply(ROOM, question, "Sunday and Monday are mine, then.").await?;
    let settled = priya
        .person
        .say(ROOM, "You are the best. The plan is at https://example.org/garden/watering, please correct me.")
        .await?;
    let last = mara
        .person
        .say(ROOM, "The tap on the left drips. I have a new washer in my bag, ten minutes and it is done.")
        .await?;
    aiko.person.react(ROOM, settled, "👍").await?;
    jonas.person.react(ROOM, settled, "👍").await?;
    for guest in [aiko, priya] {
        guest.person.react(ROOM, last, "🙏").await?;
    }
    saying(me, "Then I bring the coffee.").await?;
    for text in ["Halfway, and I do not want it to end.", "The chapter with the cat!", "No spoilers, please."]
    {
        tomas.person.say("book-club", text).await?;
    }
    Ok(())
}

/// Sends a message from the browser and waits until it is shown, because its place is part of the picture.
async fn saying(me: &Chat, text: &str) -> Result<()> {
    me.say(text).await?;
    let is_said = |screen: &holdline_e2e::Screen| screen.row(text).is_some_and(|row| row.seq.is_some());
    me.until(text, is_said).await.map(drop).context("the browser does not say it")
}
