//! Passes completions to JavaScript.
//!
//! JavaScript takes them by [`deliver_completions`], a few in each turn of its event loop.

use super::calls::Calls;
use super::completions::NextTurn;
use super::threads::start_workers;
use super::{Completion, Ticket, failed};
use crate::failure::Failure;
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;

/// The number of completions, and of their bytes, after which a turn of the event loop takes no
/// more. They take less than a millisecond. A threadsafe function for each completion was
/// rejected: Node runs up to a thousand of its calls in one turn, which took 12 to 17 ms.
const TURN_COMPLETIONS: usize = 16;
const TURN_BYTES: usize = 512 << 10;

/// When `deliverCompletions` is to be called next.
#[napi(string_enum = "camelCase")]
pub enum NextDelivery {
    /// In the next turn of the event loop.
    Next,
    /// In a moment, when more completions have arrived.
    Soon,
    /// When `onCompletions` is called.
    Called,
}

/// Calls `settle` for each completion, with the ticket of the call, its outcome, and the buffers
/// that the outcome refers to, or null. The outcome is an object, or the JSON text of an answer.
#[napi]
pub(crate) fn deliver_completions(
    env: &Env,
    #[napi(
        ts_arg_type = "(ticket: number, outcome: Outcome<any> | AnswerOutcome | string, buffers: Uint8Array[] | null) => void"
    )]
    settle: Function<'_, FnArgs<(Ticket, Unknown<'_>, Option<Array<'_>>)>, ()>,
) -> Result<NextDelivery> {
    let calls = Calls::of(env)?;
    let completions = calls.queue.take_completions(TURN_COMPLETIONS, TURN_BYTES);
    calls.remove_outstanding(env, completions.len())?;
    // Comes before the delivery, so that workers run at the same time.
    start_workers(env, calls)?;
    let has_completions = !completions.is_empty();
    for Completion { ticket, settled, .. } in completions {
        let (outcome, buffers) =
            settled(env).or_else(|error| failed(env, Failure::delivery(&error)))?;
        settle.call((ticket, outcome, buffers).into())?;
    }
    Ok(match calls.queue.end_turn(has_completions) {
        NextTurn::Now => NextDelivery::Next,
        NextTurn::Soon => NextDelivery::Soon,
        NextTurn::Woken => NextDelivery::Called,
    })
}
