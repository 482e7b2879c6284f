//! Asking servers, and what they say instead of a file, in words.

use semgrad::{Code, Error, Result};
use std::env;
use std::thread;
use std::time::Duration;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

/// To connect, and for the next bytes to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait that a server may ask for without the user hearing of it, in seconds.
const WAIT: u64 = 20;
const TRIES: usize = 3;
/// Answers that lead on: to the new name of a repository, to where files are kept.
const MOST_HOPS: usize = 5;
/// The hub that names mean.
const HUB: &str = "https://huggingface.co/";

/// By the hub's own codes: what it means, and what to do about it.
const CODES: [(&str, &str, &str); 4] = [
    (
        "GatedRepo",
        "its owner wants a license to be agreed to",
        "Log in on the model's page, agree there, and set HF_TOKEN to an access token of yours.",
    ),
    (
        "RepoNotFound",
        "there is no public repository of that name",
        "Check owner and name. For a private one, set HF_TOKEN to an access token of yours.",
    ),
    (
        "RevisionNotFound",
        "the repository has no such revision",
        "Name a branch, a tag or a commit that is there, or none.",
    ),
    ("EntryNotFound", "the repository has no such file", "Check the address, or name the repository alone."),
];

/// Whoever asks servers, and by which names.
pub struct Network {
    agent: Agent,
    /// Address of the hub; a slash ends it.
    pub hub: String,
    /// What the hub knows the user by.
    token: Option<String>,
}

impl Network {
    /// As the environment says: another hub with the same interface in `HF_ENDPOINT`, an access token in `HF_TOKEN`.
    pub fn new() -> Self {
        let set = |name| env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Self::of(set("HF_ENDPOINT").unwrap_or_else(|| HUB.to_owned()), set("HF_TOKEN"))
    }

    /// Of that hub, with that token.
    pub fn of(mut hub: String, token: Option<String>) -> Self {
        if !hub.ends_with('/') {
            hub.push('/');
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects_will_error(false)
            .max_redirects(0)
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .build();
        Self { agent: Agent::new_with_config(config), hub, token }
    }

    /// The file at an address, from that byte on.
    ///
    /// # Errors
    /// `network`, without an answer.
    pub fn get(&self, url: &str, from: u64) -> Result<Response<Body>> {
        let mut url = url.to_owned();
        let mut hops = 0;
        loop {
            let response = self.patiently(&url, || {
                let mut request = self.agent.get(&url);
                if from > 0 {
                    request = request.header("Range", format!("bytes={from}-"));
                }
                if let Some(token) = self.token_for(&url) {
                    request = request.header("Authorization", token);
                }
                request.call()
            })?;
            let place =
                header(&response, "location").filter(|_| response.status().is_redirection() && hops < MOST_HOPS);
            match place.and_then(|place| joined(&url, place)) {
                Some(next) => url = next,
                None => return Ok(response),
            }
            hops += 1;
        }
    }

    /// What a server says of a file before it leads on to it, if it does.
    ///
    /// # Errors
    /// `network`, without an answer.
    pub fn head(&self, url: &str) -> Result<Response<Body>> {
        self.patiently(url, || {
            let mut request = self.agent.head(url);
            if let Some(token) = self.token_for(url) {
                request = request.header("Authorization", token);
            }
            request.call()
        })
    }

    /// Only the hub is told who asks, and none of those that it leads on to.
    fn token_for(&self, url: &str) -> Option<String> {
        let token = self.token.as_ref().filter(|_| url.starts_with(&self.hub))?;
        Some(format!("Bearer {token}"))
    }

    /// Asks again as often as the server wants to be asked later, and soon.
    fn patiently(
        &self,
        url: &str,
        ask: impl Fn() -> std::result::Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>> {
        let mut left = TRIES;
        loop {
            let response = ask().map_err(|error| silent(url, &error.to_string()))?;
            left -= 1;
            match wait_of(&response).filter(|_| response.status() == StatusCode::TOO_MANY_REQUESTS) {
                Some(seconds) if seconds <= WAIT && left > 0 => thread::sleep(Duration::from_secs(seconds)),
                _ => return Ok(response),
            }
        }
    }
}

/// A server that does not answer.
fn silent(url: &str, why: &str) -> Error {
    Error::new(
        Code::Network,
        format!("{url} does not answer ({why})."),
        "Check the connection; behind a proxy, set HTTPS_PROXY. Or get the file in another way and name its path.",
    )
}

/// The error of an answer that is no file. `missing` is what to do about a 404.
pub fn refused(name: &str, response: &Response<Body>, missing: Option<&str>) -> Error {
    let status = response.status();
    let code = header(response, "x-error-code");
    let known = CODES.iter().find(|(name, ..)| code == Some(name));
    let why = known.map(|(_, why, _)| format!(": {why}")).unwrap_or_default();
    let advice = match (status.as_u16(), missing, known) {
        (429, ..) => {
            let when = wait_of(response).map_or_else(|| "later".to_owned(), |seconds| format!("in {seconds} seconds"));
            format!(
                "There were too many requests from here. Try again {when}: a cut download continues where it stopped."
            )
        }
        (404, Some(missing), _) => missing.to_owned(),
        (_, _, Some((_, _, advice))) => (*advice).to_owned(),
        (401 | 403, ..) => "The server wants a login: get the file in another way and name its path.".to_owned(),
        _ => "Check the address, and try again later if it is right.".to_owned(),
    };
    Error::new(Code::Network, format!("{name}: the server answered {}{why}", status.as_u16()), advice)
}

/// The address that an answer from `url` leads on to.
pub fn joined(url: &str, place: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if place.starts_with("//") {
        return Some(format!("{scheme}:{place}"));
    }
    if place.contains("://") {
        return Some(place.to_owned());
    }
    let host = rest.split(['/', '?', '#']).next()?;
    let path = rest.split(['?', '#']).next()?.rsplit_once('/').map_or(host, |(folder, _)| folder);
    Some(if place.starts_with('/') {
        format!("{scheme}://{host}{place}")
    } else {
        format!("{scheme}://{path}/{place}")
    })
}

/// A header's text.
pub fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Seconds that the server wants to be left alone, if it says so.
fn wait_of(response: &Response<Body>) -> Option<u64> {
    let after = header(response, "retry-after").map(str::trim);
    if let Some(seconds) = after.and_then(|after| after.parse().ok()) {
        return Some(seconds);
    }
    // The hub's own: how much is left, and in how many seconds there is more.
    let (_, reset) = header(response, "ratelimit")?.split_once("t=")?;
    reset.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
