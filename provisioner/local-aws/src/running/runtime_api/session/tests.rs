use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;

/// A caller who, called back, looks at once whether the environment knows that it is done.
struct Caller {
    signals: Mutex<UnboundedReceiver<Signal>>,
    was_known: AtomicBool,
}

impl Wake for Caller {
    fn wake(self: Arc<Self>) {
        let signal = self.signals.lock().unwrap().try_recv();
        let is_answered = matches!(signal, Ok(Signal::Answered(..)));
        self.was_known.store(is_answered, Ordering::SeqCst);
    }
}

fn event() -> Event {
    Event {
        request_id: "r".to_owned(),
        invocation_id: "i".to_owned(),
        trace_id: String::new(),
        invoked_arn: String::new(),
        deadline_ms: 0,
        payload: Bytes::new(),
    }
}

/// Whether the environment was told of the end before the caller was.
async fn is_known_first(step: Step, ending: Ending) -> bool {
    let (signals, received) = unbounded_channel();
    let session = Session::new(signals, Ticket::of_nobody());
    let (reply, mut answer) = oneshot::channel();
    session.offer(event(), reply);
    session.next().await.unwrap();
    session.begin(step, "r", None).unwrap();
    let caller = Arc::new(Caller {
        signals: Mutex::new(received),
        was_known: AtomicBool::new(false),
    });
    let ready = caller.signals.lock().unwrap().try_recv();
    assert!(matches!(ready, Ok(Signal::Ready)));
    let waker = Waker::from(Arc::clone(&caller));
    let mut context = Context::from_waker(&waker);
    assert!(matches!(
        Future::poll(std::pin::Pin::new(&mut answer), &mut context),
        Poll::Pending
    ));

    session.sent(ending).unwrap();

    assert!(answer.await.is_ok());
    caller.was_known.load(Ordering::SeqCst)
}

#[tokio::test]
async fn an_environment_is_known_to_be_done_before_its_caller_can_come_back() {
    let error = FunctionError {
        error_type: "Function.Error".to_owned(),
        error_message: "no".to_owned(),
    };
    let whole = Ending::Whole(None, Bytes::new());

    assert!(is_known_first(Step::Error, Ending::Failed(error)).await);
    assert!(is_known_first(Step::Response, whole).await);
}
