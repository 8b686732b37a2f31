//! `/api/v1/tokens`: the tokens by which programs act for a person or a bot. A token is shown once, to whoever made it.

use std::sync::LazyLock;

use bytes::Bytes;
use holdline_shared::{Nickname, Person, PersonId, ProblemCode, RoomName, Topic};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::call::{Call, parse_person};
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{Access, AccessChange, Denied, Secret, SecretHash, Token, Verb, make_id};
use crate::log::Draft;
use crate::random;

/// The beginning of every token, by which people and scanners recognise one.
const START: &str = "hlt_";

/// The number of rooms that a token may name.
const ROOMS: usize = 100;

/// The body before its texts are validated.
#[derive(Deserialize, ToSchema)]
struct TokenBody {
    /// The bot in whose name the program acts, for admins; absent for the caller.
    #[schema(value_type = Option<PersonId>)]
    person: Option<String>,
    /// The name of a new bot.
    #[schema(value_type = Option<Nickname>)]
    bot: Option<String>,
    /// The rooms, from 1 to 100; all that the person may read unless given.
    #[schema(value_type = Option<Vec<RoomName>>, min_items = 1, max_items = 100)]
    rooms: Option<Vec<String>>,
    /// The acts that the program may do, at least one; `read` and `write` unless given.
    #[schema(min_items = 1)]
    verbs: Option<Vec<Verb>>,
    #[schema(value_type = Option<Topic>)]
    note: Option<String>,
}

/// A token as lists show it.
#[derive(Serialize, ToSchema)]
struct TokenSummary<'a> {
    id: &'a str,
    person: &'a Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    rooms: Option<Vec<&'a RoomName>>,
    verbs: &'a [Verb],
    note: &'a Topic,
}

/// The answer of `GET`.
#[derive(Serialize, ToSchema)]
struct Tokens<'a> {
    tokens: Vec<TokenSummary<'a>>,
}

/// The answer of `POST`.
#[derive(Serialize, ToSchema)]
struct NewToken {
    id: String,
    token: String,
    person: PersonId,
}

pub(crate) const LIST: Description = Description::new("The caller's tokens; everybody's for admins")
    .for_people()
    .answers::<Tokens<'static>>(200);

pub(crate) const MAKE: Description =
    Description::new("Makes a token, and a bot if one is named; shows the token this once")
        .for_people()
        .takes::<TokenBody>()
        .answers::<NewToken>(201)
        .problems(&[
            ProblemCode::InvalidNickname,
            ProblemCode::InvalidRoom,
            ProblemCode::InvalidTopic,
            ProblemCode::NameTaken,
            ProblemCode::TooMany,
            ProblemCode::RateLimited,
            ProblemCode::UnknownPerson,
            ProblemCode::UnknownRoom,
        ]);

pub(crate) const REVOKE: Description =
    Description::new("Ends a token").for_people().answers_empty(204).problems(&[ProblemCode::UnknownItem]);

/// Lists the caller's tokens; for admins, everybody's.
pub(crate) async fn tokens(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let person = call.caller.require_session()?;
    let access = app.access.snapshot();
    let is_admin = access.is_admin(&person.id);
    let mine = access.tokens().filter(|token| is_admin || token.person == person.id);
    let may_see = |room: &RoomName| call.caller.is_owner() || access.may_read(Some(&person.id), room);
    let tokens = mine.filter_map(|token| summary(&access, token, may_see)).collect();
    Ok(Reply::json(200, &Tokens { tokens })?)
}

/// A token as the list shows it, without rooms that the caller may not see, and without what the note says of them.
fn summary<'a>(
    access: &'a Access,
    token: &'a Token,
    may_see: impl Fn(&RoomName) -> bool,
) -> Option<TokenSummary<'a>> {
    static NO_NOTE: LazyLock<Topic> = LazyLock::new(Topic::default);
    let Token { id, person, rooms, verbs, note, .. } = token;
    let person = &access.account(person)?.person;
    let is_seen = rooms.iter().flatten().all(&may_see);
    let rooms = rooms.as_ref().map(|rooms| rooms.iter().filter(|room| may_see(room)).collect());
    Some(TokenSummary { id, person, rooms, verbs, note: if is_seen { note } else { &NO_NOTE } })
}

/// Makes a token, and the bot if one is named.
pub(crate) async fn make_token(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    let body: TokenBody = call.read_json().await?;
    app.limits.publish(&call.caller)?;
    let note = body.note.as_deref().map(Topic::parse).transpose()?.unwrap_or_default();
    let rooms =
        body.rooms.map(|rooms| rooms.iter().map(|room| RoomName::parse(room)).collect::<Result<_, _>>());
    let rooms: Option<Vec<RoomName>> = rooms.transpose()?;
    if rooms.as_ref().is_some_and(|rooms| rooms.len() > ROOMS) {
        return Err(ApiError::new(ProblemCode::InvalidBody, format!("a token names at most {ROOMS} rooms")));
    }
    let verbs = body.verbs.unwrap_or_else(|| vec![Verb::Read, Verb::Write]);
    if verbs.is_empty() || rooms.as_ref().is_some_and(Vec::is_empty) {
        let detail =
            "a token needs at least one verb and one room; leave out rooms for all that the person may read";
        return Err(ApiError::new(ProblemCode::InvalidBody, detail));
    }
    let person = match (&body.person, &body.bot) {
        (Some(_), Some(_)) => {
            let detail = "name a person or a new bot, not both";
            return Err(ApiError::new(ProblemCode::InvalidBody, detail));
        }
        (Some(person), None) => parse_person(person)?,
        (None, Some(name)) => make_bot(&app, author.clone(), Nickname::parse(name)?).await?,
        (None, None) => author.id.clone(),
    };
    let secret = format!("{START}{}", Secret::make().reveal());
    let token =
        Token { id: make_id(), secret: SecretHash::of(&secret), person: person.clone(), rooms, verbs, note };
    let id = token.id.clone();
    app.hub.publish(Draft::access(author, AccessChange::TokenMade { token })).await?;
    Ok(Reply::json(201, &NewToken { id, token: secret, person })?)
}

async fn make_bot(app: &App, author: Person, name: Nickname) -> Result<PersonId, ApiError> {
    let person = Person { id: PersonId::from_random(random::bytes()), name };
    let id = person.id.clone();
    let joined = AccessChange::Joined { person, is_bot: true, passphrase: None };
    app.hub.publish(Draft::access(author, joined)).await?;
    Ok(id)
}

/// Ends a token.
pub(crate) async fn revoke_token(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let author = call.caller.require_session()?.clone();
    app.limits.publish(&call.caller)?;
    let id = call.id().to_owned();
    // Whether there is a token of this id is nobody else's business.
    let access = app.access.snapshot();
    let is_own = access.tokens().any(|token| token.id == id && token.person == author.id);
    if !is_own && !access.is_admin(&author.id) {
        return Err(Denied::UnknownName.into());
    }
    app.hub.publish(Draft::access(author, AccessChange::TokenRevoked { id })).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}
