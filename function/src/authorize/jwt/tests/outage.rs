//! An issuer that is down: which tokens are accepted for how long, and how often the issuer is asked.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::*;

/// An issuer on this machine.
struct Here {
    url: String,
    is_down: AtomicBool,
    /// Its keys are not told while this is held.
    silence: tokio::sync::RwLock<()>,
    /// How often it was asked for its discovery document.
    asked: AtomicUsize,
    signer: Signer,
}

impl Here {
    async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            is_down: AtomicBool::new(false),
            silence: tokio::sync::RwLock::default(),
            asked: AtomicUsize::new(0),
            signer: Signer::new(),
        });
        let served = here.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let here = served.clone();
                let service = service_fn(move |request: Request<Incoming>| {
                    let here = here.clone();
                    async move {
                        let answer = here.answer(request.uri().path());
                        let _silence = here.silence.read().await;
                        Ok::<_, Infallible>(answer)
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        here
    }

    fn answer(&self, path: &str) -> Response<Full<Bytes>> {
        let body = if path == "/keys" {
            self.signer.jwks()
        } else {
            self.asked.fetch_add(1, Ordering::SeqCst);
            json!({"issuer": self.url, "jwks_uri": format!("{}/keys", self.url)})
        };
        let is_down = self.is_down.load(Ordering::SeqCst);
        Response::builder()
            .status(if is_down { 503 } else { 200 })
            .body(Full::from(body.to_string()))
            .unwrap()
    }

    fn verifier(&self) -> JwtVerifier {
        let issuer = Issuer::new(self.url.clone(), &aws_roots()).unwrap();
        JwtVerifier::new(issuer, rules())
    }

    /// The answer to a caller whose token names the key `kid`, so many seconds later.
    async fn told(&self, verifier: &JwtVerifier, kid: &str, later: u64) -> &'static str {
        let claims = with(id_token(), "iss", json!(self.url));
        let claims = with(claims, "exp", json!(NOW + later + 60));
        let token = self
            .signer
            .sign(&json!({"alg": "RS256", "kid": kid}), &claims);
        let now = now() + Duration::from_secs(later);
        match verifier.verify(Some(&format!("Bearer {token}")), now).await {
            Ok(_) => "welcome",
            Err(refusal) => refusal.code,
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_is_asked_once_in_half_a_minute() {
    let here = Here::start().await;
    here.is_down.store(true, Ordering::SeqCst);
    let verifier = here.verifier();
    for later in [0, 0, 29] {
        let told = here.told(&verifier, "rsa", later).await;
        assert_eq!(told, "issuer_unavailable", "{later}");
    }
    assert_eq!(here.asked(), 1);

    here.is_down.store(false, Ordering::SeqCst);
    assert_eq!(here.told(&verifier, "rsa", 30).await, "welcome");
    assert_eq!(here.asked(), 2);
}

#[tokio::test]
async fn keys_outlive_their_issuer_by_a_day_and_not_by_half_a_minute_more() {
    const DAY: u64 = 24 * 60 * 60;
    let here = Here::start().await;
    let verifier = here.verifier();
    assert_eq!(here.told(&verifier, "rsa", 0).await, "welcome");

    here.is_down.store(true, Ordering::SeqCst);
    assert_eq!(here.told(&verifier, "rsa", DAY - 1).await, "welcome");
    assert_eq!(here.asked(), 2);
    // A fetch that failed a moment ago does not make the keys fresh.
    for (kid, later) in [
        ("rsa", DAY),
        ("other", DAY),
        ("rsa", DAY + 29),
        ("rsa", DAY + 60),
    ] {
        let told = here.told(&verifier, kid, later).await;
        assert_eq!(told, "issuer_unavailable", "{kid} {later}");
    }
    assert_eq!(here.asked(), 4);

    here.is_down.store(false, Ordering::SeqCst);
    assert_eq!(here.told(&verifier, "rsa", DAY + 90).await, "welcome");
}

#[tokio::test]
async fn a_forged_name_of_a_key_holds_up_nobody_whose_key_is_there() {
    let here = Here::start().await;
    let verifier = Arc::new(here.verifier());
    assert_eq!(here.told(&verifier, "rsa", 0).await, "welcome");

    let silence = here.silence.write().await;
    let forger = tokio::spawn({
        let (here, verifier) = (here.clone(), verifier.clone());
        async move { here.told(&verifier, "forged", 60).await }
    });
    while here.asked() < 2 {
        tokio::task::yield_now().await;
    }
    // The issuer has been asked for the forged key, and does not answer.
    assert_eq!(here.told(&verifier, "rsa", 60).await, "welcome");
    assert!(!forger.is_finished());
    drop(silence);
    assert_eq!(forger.await.unwrap(), "invalid_token");
    assert_eq!(here.asked(), 2);
}

#[tokio::test]
async fn many_who_need_new_keys_fetch_them_once() {
    let here = Here::start().await;
    let verifier = Arc::new(here.verifier());
    let silence = here.silence.write().await;
    let callers: Vec<_> = (0..20)
        .map(|number| {
            let (here, verifier) = (here.clone(), verifier.clone());
            let kid = if number % 2 == 0 { "rsa" } else { "forged" };
            tokio::spawn(async move { here.told(&verifier, kid, 0).await })
        })
        .collect();
    while here.asked() == 0 {
        tokio::task::yield_now().await;
    }
    drop(silence);
    for (number, caller) in callers.into_iter().enumerate() {
        let expected = if number % 2 == 0 {
            "welcome"
        } else {
            "invalid_token"
        };
        assert_eq!(caller.await.unwrap(), expected);
    }
    assert_eq!(here.asked(), 1);
}
