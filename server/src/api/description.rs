//! The description of an operation for `/api/openapi.json`: who may call, parameters of the query, bodies, and the problems
//! of its own. Leaves out everything that follows from the route: method, path, its parameters, and the problems that every
//! operation of that shape may have.

use holdline_shared::{Emoji, ProblemCode, RoomName, Seq};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The schemas of a document, by the names of their types.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;

/// Makes a schema, and adds all those to which it refers to the document.
pub(crate) type MakeSchema = fn(&mut Schemas) -> RefOr<Schema>;

/// The description of one operation.
#[derive(Clone, Copy)]
pub(crate) struct Description {
    pub(crate) summary: &'static str,
    pub(crate) audience: Audience,
    pub(crate) query: &'static [Parameter],
    pub(crate) requests: [Option<Media>; 2],
    pub(crate) answers: [Option<Answer>; 3],
    pub(crate) problems: &'static [ProblemCode],
    /// The media type of problems that are no JSON.
    pub(crate) problem_text: Option<&'static str>,
}

/// The callers of an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The operation is for everybody, whatever the door is. The log is not involved.
    Anybody,
    /// Strangers who want to come in. A session need not be sent.
    Strangers,
    /// The operation is for everybody who may read; needs a session unless the door is open.
    Readers,
    /// People with a session.
    People,
}

/// The media type of a body, and the schema of its content.
#[derive(Clone, Copy)]
pub(crate) struct Media {
    pub(crate) media_type: &'static str,
    pub(crate) schema: MakeSchema,
}

/// An answer that is no problem; without a body, if it has no media.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media: Option<Media>,
}

/// A parameter of a path or a query.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) is_required: bool,
    pub(crate) schema: MakeSchema,
}

impl Description {
    /// An operation for anybody, without parameters, bodies and problems of its own. `summary` is one sentence without a
    /// full stop.
    pub(crate) const fn new(summary: &'static str) -> Self {
        let audience = Audience::Anybody;
        let answers = [None; 3];
        Self {
            summary,
            audience,
            query: &[],
            requests: [None; 2],
            answers,
            problems: &[],
            problem_text: None,
        }
    }

    /// Describes an operation for strangers who want to come in.
    pub(super) const fn for_strangers(self) -> Self {
        Self { audience: Audience::Strangers, ..self }
    }

    /// Describes an operation for everybody who may read.
    pub(super) const fn for_readers(self) -> Self {
        Self { audience: Audience::Readers, ..self }
    }

    /// Describes an operation for people with a session.
    pub(super) const fn for_people(self) -> Self {
        Self { audience: Audience::People, ..self }
    }

    /// Sets the parameters of the query.
    pub(super) const fn query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    /// Takes a JSON body.
    pub(super) const fn takes<T: ToSchema>(self) -> Self {
        self.takes_as::<T>("application/json")
    }

    /// Takes a body of another media type.
    pub(super) const fn takes_as<T: ToSchema>(self, media_type: &'static str) -> Self {
        Self { requests: [Some(Media { media_type, schema: named::<T> }), None], ..self }
    }

    /// Takes a body of this media type, too.
    pub(super) const fn or_takes<T: ToSchema>(self, media_type: &'static str) -> Self {
        Self { requests: [self.requests[0], Some(Media { media_type, schema: named::<T> })], ..self }
    }

    /// Answers with this status and a JSON body.
    pub(crate) const fn answers<T: ToSchema>(self, status: u16) -> Self {
        self.with(Answer {
            status,
            media: Some(Media { media_type: "application/json", schema: named::<T> }),
        })
    }

    /// Answers with this status and a body in another form.
    pub(crate) const fn answers_as(self, status: u16, media_type: &'static str) -> Self {
        self.with(Answer { status, media: Some(Media { media_type, schema: inline::<String> }) })
    }

    /// Answers with this status and no body.
    pub(super) const fn answers_empty(self, status: u16) -> Self {
        self.with(Answer { status, media: None })
    }

    /// Sets the problems of its own.
    pub(super) const fn problems(self, problems: &'static [ProblemCode]) -> Self {
        Self { problems, ..self }
    }

    /// Answers problems as plain text.
    pub(super) const fn problems_as(self, media_type: &'static str) -> Self {
        Self { problem_text: Some(media_type), ..self }
    }

    const fn with(mut self, answer: Answer) -> Self {
        let mut at = 0;
        while self.answers[at].is_some() {
            at += 1;
        }
        self.answers[at] = Some(answer);
        self
    }
}

impl Parameter {
    /// A parameter that may be left out.
    pub(super) const fn optional<T: PartialSchema>(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, is_required: false, schema: inline::<T> }
    }

    /// A parameter that must be given.
    pub(super) const fn required<T: PartialSchema>(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, is_required: true, schema: inline::<T> }
    }
}

/// The schema of a whole number from `MIN` to `MAX`.
pub(super) struct Between<const MIN: usize, const MAX: usize>;

impl<const MIN: usize, const MAX: usize> PartialSchema for Between<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        number.minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

/// A reference to the schema of a type, which is added to the document.
fn named<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
    Ref::from_schema_name(T::name()).into()
}

/// The schema of a type that has no name in the document.
fn inline<T: PartialSchema>(_: &mut Schemas) -> RefOr<Schema> {
    T::schema()
}

/// The parameters that paths have, each with the problems that it may cause.
pub(crate) const PATH_PARAMETERS: [(Parameter, &[ProblemCode]); 5] = [
    (
        Parameter::required::<RoomName>("room", "The room's name"),
        &[ProblemCode::InvalidRoom, ProblemCode::UnknownRoom],
    ),
    (
        Parameter::required::<Seq>("seq", "The message's number"),
        &[ProblemCode::InvalidParameter, ProblemCode::UnknownMessage],
    ),
    (Parameter::required::<Emoji>("emoji", "The emoji, percent-encoded"), &[ProblemCode::InvalidEmoji]),
    (Parameter::required::<String>("id", "The id in the list of which the path is an item"), &[]),
    (Parameter::required::<String>("key", "The secret part of a webhook's address"), &[]),
];
