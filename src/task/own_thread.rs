//! The thread that runs calls if libuv's pool has only one.
//!
//! There is one for the whole process, so that as many calls run at once as on libuv's own
//! thread. With `UV_THREADPOOL_SIZE=1`, files are not read in parallel, and there is a thread in
//! addition to the pool. It is never joined: it ends with the process.

use super::{Job, Output, Promise, guarded, outcome};
use napi::bindgen_prelude::*;
use napi::{Env, JsValue, sys};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// As large as the stacks of libuv's threads, in bytes. The guest uses 1 MiB of it.
const STACK: usize = 8 << 20;

pub(super) struct OwnThread(Sender<Work>);

type Work = Box<dyn FnOnce() + Send>;

/// Returns the thread, or `None` if libuv has several threads or the system can't create one.
pub(super) fn get() -> Option<&'static OwnThread> {
    static THREAD: OnceLock<Option<OwnThread>> = OnceLock::new();
    let start = || (taglib_wasi_guest::libuv_threads() == 1).then(OwnThread::start).flatten();
    THREAD.get_or_init(start).as_ref()
}

impl OwnThread {
    fn start() -> Option<Self> {
        let (sender, receiver) = channel();
        let work = move || work_off(&receiver);
        let thread = thread::Builder::new().name("taglib-wasi".to_owned()).stack_size(STACK);
        thread.spawn(work).ok().map(|_| Self(sender))
    }

    pub(super) fn submit<'env, J: Job + 'static>(
        &self,
        env: &'env Env,
        mut job: J,
    ) -> Result<Promise<'env>> {
        let (deferred, promise) = env.create_deferred()?;
        let work = Box::new(move || {
            let output = guarded(|| job.run());
            deferred.resolve(move |_| Ok(Settled::<J>(output)));
        });
        // The thread receives for as long as the process runs.
        let _ = self.0.send(work);
        Ok(PromiseRaw::new(env.raw(), promise.raw()))
    }
}

fn work_off(receiver: &Receiver<Work>) {
    for work in receiver {
        work();
    }
}

/// An output that is being passed to the main thread.
struct Settled<J: Job>(Output<J>);

impl<J: Job> ToNapiValue for Settled<J> {
    unsafe fn to_napi_value(env: sys::napi_env, settled: Self) -> Result<sys::napi_value> {
        Ok(outcome::<J>(&Env::from_raw(env), settled.0)?.raw())
    }
}
