//! The thread that runs calls if libuv's pool has only one.
//!
//! There is one for the whole process, so that as many calls run at once as on libuv's own
//! thread. With `UV_THREADPOOL_SIZE=1`, files are not read in parallel, and there is a thread in
//! addition to the pool. It is never joined: it ends with the process.

use super::calls::Calls;
use super::worker;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;

/// As large as the stacks of libuv's threads, in bytes. The guest uses 1 MiB of it.
const STACK: usize = 8 << 20;

pub(super) struct OwnThread(Sender<Arc<Calls>>);

/// Returns the thread, or `None` if libuv has several threads or the system can't create one.
pub(super) fn get() -> Option<&'static OwnThread> {
    static THREAD: OnceLock<Option<OwnThread>> = OnceLock::new();
    let start = || (taglib_wasi_guest::libuv_threads() == 1).then(OwnThread::start).flatten();
    THREAD.get_or_init(start).as_ref()
}

impl OwnThread {
    fn start() -> Option<Self> {
        let (sender, receiver) = channel();
        let again = sender.clone();
        let work = move || drain_each(&receiver, &again);
        let thread = thread::Builder::new().name("taglib-wasi".to_owned()).stack_size(STACK);
        thread.spawn(work).ok().map(|_| Self(sender))
    }

    /// Makes the thread drain a queue, after the queues that it was given before.
    pub(super) fn drain(&self, calls: Arc<Calls>) {
        // The thread receives for as long as the process runs.
        let _ = self.0.send(calls);
    }
}

fn drain_each(receiver: &Receiver<Arc<Calls>>, again: &Sender<Arc<Calls>>) {
    for calls in receiver {
        worker::drain(&calls);
        // The time of one lease may be over before its calls are. The queues of other
        // environments come first then.
        for _ in 0..calls.workers_to_start() {
            let _ = again.send(Arc::clone(&calls));
        }
    }
}
