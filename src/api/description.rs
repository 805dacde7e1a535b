//! The OpenAPI document. The paths come from the handlers, and the columns from the lists.

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, SecurityRequirement, ServerBuilder};

/// What the document says besides its paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "refund-inbox",
        description = "Refunds, deliveries and the feed of a refund-inbox, for programs. \
            docs/operating.md says who may call it, and docs/reading-refunds.md how to follow refunds.",
        license(name = "not published", identifier = "LicenseRef-not-published"),
    ),
    tags(
        (name = "refunds", description = "Refunds, and their stories"),
        (name = "deliveries", description = "What providers sent, and what we answered"),
        (name = "events", description = "The feed"),
        (name = "reports", description = "Money and counts"),
        (name = "status", description = "What waits for a person"),
        (name = "actions", description = "What an operator does, if actions are on"),
    ),
)]
pub(super) struct Document;

/// The name of the security scheme.
const TOKEN: &str = "token";

/// Adds to the document what the paths do not say: who may call, and below which path.
pub(super) fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let mut components =
        document.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let bearer = bearer.description(Some("A token of [operator] tokens")).build();
    components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer));
    document.components = Some(components);
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, [])]);
    document.servers = Some(vec![ServerBuilder::new().url("/api/v1").build()]);
    document
}
