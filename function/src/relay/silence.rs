//! How long silence may last: a pure clock, to which the relay says what happens and when.

use std::time::Duration;

use tokio::time::Instant;

use super::terms::Timing;

/// Counts the silence of one answer.
///
/// Silence counts only while the relay listens: a relay that has just spent minutes on sending to a
/// slow client has not listened, and the agent may have waited for that.
#[derive(Debug)]
pub(super) struct Silence {
    timing: Timing,
    /// The silence before `since`.
    before: Duration,
    /// When the relay began to listen, or when it last heard the agent.
    since: Instant,
    /// When the client is due a keep-alive.
    keep_alive: Instant,
}

/// What is due after a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    KeepAlive,
    /// The agent is given up.
    Idle,
    /// The answer must end now, whether the agent is silent or not.
    Deadline,
}

impl Silence {
    pub(super) fn new(timing: Timing, now: Instant) -> Self {
        Self {
            timing,
            before: Duration::ZERO,
            since: now,
            keep_alive: now + timing.keep_alive,
        }
    }

    /// The client has got all there was, and the relay listens again.
    pub(super) fn listen(&mut self, now: Instant) {
        self.since = now;
        self.keep_alive = now + self.timing.keep_alive;
    }

    /// The agent has given a sign of life at this time; one from before the last is old news.
    pub(super) fn hear(&mut self, at: Instant) {
        if at >= self.since {
            self.before = Duration::ZERO;
            self.since = at;
        }
    }

    /// When the next thing is due, if the agent stays silent until then.
    pub(super) fn wake(&self) -> Instant {
        let give_up = self.idle();
        let deadline = self.timing.deadline.unwrap_or(give_up);
        give_up.min(deadline).min(self.keep_alive)
    }

    /// What is due now. A keep-alive ends the listening: the client has to be sent something.
    pub(super) fn due(&mut self, now: Instant) -> Option<Due> {
        if self.is_late(now) {
            return Some(Due::Deadline);
        }
        if now >= self.idle() {
            return Some(Due::Idle);
        }
        if now < self.keep_alive {
            return None;
        }
        self.before += now - self.since;
        self.listen(now);
        Some(Due::KeepAlive)
    }

    /// Whether the answer must have ended.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.timing.deadline.is_some_and(|deadline| now >= deadline)
    }

    /// When the agent is given up.
    fn idle(&self) -> Instant {
        self.since + self.timing.idle_timeout.saturating_sub(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens at a second, and what comes of it.
    enum Row {
        Listen(u64),
        Hear(u64),
        Due(u64, Option<Due>),
        Wake(u64),
    }

    /// Keep-alives after 10 s, idle after 25 s.
    fn check(deadline: Option<u64>, rows: &[Row]) {
        let begin = Instant::now();
        let at = |second| begin + Duration::from_secs(second);
        let timing = Timing {
            keep_alive: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(25),
            deadline: deadline.map(at),
        };
        let mut silence = Silence::new(timing, begin);
        for (row, happens) in rows.iter().enumerate() {
            match *happens {
                Row::Listen(second) => silence.listen(at(second)),
                Row::Hear(second) => silence.hear(at(second)),
                Row::Due(second, due) => assert_eq!(silence.due(at(second)), due, "row {row}"),
                Row::Wake(second) => {
                    assert_eq!((silence.wake() - begin).as_secs(), second, "row {row}");
                }
            }
        }
    }

    use Row::{Due as IsDue, Hear, Listen, Wake};

    #[test]
    fn a_silent_agent_is_given_up_after_keep_alives() {
        check(
            None,
            &[
                Wake(10),
                IsDue(9, None),
                IsDue(10, Some(Due::KeepAlive)),
                Wake(20),
                IsDue(19, None),
                IsDue(20, Some(Due::KeepAlive)),
                Wake(25),
                IsDue(24, None),
                IsDue(25, Some(Due::Idle)),
            ],
        );
    }

    #[test]
    fn what_the_agent_says_begins_its_silence_anew() {
        check(
            None,
            &[
                IsDue(10, Some(Due::KeepAlive)),
                IsDue(20, Some(Due::KeepAlive)),
                Hear(24),
                IsDue(30, Some(Due::KeepAlive)),
                Listen(30),
                IsDue(40, Some(Due::KeepAlive)),
                Wake(49),
                IsDue(48, None),
                IsDue(49, Some(Due::Idle)),
            ],
        );
    }

    #[test]
    fn what_no_client_sees_does_not_put_off_the_keep_alive() {
        check(None, &[Hear(9), Wake(10), IsDue(10, Some(Due::KeepAlive))]);
    }

    #[test]
    fn the_time_that_a_slow_client_takes_is_nobodys_silence() {
        check(
            None,
            &[
                IsDue(10, Some(Due::KeepAlive)),
                // The client takes its keep-alive after a hundred seconds.
                Listen(110),
                IsDue(120, Some(Due::KeepAlive)),
                Listen(220),
                Wake(225),
                IsDue(225, Some(Due::Idle)),
            ],
        );
    }

    #[test]
    fn the_deadline_comes_first_whether_the_agent_is_silent_or_not() {
        check(
            Some(15),
            &[
                IsDue(10, Some(Due::KeepAlive)),
                Wake(15),
                Hear(14),
                IsDue(14, None),
                IsDue(15, Some(Due::Deadline)),
            ],
        );
        check(Some(25), &[Listen(0), IsDue(25, Some(Due::Deadline))]);
    }
}
