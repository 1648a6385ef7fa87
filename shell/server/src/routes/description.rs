//! The description of the API (OpenAPI 3.1): checked in as `docs/reference/openapi.json`, and
//! served.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::path::Paths;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, Info, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr, Response,
    ResponseBuilder,
};

/// The name of the way to carry a key.
const KEY: &str = "key";

/// The type of problems.
const PROBLEM: &str = "application/problem+json";

/// The description as JSON.
#[must_use]
pub fn description() -> String {
    text(super::described(None).into_openapi())
}

/// What is said of all operations.
pub fn head() -> OpenApi {
    let mut info = Info::new("Tabouret", "1");
    info.description = Some(
        "Hardware, subscriptions and usage: one order, one invoice, one source of truth. Amounts \
         are decimals as text, with their currency; days are civil days; instants end in Z."
            .to_owned(),
    );
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("tab_live_…").build();
    OpenApiBuilder::new()
        .info(info)
        .components(Some(
            ComponentsBuilder::new().security_scheme(KEY, SecurityScheme::Http(key)).build(),
        ))
        .security(Some([SecurityRequirement::new(KEY, Vec::<String>::new())]))
        .build()
}

/// The answers that every operation has, and the words of those that have none.
fn complete(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for responses in all.into_iter().flatten().map(|it| &mut it.responses.responses) {
            for (status, body) in
                ["401", "403", "503"].into_iter().zip(std::iter::repeat_with(problem))
            {
                responses.entry(status.to_owned()).or_insert(RefOr::T(body));
            }
            for (status, response) in responses {
                if let RefOr::T(response) = response {
                    tell(status, response);
                }
            }
        }
    }
}

fn problem() -> Response {
    let schema = Ref::from_schema_name("ProblemBody");
    ResponseBuilder::new().content(PROBLEM, Content::new(Some(schema))).build()
}

/// Says what a status means, and that problems are of the type that RFC 9457 gives them.
fn tell(status: &str, response: &mut Response) {
    if response.description.is_empty() {
        let code = StatusCode::from_bytes(status.as_bytes()).ok();
        let words = code.and_then(|it| it.canonical_reason()).unwrap_or_default();
        response.description = match status {
            "401" => "the request carries no key, or none that is good".to_owned(),
            "403" => "the role of the key may not ask this".to_owned(),
            "503" => "the store does not answer; ask again later".to_owned(),
            _ => words.to_lowercase(),
        };
    }
    let is_problem = |it: &RefOr<Content>| match it {
        RefOr::T(Content { schema: Some(RefOr::Ref(it)), .. }) => {
            it.ref_location.ends_with("/ProblemBody")
        }
        _ => false,
    };
    if let Some(content) = response.content.shift_remove("application/json") {
        let media = if is_problem(&content) { PROBLEM } else { "application/json" };
        response.content.insert(media.to_owned(), content);
    }
}

/// The ids of the operations of some paths.
pub fn operation_ids(paths: &Paths) -> Vec<String> {
    let operations = |item: &PathItem| {
        let all = [&item.get, &item.post, &item.put, &item.patch, &item.delete];
        all.into_iter().flatten().filter_map(|it| it.operation_id.clone()).collect::<Vec<_>>()
    };
    paths.paths.values().flat_map(operations).collect()
}

/// As it is served and checked in.
pub fn text(mut description: OpenApi) -> String {
    complete(&mut description);
    // It is made of texts: nothing of it can fail to be one.
    description.to_pretty_json().unwrap_or_default() + "\n"
}

/// The answer to who asks for it.
pub fn answer(text: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], text)
}
